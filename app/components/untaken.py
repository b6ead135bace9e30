"""Files that were dropped and not taken: which, and why, until that is dismissed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from app.components.plain_text import label
from app.words import numeral, spoken, tr, trn
from rag.errors import FootnoteError
from rag.inert import visible

_TOLD = "files-untaken"
_NAMED = 3
_MOST_FILES = 1_000_000
_LONGEST_NAME, _LONGEST_REASON = 60, 400
_Kind = Literal["large", "lost", "kept"]


@dataclass(frozen=True, slots=True)
class _Untaken:
    """Files of one kind since the last was dismissed: how many, the first names, and what the first error says."""

    n: int = 0
    names: tuple[str, ...] = ()
    reason: str = ""


def show() -> None:
    """A line for each reason, above what the page is for; nothing where all was taken."""
    told: dict[_Kind, _Untaken] = st.session_state.get(_TOLD, {})
    if told:
        with st.container(key="untaken", gap="small"):
            lines = [_sentence(kind, files) for kind, files in told.items()]
            st.warning("\n\n".join(lines), icon=":material/error:")
            st.button(tr("Dismiss"), key="untaken-dismissed", type="tertiary", on_click=_dismiss)


def not_kept(failed: Sequence[tuple[str, FootnoteError]]) -> None:
    """Tell of files that came and could not be kept, as on a full disk."""
    if failed:
        _note("kept", len(failed), [name for name, _ in failed], spoken(str(failed[0][1])))


def told(failed: Sequence[tuple[str, FootnoteError]]) -> str:
    """The same as a plain text; empty where all were kept."""
    if not failed:
        return ""
    names = tuple(visible(name)[:_LONGEST_NAME] for name, _ in failed[:_NAMED])
    return _sentence("kept", _Untaken(len(failed), names, visible(spoken(str(failed[0][1])))[:_LONGEST_REASON]))


def hear(large: object, lost: object) -> None:
    """Tell of files that a browser says it could not send: too large ones, and those whose way was cut. Each is a
    mapping of `n` and the first `names`, and anything else says nothing."""
    _hear("large", large)
    _hear("lost", lost)


def _hear(kind: _Kind, told: object) -> None:
    n, names = (told.get("n"), told.get("names")) if isinstance(told, Mapping) else (None, None)
    if type(n) is int and 0 < n <= _MOST_FILES:
        first = names[:_NAMED] if isinstance(names, list) else []
        _note(kind, n, [name for name in first if isinstance(name, str)])


def _note(kind: _Kind, n: int, names: Sequence[str], reason: str = "") -> None:
    told: dict[_Kind, _Untaken] = st.session_state.setdefault(_TOLD, {})
    former = told.get(kind, _Untaken())
    first = [label(name or "?", _LONGEST_NAME) for name in names[:_NAMED]]
    told[kind] = _Untaken(
        min(former.n + n, _MOST_FILES),
        (*former.names, *first)[:_NAMED],
        former.reason or label(reason, _LONGEST_REASON),
    )


def _sentence(kind: _Kind, files: _Untaken) -> str:
    more = files.n - len(files.names)
    named = ", ".join(files.names) + (trn(more, " and {n} more", " and {n} more") if more > 0 else "")
    if kind == "large":
        return trn(
            files.n,
            "{n} file was not taken, since it is larger than {limit} MB: {named}.",
            "{n} files were not taken, since they are larger than {limit} MB: {named}.",
            limit=numeral(st.get_option("server.maxUploadSize")),
            named=named,
        )
    if kind == "lost":
        return trn(
            files.n,
            "{n} file did not arrive: {named}. Drop it again.",
            "{n} files did not arrive: {named}. Drop them again.",
            named=named,
        )
    told = trn(files.n, "{n} file was not taken: {named}.", "{n} files were not taken: {named}.", named=named)
    return f"{told} {files.reason}"


def _dismiss() -> None:
    st.session_state.pop(_TOLD, None)
