"""What is known of a source besides its text: who wrote to whom and when, or the address of a page."""

from __future__ import annotations

import re

from app.words import msgid
from ingest.web import is_address
from rag.inert import flat
from rag.types import DocumentRecord

_MAIL = ("message/rfc822", "application/vnd.ms-outlook")
_READ_WHOLE = (*_MAIL, "text/html")
_HEADERS = 3000
"""Characters at the beginning of a mail's text in which its header lines stand."""
_HEADER = re.compile(r"(From|To|Cc|Date): (.+)")
_NAMES = (msgid("From"), msgid("To"), msgid("Cc"), msgid("Date"))
"""Of header lines, as they are shown."""
_LONGEST = 300


def is_read_whole(record: DocumentRecord) -> bool:
    """Whether a document is a letter or an article, which is read as one, and not a passage looked up in a book."""
    return record.media_type in _READ_WHOLE


def facts(record: DocumentRecord, text: str) -> list[tuple[str, str]]:
    """(name, value) in the order in which they are shown, names in English; a mail's as its header lines say."""
    if record.media_type in _MAIL and (found := _mail_headers(text)):
        return [(msgid("Subject"), _line(record.title)), *found]
    known = record.metadata
    date = known.get("created") or known.get("modified") or ""
    address = record.source if is_address(record.source) else ""
    named = (
        (msgid("Title"), record.title),
        (msgid("Address"), address),
        (msgid("Author"), known.get("author", "")),
        (msgid("Date"), date[:10]),
    )
    shown = [(name, _line(value)) for name, value in named if value.strip()]
    return shown if len(shown) > 1 else []  # the title alone stands above the text in any case


def body_start(record: DocumentRecord, text: str) -> int:
    """Where the text begins that does not repeat the facts: behind a mail's header lines."""
    if record.media_type not in _MAIL:
        return 0
    at = 0
    for paragraph in text[:_HEADERS].split("\n\n")[:2]:
        at += len(paragraph) + 2
        if _HEADER.fullmatch(paragraph.split("\n")[0]):
            return at
    return 0


def _mail_headers(text: str) -> list[tuple[str, str]]:
    """The header lines: they are the first or, below the subject, the second paragraph."""
    for paragraph in text[:_HEADERS].split("\n\n")[:2]:
        lines = [_HEADER.fullmatch(line) for line in paragraph.split("\n")]
        if lines and lines[0]:
            return [(line[1], _line(line[2])) for line in lines if line]
    return []


def _line(text: str) -> str:
    return flat(text)[:_LONGEST]
