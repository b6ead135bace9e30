"""Every file of a folder through the fence: read, rightly refused, or wrong; with seconds and memory."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from evals.expectations import Expected
from evals.outcomes import Reading, State, attempt, files_below, flaw, kind_of
from evals.visible import Visible, visible, words_of
from ingest.fence import Fence
from rag.types import Document

_HALF = 0.5
_FEW = 3
"""Fewer different words say nothing: a broken file has them by chance."""
_MANY = 30
"""Runs of letters in a binary file that are taken for text; fonts and field names make some in any file."""
_SAMPLE_S = 0.02


@dataclass(frozen=True, slots=True)
class Row:
    """One file."""

    file: str
    kind: str
    state: State
    wrong: str
    """What is wrong, or nothing."""
    sentence: str
    because: str
    """Why the refusal, or the small share of its words, is right; from the list."""
    surprise: str
    """Why a refusal would have been right, from the list, though the file was read: the list or the text is off."""
    share: float | None
    """Of the words found independently, those that the text has."""
    seconds: float
    peak_mb: float


@dataclass(slots=True)
class _Taken:
    """A document with what was inside of its file."""

    members: list[tuple[str, bytes]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def measure(
    folder: Path, expected: Expected, *, max_bytes: int, told: Callable[[str], None], fence: Fence | None = None
) -> list[Row]:
    """Every file below the folder, type by type. Each type has a child of its own, so that its memory is its own."""
    rows: list[Row] = []
    with fence or Fence() as opened:
        paths = sorted(files_below(folder), key=kind_of)
        for n, path in enumerate(paths, 1):
            if rows and rows[-1].kind != kind_of(path):
                opened.close()
            rows.append(_row(path, path.relative_to(folder).as_posix(), expected, opened, max_bytes))
            told(f"{n} of {len(paths)} files")
    return rows


def _row(path: Path, name: str, expected: Expected, fence: Fence, max_bytes: int) -> Row:
    taken = _Taken()
    with _watched(fence) as peak:
        start = time.perf_counter()
        reading = attempt(
            lambda: fence.load(
                path, path.name, max_bytes=max_bytes, hand_out=lambda *member: taken.members.append(member)
            )
        )
        seconds = time.perf_counter() - start
        taken.texts = list(_member_texts(taken.members, fence, max_bytes))
    if reading.document:
        taken.texts.append(f"{reading.document.title}\n{reading.document.text}")
    refused, partial = expected.of(expected.refused, path), expected.of(expected.partial, path)
    shown = expected.of(expected.words, path) or ()
    evidence = _Evidence(visible(path), words_of("\n".join(taken.texts)), shown, bool(refused), bool(partial))
    because = (refused if reading.state == "refused" else partial) or ""
    surprise = refused or "" if reading.document else ""
    wrong = _wrong(reading, evidence)
    said = (wrong, reading.sentence, because, surprise)
    return Row(name, kind_of(path), reading.state, *said, evidence.share, seconds, peak[0])


def _member_texts(members: Sequence[tuple[str, bytes]], fence: Fence, max_bytes: int) -> Iterator[str]:
    """What is inside of a file and becomes a document of its own counts as found with that file."""
    with tempfile.TemporaryDirectory(prefix="footnote-members-") as folder:
        for n, (name, data) in enumerate(members):
            path = Path(folder) / f"{n}{Path(name).suffix[:20]}"
            path.write_bytes(data)
            inner: list[tuple[str, bytes]] = []
            reading = attempt(
                lambda p=path, n=name, i=inner: fence.load(  # type: ignore[misc]
                    p, n, max_bytes=max_bytes, hand_out=lambda *member: i.append(member)
                )
            )
            if reading.document:
                yield reading.document.text
            yield from _member_texts(inner, fence, max_bytes) if inner else ()


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for and against an outcome."""

    seen: Visible
    found: frozenset[str]
    """The words of our text and of the files inside of this one."""
    shown: Sequence[str]
    """Words that people read on the picture, from the list."""
    may_refuse: bool
    may_lack: bool

    @property
    def share(self) -> float | None:
        """Of the words found independently, those that we have; None where there are too few to tell."""
        n = len(self.seen.words)
        return len(self.seen.words & self.found) / n if n >= _FEW else None


def _wrong(reading: Reading, evidence: _Evidence) -> str:
    """What is wrong with an outcome, or nothing."""
    if reading.state not in ("text", "refused"):
        return f"its parser ended with: {reading.state}"
    if reading.document is None:
        return "" if evidence.may_refuse else _wrongly_refused(evidence.seen, evidence.shown)
    return flaw(reading.document) or _wrongly_lacking(reading.document, evidence)


def _wrongly_lacking(document: Document, evidence: _Evidence) -> str:
    seen, share = evidence.seen, evidence.share
    missing = [word for word in evidence.shown if not words_of(word) <= evidence.found]
    if len(missing) > len(evidence.shown) * _HALF:
        return f"shows words that are not in its text: {', '.join(missing[:8])}"
    if evidence.may_lack:
        return ""
    if share is not None and share < _HALF and not seen.is_rough:
        return f"only {share:.0%} of the {len(seen.words):,} words found in it are in its text"
    return _wrongly_blank(document, seen)


def _wrongly_refused(seen: Visible, shown: Sequence[str]) -> str:
    if shown:
        return f"refused, but it shows words: {', '.join(shown[:5])}"
    if len(seen.words) >= (_MANY if seen.is_rough else _FEW):
        return f"refused, but {len(seen.words):,} words are found in it"
    if seen.inked:
        return f"refused, but there is ink on {len(seen.inked)} of its pages"
    return ""


def _wrongly_blank(document: Document, seen: Visible) -> str:
    blank = [n for n in seen.inked if n > len(document.pages) or not _page_text(document, n).strip()]
    return f"no text from its pages {', '.join(map(str, blank[:10]))}, on which there is ink" if blank else ""


def _page_text(document: Document, number: int) -> str:
    page = document.pages[number - 1]
    return document.text[page.start : page.end]


@contextmanager
def _watched(fence: Fence) -> Iterator[list[float]]:
    """The most megabytes that the fence's child holds meanwhile, in a list of one; 0 where the system tells nothing."""
    fence.start()
    peak, is_over = [0.0], threading.Event()
    _forget_peak(fence.pid)

    def watch() -> None:
        while not is_over.wait(_SAMPLE_S):
            peak[0] = max(peak[0], _peak_mb(fence.pid))

    watching = threading.Thread(target=watch, name="watch-memory")
    watching.start()
    try:
        yield peak
    finally:
        is_over.set()
        watching.join()
        peak[0] = max(peak[0], _peak_mb(fence.pid))


def _forget_peak(pid: int | None) -> None:
    """Linux: let the peak of a process begin anew at what it holds now."""
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak_mb(pid: int | None) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1000
    return 0.0
