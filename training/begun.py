"""What a run of training was begun with, as its state tells: a run with something else does not take it up unknown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from indexes.minilm import digest_of
from rag.errors import FootnoteError

_NONE = "none"
_CALLED = {"encoder": "encoder", "start": "--start"}

Begun = Mapping[str, str]
"""SHA-256 of each file that a run begins with."""


def begun(encoder: Path, start: Path | None = None) -> dict[str, str]:
    """Of a run that begins with these. Raises FootnoteError where one cannot be read."""
    try:
        return {"encoder": digest_of(encoder), "start": digest_of(start) if start else _NONE}
    except OSError as error:
        raise FootnoteError(f"{error.filename} cannot be read ({error.strerror}): name another file") from error


def facts_of(state: Path) -> dict[str, str]:
    """What a state tells of itself; nothing where it is of an earlier version."""
    from safetensors import safe_open

    with safe_open(state, framework="numpy") as kept:
        return dict(kept.metadata() or {})


def check_begun(state: Path, wanted: Begun) -> None:
    """Raises FootnoteError where there is a state that tells that it was begun with something else."""
    kept = facts_of(state) if state.exists() else {}
    for name, of in wanted.items():
        if kept.get(name, of) != of:
            raise FootnoteError(
                f"{state} was begun with {_said(name, kept[name])}, not with {_said(name, of)}: give again what it was "
                "begun with, or begin anew by --anew"
            )


def _said(name: str, of: str) -> str:
    return f"no {_CALLED[name]}" if of == _NONE else f"the {_CALLED[name]} of SHA-256 {of[:16]}..."
