"""Files that were dropped and not taken: which, and why, until that is dismissed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.components.plain_text import label
from app.words import numeral, spoken, tr, trn
from rag.errors import FootnoteError

_TOLD = "files-untaken"
_NAMED = 3
_MOST_FILES = 1_000_000
_MOST_TOLD = 6
_LONGEST_NAME, _LONGEST_REASON = 60, 400


def show() -> None:
    """A line for each reason, above what the page is for; nothing where all was taken."""
    told: list[str] = st.session_state.get(_TOLD, [])
    if not told:
        return
    with st.container(key="untaken", gap="small"):
        st.warning("\n\n".join(told), icon=":material/error:")
        st.button(tr("Dismiss"), key="untaken-dismissed", type="tertiary", on_click=_dismiss)


def not_kept(failed: Sequence[tuple[str, FootnoteError]]) -> None:
    """Tell of files that came and could not be kept, as on a full disk."""
    if failed:
        named = _named([name for name, _ in failed], len(failed))
        reason = label(spoken(str(failed[0][1])), _LONGEST_REASON)
        told = trn(len(failed), "{n} file was not taken: {named}.", "{n} files were not taken: {named}.", named=named)
        _tell(f"{told} {reason}")


def hear(large: object, lost: object) -> None:
    """Tell of files that a browser says it could not send: too large ones, and those whose way was cut. Each is a
    mapping of `n` and the first `names`, and anything else says nothing."""
    if isinstance(large, Mapping) and (n := _number(large)):
        told = trn(
            n,
            "{n} file was not taken, since it is larger than {limit} MB: {named}.",
            "{n} files were not taken, since they are larger than {limit} MB: {named}.",
            limit=numeral(st.get_option("server.maxUploadSize")),
            named=_named(_names(large), n),
        )
        _tell(told)
    if isinstance(lost, Mapping) and (n := _number(lost)):
        told = trn(
            n,
            "{n} file did not arrive: {named}. Drop it again.",
            "{n} files did not arrive: {named}. Drop them again.",
            named=_named(_names(lost), n),
        )
        _tell(told)


def _number(told: Mapping[str, Any]) -> int:
    n = told.get("n")
    return n if type(n) is int and 0 < n <= _MOST_FILES else 0


def _names(told: Mapping[str, Any]) -> list[str]:
    names = told.get("names")
    return [name for name in names[:_NAMED] if isinstance(name, str)] if isinstance(names, list) else []


def _named(names: Sequence[str], n: int) -> str:
    """The first names, and how many more there are."""
    first = [label(name or "?", _LONGEST_NAME) for name in names[:_NAMED]]
    more = n - len(first)
    return ", ".join(first) + (trn(more, " and {n} more", " and {n} more") if more > 0 else "")


def _tell(sentence: str) -> None:
    st.session_state[_TOLD] = [*st.session_state.get(_TOLD, []), sentence][-_MOST_TOLD:]


def _dismiss() -> None:
    st.session_state.pop(_TOLD, None)
