"""Whatever a parser does behind the fence, the parent gets a sentence, and the next file is read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.fence import Fence
from ingest.loaders import load
from ingest.wire import document_from, to_json
from rag.errors import LoadError
from rag.types import Block, Document, Page, Word
from tests.ingest import make_files as make
from tests.ingest.document_rules import check_document

LIMIT = 1_000_000


@pytest.fixture(scope="module")
def fence() -> Iterator[Fence]:
    with Fence(timeout_s=20, memory_mb=2048, loader="tests.ingest.hostile:load") as opened:
        yield opened


def do(fence: Fence, folder: Path, deed: str) -> Document:
    path = folder / "deed.txt"
    path.write_text(deed)
    return fence.load(path, "deed.txt", max_bytes=LIMIT)


def failure(fence: Fence, folder: Path, deed: str) -> str:
    with pytest.raises(LoadError) as caught:
        do(fence, folder, deed)
    assert do(fence, folder, "pages").text == "read", "the next file must be read"
    return str(caught.value)


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("abort", "made its parser crash"),
        ("segfault", "made its parser crash"),
        ("null", "made its parser crash"),
        ("exit", "stopped unexpectedly"),
        ("allocate", "needs more than 2,048 MB of memory"),
        ("lie", "makes no sense"),
        ("fault", "its parser failed (KeyError: 'missing')"),
        ("refuse", "is not to my taste."),
    ],
)
def test_broken_parser_costs_one_file(fence: Fence, tmp_path: Path, deed: str, words: str) -> None:
    message = failure(fence, tmp_path, deed)
    assert message.startswith("deed.txt ")
    assert words in message


@pytest.mark.parametrize("deed", ["loop", "sleep"])
def test_endless_parser_is_stopped(tmp_path: Path, deed: str) -> None:
    with Fence(timeout_s=1, loader="tests.ingest.hostile:load") as fence:
        do(fence, tmp_path, "pages")
        started = time.monotonic()
        assert "ran longer than 1 s" in failure(fence, tmp_path, deed)
        assert time.monotonic() - started < 60


@pytest.mark.parametrize("deed", ["socket", "program", "fork", "write", "delete", "kill parent"])
def test_parser_reaches_nothing(fence: Fence, tmp_path: Path, deed: str) -> None:
    assert do(fence, tmp_path, deed).text == "refused PermissionError"
    assert (tmp_path / "deed.txt").exists()
    assert not (tmp_path / "written").exists()


def test_parser_sees_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with Fence(loader="tests.ingest.hostile:load") as fence:
        assert "KEY" not in do(fence, tmp_path, "environment").text


def test_parser_may_print(fence: Fence, tmp_path: Path) -> None:
    assert do(fence, tmp_path, "shout").text == "shouted"


def test_progress_comes_through(fence: Fence, tmp_path: Path) -> None:
    path = tmp_path / "deed.txt"
    path.write_text("pages")
    seen: list[tuple[int, int]] = []
    fence.load(path, "deed.txt", max_bytes=LIMIT, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_caller_can_cancel_from_progress(fence: Fence, tmp_path: Path) -> None:
    path = tmp_path / "deed.txt"
    path.write_text("pages")

    def cancel(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fence.load(path, "deed.txt", max_bytes=LIMIT, progress=cancel)
    assert do(fence, tmp_path, "pages").text == "read"


def test_child_is_replaced_after_so_many_files(tmp_path: Path) -> None:
    with Fence(restart_after=2, loader="tests.ingest.hostile:load") as fence:
        processes = [do(fence, tmp_path, "process").text for _ in range(4)]
    assert processes[0] == processes[1] != processes[2] == processes[3]


def test_closed_fence_leaves_no_process_and_no_pipe(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with Fence(loader="tests.ingest.hostile:load") as fence:
        process = int(do(fence, tmp_path, "process").text.split()[1])
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert (len(os.listdir("/proc/self/fd")) if before else 0) == before


def test_real_loader_gives_the_same_document_through_the_fence(tmp_path: Path) -> None:
    path = tmp_path / "a\nb \U0001f600.pdf"
    path.write_bytes(
        make.pdf(
            [
                make.prose(["First page of the text, long enough to tell what language it is."] * 5),
                make.prose(["Second page."]),
            ],
            title="Two Pages",
        )
    )
    with Fence() as fence:
        document = fence.load(path, path.name, max_bytes=LIMIT)
        with pytest.raises(LoadError, match="the limit is 0.00001 MB"):
            fence.load(path, path.name, max_bytes=10)
        with pytest.raises(LoadError, match="no such file"):
            fence.load(tmp_path / "none.pdf", "none.pdf", max_bytes=LIMIT)
    check_document(document)
    assert document == load(path, path.name, max_bytes=LIMIT)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "\ud800"},
        {"blocks": [["paragraph", 0, 99, 0, None]]},
        {"blocks": [["paragraph", 3, 4, 0, None], ["paragraph", 0, 2, 0, None]]},
        {"blocks": [["script", 0, 1, 0, None]]},
        {"blocks": [["paragraph", -1, 1, 0, None]]},
        {"blocks": [["paragraph", True, 1, 0, None]]},
        {"blocks": [["paragraph", 0, 1, 0, [0, 0, 1]]]},
        {"blocks": [["paragraph", 0, 1, 0, [0, 0, 1, 1.5]]]},
        {"pages": [[7, 0, 1, ""]]},
        {"words": [[0, 5, 1, [0, 0, 1, 1]]]},
        {"pages": [[1, 0, 5, ""]], "words": [[0, 9, 1, [0, 0, 1, 1]]]},
        {"n_members": -1},
        {"metadata": {"a": 1}},
        {"warnings": "no list"},
        {"title": None},
    ],
)
def test_nothing_from_the_child_is_trusted(fields: dict[str, object]) -> None:
    good: dict[str, object] = {"text": "words", "title": "t", "media_type": "m", "pages": [], "blocks": []}
    good |= {"metadata": {}, "warnings": [], "words": [], "n_members": 0}
    document_from(good)
    with pytest.raises(ValueError):
        document_from(good | fields)


def test_wire_keeps_every_field() -> None:
    import json

    page, block = Page(1, 0, 5, "i"), Block("table", 0, 5, 0, (0.1, 0.2, 0.3, 0.4))
    word = Word(0, 1, 1, (0.0, 0.0, 0.5, 1.0))
    metadata = {"language": "en"}
    document = Document("a 😀 b", "t", "m", (page,), (block,), metadata, ("One.",), (word,), 3)
    assert document_from(json.loads(to_json(document))["document"]) == document
