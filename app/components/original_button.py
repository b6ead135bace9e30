"""The button that hands out the file of a document as it was taken in, byte by byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st

from app.components.plain_text import names
from app.page_picture import is_unchanged
from app.personal_catalogue import PersonalCatalogue
from app.words import msgid, numeral, tr
from rag.errors import InputError
from rag.types import DocumentRecord

MOST = 100_000_000
"""Bytes that are handed out: a download is held in memory as a whole."""
_GONE = msgid("The original cannot be downloaded: its file was moved, changed or deleted since it was read.")


def show(catalogue: PersonalCatalogue, record: DocumentRecord | None) -> None:
    """Draw it, or say why there is none; without a record nothing, since the page has said so."""
    if record is None:
        return
    if record.size > MOST:
        size, most = numeral(record.size / 1e6), numeral(MOST // 10**6)
        st.caption(tr("The original has {size} MB, more than the {most} MB that are handed out.", size=size, most=most))
        return
    path = catalogue.original(record.id)
    if not _is_whole(path, record.sha256):
        st.caption(tr(_GONE))
        return
    st.download_button(
        tr("Original"),
        lambda: original_bytes(catalogue.original(record.id), record.sha256),  # who may see it may have changed
        file_name=names(record.source)[0],
        mime="application/octet-stream",  # a browser saves it, and shows nothing of it within the app
        key="source-original",
        icon=":material/download:",
        help=tr("Download the file as it was taken in"),
        on_click="ignore",
    )


def original_bytes(path: Path, sha256: str) -> bytes:
    """The bytes of a file that still has this hash; raises InputError for any other."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST else b""
    except OSError as error:
        raise InputError(tr(_GONE)) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(tr(_GONE))
    return data


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return False
    return stat.st_size <= MOST and _has(path, sha256, stat.st_mtime_ns, stat.st_size)


@st.cache_data(max_entries=256, show_spinner=False)
def _has(path: Path, sha256: str, _changed_ns: int, _size: int) -> bool:
    return is_unchanged(path, sha256)
