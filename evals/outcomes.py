"""What became of a file behind the fence: read, refused, out of time or memory, crashed, or a fault of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.errors import LoadError
from rag.types import Document

State = Literal["text", "refused", "time", "memory", "crash", "fault"]

STATES: tuple[State, ...] = ("text", "refused", "time", "memory", "crash", "fault")
BAD: frozenset[State] = frozenset({"crash", "fault"})
"""Never right, whatever the file; `time` is bad too for a file that people would call ordinary."""

_SENTENCES: tuple[tuple[str, State], ...] = (
    (r"was given up: its parser (?:ran longer|computed for more)", "time"),
    (r"needs more than [\d,]+ MB of memory", "memory"),
    (r"most likely for want of memory", "memory"),
    (r"made its parser crash|its parser stopped unexpectedly", "crash"),
    (r"its parser failed|an answer that makes no sense", "fault"),
)
"""The fence's sentences; whatever else a LoadError says is a loader's own refusal."""
_CAUGHT_AT_LAST = re.compile(r"it seems to be damaged \((\w+)\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """One attempt at a file."""

    state: State
    document: Document | None = None
    sentence: str = ""

    @property
    def caught(self) -> str:
        """The class of an exception that no loader foresaw and the last net turned into "seems to be damaged"."""
        found = _CAUGHT_AT_LAST.search(self.sentence)
        return found[1] if found else ""


def attempt(load: Callable[[], Document]) -> Reading:
    """Run one load and say what became of it."""
    try:
        return Reading("text", load())
    except LoadError as error:
        return Reading(state_of(str(error)), sentence=str(error))


def state_of(sentence: str) -> State:
    """Which state a LoadError's sentence tells of."""
    return next((state for pattern, state in _SENTENCES if re.search(pattern, sentence)), "refused")


def flaw(document: Document) -> str:
    """What is wrong with a document whatever it was read from, or nothing."""
    if found := re.search("[\0-\x08\x0b-\x1f\ud800-\udfff]", document.text):
        return f"holds the character {ord(found[0]):#x}"
    at = 0
    for block in document.blocks:
        if document.text[at : block.start].strip():
            return f"has text outside of its blocks at {at}"
        at = block.end
    return "has text outside of its blocks at its end" if document.text[at:].strip() else ""


def files_below(folder: Path) -> list[Path]:
    """Every plain file in a folder and below, hidden ones too, in order."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]


def kind_of(path: Path) -> str:
    """The ending of a file's name without its dot, which is the type that tables count by."""
    return path.suffix.lower().lstrip(".") or "none"
