"""Mailboxes in the mbox format: every mail is handed out as a file of its own, read one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from email.policy import default
from typing import BinaryIO

from ingest.loaders.assembly import Assembly
from ingest.loaders.members import TOO_LARGE, Members, check_taken, member_name
from ingest.loaders.source import SourceFile

_FIRST_LINE = re.compile(rb"From \S+.*\d\d:\d\d.*\d{4}")
"""`From ada@example.org Wed Jan 31 12:00:00 2024`: a sentence that begins with From does not end in a time."""
_QUOTED = re.compile(rb">+From ")
_HEAD = 100_000


def load_mbox(source: SourceFile) -> Assembly:
    """Hands out the mails of a mailbox. Raises LoadError for a file that is none."""
    check_taken(source)
    if not source.has_signature(b"From "):
        raise source.error("is not a mailbox, as its name says: no mail begins at its start.")
    assembly, members = Assembly(), Members(source)
    with source.path.open("rb") as file:
        for number, mail in enumerate(_mails(file, source.max_bytes), 1):
            name = _name(mail)
            if not members.has_room(name):
                continue
            if len(mail) > source.max_bytes:
                members.leave_out(name, TOO_LARGE)
            else:
                members.hand_out(name, mail)
            source.progress(number, number)
    members.finish_container(assembly)
    return assembly


def _mails(file: BinaryIO, limit: int) -> Iterator[bytes]:
    """The mails in order; of one beyond the limit there is a little more than that."""
    mail, is_after_blank = bytearray(), True
    for line in iter(lambda: file.readline(1 << 20), b""):
        if is_after_blank and _FIRST_LINE.match(line):
            if mail.strip():
                yield bytes(mail)
            mail = bytearray()
        elif len(mail) <= limit:
            mail += line[1:] if _QUOTED.match(line) else line
        is_after_blank = not line.strip()
    if mail.strip():
        yield bytes(mail)


def _name(mail: bytes) -> str:
    try:
        subject = str(BytesHeaderParser(policy=default).parsebytes(mail[:_HEAD]).get("Subject", ""))
    except (ValueError, IndexError, AttributeError, TypeError):
        subject = ""
    return member_name(subject, ".eml", otherwise="mail")
