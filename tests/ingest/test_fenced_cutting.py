"""Texts are cut behind the fence: as they would be anywhere, and no text stalls or fills who waits for its passages."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from indexes.minilm import model_directory
from indexes.word_pieces import WordPieces
from ingest.chunkers import CHUNKERS, chunk
from ingest.fence import Cutting, Fence
from ingest.loaders import load
from ingest.loaders.source import Progress
from ingest.wire import MOST_PASSAGES, drafts_from
from rag.errors import Cancelled, LoadError
from rag.types import ChunkDraft, Document, Vectors

LIMIT = 100_000_000
PROSE = "# Lamps\n\n" + "\n\n".join(
    f"Lamp {n} burns oil number {n * 7}. " + "It is lit at dusk, and put out at dawn. " * (n % 5) for n in range(300)
)
TOKENS = WordPieces(model_directory() / "tokenizer.json")


def embed(texts: Sequence[str]) -> Vectors:
    rows = np.array([[text.count(letter) + 1 for letter in "aeiou0123456789"] for text in texts], np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def ignored(_done: int, _total: int) -> None:
    """For tests that do not ask how far cutting is."""


def cutting(strategy: str = "structure", tokenizer: str = "", told: Progress = ignored) -> Cutting:
    return Cutting(strategy, 64, 8, tokenizer or TOKENS.address, embed, told)


@pytest.fixture(scope="module")
def fence() -> Iterator[Fence]:
    with Fence(timeout_s=60) as opened:
        yield opened


def cut(fence: Fence, path: Path, text: str, how: Cutting) -> tuple[Document, list[ChunkDraft]]:
    path.write_text(text)
    return fence.load_and_cut(path, path.name, how, max_bytes=LIMIT)


@pytest.mark.parametrize("strategy", CHUNKERS)
def test_passages_are_those_of_the_chunker(fence: Fence, tmp_path: Path, strategy: str):
    path = tmp_path / "lamps.md"
    document, drafts = cut(fence, path, PROSE, cutting(strategy))
    here = load(path, path.name, max_bytes=LIMIT)
    assert document.text == here.text
    assert drafts == chunk(here, strategy=strategy, tokenizer=TOKENS, max_tokens=64, overlap=8, embed=embed)
    assert len(drafts) > 50


def test_the_child_loads_no_model(tmp_path: Path):
    with Fence(loader="tests.ingest.hostile:load") as fence:
        for strategy in CHUNKERS:
            cut(fence, tmp_path / "deed.txt", "pages", cutting(strategy))
        loaded = set(cut(fence, tmp_path / "deed.txt", "modules", cutting())[0].text.split())
    assert "tokenizers" in loaded
    assert not loaded & {"torch", "openvino", "transformers", "sentence_transformers", "faiss", "streamlit"}


@pytest.mark.parametrize(
    ("tokens", "words"),
    [("EndlessTokens", "ran longer than 1 s"), ("GreedyTokens", "needs more than 2,048 MB of memory")],
)
def test_a_text_that_stalls_the_cutter_costs_one_file(tmp_path: Path, tokens: str, words: str):
    path = tmp_path / "deed.txt"
    with Fence(timeout_s=1, memory_mb=2048, loader="tests.ingest.hostile:load") as fence:
        started = time.monotonic()
        with pytest.raises(LoadError, match=words):
            cut(fence, path, "pages", cutting(tokenizer=f"tests.ingest.hostile:{tokens}:"))
        assert time.monotonic() - started < 60
        assert fence.load(path, path.name, max_bytes=LIMIT).text == "read"


def test_who_cancels_while_it_is_cut_is_heard(fence: Fence, tmp_path: Path):
    n_told = 0

    def told(_done: int, _total: int) -> None:
        nonlocal n_told
        n_told += 1
        if n_told == 2:  # the first is told before cutting, the second while it goes on or before vectors are made
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        cut(fence, tmp_path / "a.txt", PROSE, cutting("semantic", told=told))
    assert cut(fence, tmp_path / "a.txt", PROSE, cutting())[1]


def test_how_far_cutting_is_comes_through_the_fence(fence: Fence, tmp_path: Path):
    seen: list[tuple[int, int]] = []
    cut(fence, tmp_path / "a.md", PROSE * 60, cutting(told=lambda *told: seen.append(told)))
    assert seen[0] == (0, 1)
    shares = [done / total for done, total in seen]
    assert shares == sorted(shares)
    assert len([share for share in shares if 0 < share < 1]) > 2


@pytest.mark.parametrize("strategy", CHUNKERS)
def test_a_chunker_tells_how_far_it_is(strategy: str, tmp_path: Path):
    (tmp_path / "a.md").write_text(PROSE)
    shares: list[float] = []
    chunk(
        load(tmp_path / "a.md", "a.md", max_bytes=LIMIT),
        strategy=strategy,
        tokenizer=TOKENS,
        max_tokens=64,
        embed=embed,
        told=lambda done, total: shares.append(done / total),
    )
    assert shares == sorted(shares)
    assert shares[0] < 0.2
    assert 0.9 < shares[-1] <= 1


@pytest.mark.parametrize(
    "text", ["a " * 32 * (MOST_PASSAGES + 1), "کا\u200c" * 11 * (MOST_PASSAGES + 1)], ids=["words", "joiners"]
)
def test_a_text_of_too_many_passages_is_refused_soon(fence: Fence, tmp_path: Path, text: str):
    how = Cutting("structure", 32, 0, TOKENS.address, embed, ignored)
    with pytest.raises(LoadError, match=r"a\.txt would be cut into more than 100,000 passages"):
        cut(fence, tmp_path / "a.txt", text, how)


@pytest.mark.parametrize(
    "rows",
    [
        "passages",
        [[0, 5, [], ""]] * (MOST_PASSAGES + 1),
        [[0, 11, [], ""]],
        [[3, 3, [], ""]],
        [[5, 9, [], ""], [0, 4, [], ""]],
        [[0, 10, [], ""]] * 4,
        [[0, 5, "heading", ""]],
        [[0, 5, [7], ""]],
        [[0, 5, [], None]],
        [[True, 5, [], ""]],
    ],
    ids=["list", "number", "end", "empty", "order", "repeats", "heading", "label", "context", "bool"],
)
def test_no_passage_from_the_child_is_trusted(rows: object):
    assert drafts_from([[0, 6, ["A"], "c"], [4, 10, [], ""]], 10) == [
        ChunkDraft(0, 6, ("A",), "c"),
        ChunkDraft(4, 10),
    ]
    with pytest.raises(ValueError):
        drafts_from(rows, 10)
