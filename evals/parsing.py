"""Every file of a folder through the fence: read, rightly refused, or wrong; with seconds and memory."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

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
    """Every file below the folder."""
    rows = []
    with fence or Fence() as opened:
        paths = files_below(folder)
        for n, path in enumerate(paths, 1):
            rows.append(_row(path, path.relative_to(folder).as_posix(), expected, opened, max_bytes))
            told(f"{n} of {len(paths)} files")
    return rows


def _row(path: Path, name: str, expected: Expected, fence: Fence, max_bytes: int) -> Row:
    taken = _Taken()
    start = time.perf_counter()
    with _watched(fence) as peak:
        reading = attempt(
            lambda: fence.load(
                path, path.name, max_bytes=max_bytes, hand_out=lambda *member: taken.members.append(member)
            )
        )
        seconds = time.perf_counter() - start
        taken.texts = list(_member_texts(taken.members, fence, max_bytes))
    if reading.document:
        taken.texts.append(f"{reading.document.title}\n{reading.document.text}")
    seen = visible(path)
    found = words_of("\n".join(taken.texts))
    share = len(seen.words & found) / len(seen.words) if len(seen.words) >= _FEW else None
    refused, partial = expected.of(expected.refused, path), expected.of(expected.partial, path)
    wrong = _wrong(reading, seen, found, share, expected.of(expected.words, path) or (), bool(refused), bool(partial))
    because = (refused if reading.state == "refused" else partial) or ""
    return Row(name, kind_of(path), reading.state, wrong, reading.sentence, because, share, seconds, peak[0])


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


def _wrong(
    reading: Reading,
    seen: Visible,
    found: frozenset[str],
    share: float | None,
    shown: Sequence[str],
    may_refuse: bool,
    may_lack: bool,
) -> str:
    """What is wrong with an outcome, or nothing."""
    if reading.state not in ("text", "refused"):
        return f"its parser ended with: {reading.state}"
    if reading.document is None:
        return "" if may_refuse else _wrongly_refused(seen, shown)
    if broken := flaw(reading.document):
        return broken
    missing = [word for word in shown if not words_of(word) <= found]
    if len(missing) > len(shown) * _HALF:
        return f"shows words that are not in its text: {', '.join(missing[:8])}"
    if may_lack:
        return ""
    if share is not None and share < _HALF and not seen.is_rough:
        return f"only {share:.0%} of the {len(seen.words):,} words found in it are in its text"
    return _wrongly_blank(reading.document, seen)


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


def table(rows: Sequence[Row]) -> str:
    """Markdown: one line per type, then what is wrong, then the refusals with their sentences."""
    lines = [
        "| type | files | text | refused | wrong | crashed or stopped | s median | s max | MB median | MB max |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    kinds = Counter(row.kind for row in rows)
    for kind in [*sorted(kinds), "all"]:
        lines.append(_line(kind, [row for row in rows if kind in (row.kind, "all")]))
    lines += _listed("Wrong", [f"{row.file}: {row.wrong}" for row in rows if row.wrong])
    refused = [f"{row.file}: {row.sentence} — {row.because or 'no visible text was found'}"
               for row in rows if row.sentence and not row.wrong]  # fmt: skip
    lines += _listed("Rightly refused", refused)
    lacking = [f"{row.file} ({row.share:.0%}): {row.because}" for row in rows
               if row.state == "text" and row.because and row.share is not None]  # fmt: skip
    return "\n".join([*lines, *_listed("Rightly partial", lacking)])


def _line(kind: str, rows: Sequence[Row]) -> str:
    counts = Counter(row.state for row in rows)
    stopped = len(rows) - counts["text"] - counts["refused"]
    seconds, sizes = [row.seconds for row in rows], [row.peak_mb for row in rows]
    cells = (len(rows), counts["text"], counts["refused"], sum(bool(row.wrong) for row in rows), stopped)
    figures = (f"{median(seconds):.2f}", f"{max(seconds):.2f}", f"{median(sizes):.0f}", f"{max(sizes):.0f}")
    return "| " + " | ".join([kind, *map(str, cells), *figures]) + " |"


def _listed(title: str, items: Sequence[str]) -> list[str]:
    return ["", f"{title}: {len(items)}", *(f"- {item}" for item in items)]
