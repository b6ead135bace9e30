"""Outlook messages (.msg): headers and body like those of an e-mail; attachments are files of their own.

Properties are streams named `__substg1.0_IIIITTTT` after their number and type [MS-OXMSG].
"""

from __future__ import annotations

import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode, decode_markup
from ingest.loaders.mail import add_body, add_headers, hand_out_attachments
from ingest.loaders.members import member_name
from ingest.loaders.ole import Ole, open_ole
from ingest.loaders.outlook_rtf import body_of_rtf
from ingest.loaders.source import SourceFile

_SUBJECT, _SENDER, _SENDER_ADDRESS, _SENDER_SMTP = 0x0037, 0x0C1A, 0x0C1F, 0x5D01
_TO, _CC, _BODY, _HTML, _RTF = 0x0E04, 0x0E03, 0x1000, 0x1013, 0x1009
_SENT, _CREATED = 0x0039, 0x3007
_DATA, _LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _HIDDEN = 0x3701, 0x3707, 0x3704, 0x3001, 0x7FFE
_EMBEDDED = f"__substg1.0_{_DATA:04X}000D"
_MAX_ATTACHMENTS = 1000
_MAX_DEPTH = 8
_PAGES = {65001: "utf-8", 1200: "utf-16-le", 20127: "ascii", 28591: "latin-1", 28592: "iso8859-2", 50220: "iso2022_jp"}


def load_msg(source: SourceFile) -> Assembly:
    """Headers, body and attachments of an Outlook message; contacts, notes and meetings are read the same way."""
    with open_ole(source) as ole:
        message = _Message(ole, ())
        headers = message.headers()
        assembly = Assembly(title=headers["Subject"])
        assembly.metadata |= {"author": headers["From"], "created": message.sent_at("%Y-%m-%dT%H:%M:%S+00:00")}
        add_headers(assembly, headers)
        add_body(assembly, *message.body())
        hand_out_attachments(source, assembly, list(message.attachments(0)))
    return assembly


class _Message:
    """A message in the folder of an OLE file: the whole file, or one that is attached to another."""

    def __init__(self, ole: Ole, folder: tuple[str, ...]) -> None:
        self._ole = ole
        self._folder = folder
        self._names = ole.names(*folder)
        head = 32 if not folder else 24 if folder[-1] == _EMBEDDED else 8
        self._fixed = _fixed_properties(ole.read(*folder, "__properties_version1.0")[head:])
        self._encoding = _encoding(self._fixed)

    def headers(self) -> dict[str, str]:
        """What a mail shows above its text."""
        sender, address = self._text(_SENDER), self._text(_SENDER_SMTP) or self._text(_SENDER_ADDRESS)
        is_address = "@" in address and address.lower() != sender.lower()
        return {
            "Subject": self._text(_SUBJECT),
            "From": f"{sender} <{address}>".strip() if is_address else sender or address,
            "To": self._recipients(1) or self._text(_TO),
            "Cc": self._recipients(2) or self._text(_CC),
            "Date": self.sent_at("%a, %d %b %Y %H:%M:%S +0000"),
        }

    def sent_at(self, style: str) -> str:
        """When it was sent, in UTC; empty when that is not known."""
        ticks = struct.unpack("<Q", self._fixed.get(_SENT) or self._fixed.get(_CREATED) or bytes(8))[0]
        try:
            time = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
        except OverflowError:
            return ""
        return time.strftime(style) if ticks else ""

    def body(self) -> tuple[str, str]:
        """(plain text, HTML); the former from the rich text where that is all there is."""
        plain, html = self._text(_BODY), self._read(_HTML, "0102")
        if plain.strip() or html:
            return plain, decode_markup(html, self._encoding)
        return body_of_rtf(self._read(_RTF, "0102"))

    def attachments(self, depth: int) -> list[tuple[str, bytes]]:
        """Names and bytes; an attached message becomes a mail. Pictures within the text have no place of their own."""
        folders = [name for name in self._names if name.startswith("__attach_version1.0_")]
        found = (self._attachment(name, depth) for name in folders[:_MAX_ATTACHMENTS])
        return [(name, data) for name, data in found if data]

    def as_mail(self, depth: int) -> bytes:
        """The message as an e-mail file."""
        mail, headers = EmailMessage(policy=default), self.headers()
        for name, value in headers.items():
            if value:
                with suppress(ValueError, IndexError, TypeError, AttributeError):  # people that no mail can name
                    mail[name] = " ".join(value.split())
        plain, html = self.body()
        mail.set_content(plain.encode("utf-8", "replace").decode() or " ")
        if html and not plain.strip():
            mail.set_content(html.encode("utf-8", "replace").decode(), subtype="html")
        for name, data in self.attachments(depth + 1) if depth < _MAX_DEPTH else ():
            mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        return mail.as_bytes()

    def _attachment(self, name: str, depth: int) -> tuple[str, bytes]:
        part = _Message(self._ole, (*self._folder, name))
        if _EMBEDDED in part._names:
            message = _Message(self._ole, (*part._folder, _EMBEDDED))
            return member_name(message._text(_SUBJECT), ".eml", otherwise="mail"), message.as_mail(depth)
        shown = part._text(_LONG_NAME) or part._text(_SHORT_NAME) or part._text(_SHOWN_NAME)
        is_within_text = bool(part._fixed.get(_HIDDEN, b"\0")[0])
        return shown or "attachment", b"" if is_within_text else part._read(_DATA, "0102")

    def _recipients(self, kind: int) -> str:
        """Names with addresses: 1 is To, 2 is Cc."""
        people = []
        for name in self._names:
            if name.startswith("__recip_version1.0_"):
                person = _Message(self._ole, (*self._folder, name))
                if person._fixed.get(0x0C15, bytes(8))[:4] == struct.pack("<I", kind):
                    people.append(person._person())
        return ", ".join(people)

    def _person(self) -> str:
        shown, address = self._text(0x3001), self._text(0x39FE) or self._text(0x3003)
        return f"{shown} <{address}>" if shown and "@" in address and shown != address else shown or address

    def _text(self, number: int) -> str:
        unicode = self._read(number, "001F")
        if unicode:
            return unicode.decode("utf-16-le", "replace").strip("\0")
        return decode(self._read(number, "001E"), self._encoding).strip("\0")

    def _read(self, number: int, kind: str) -> bytes:
        name = f"__substg1.0_{number:04X}{kind}"
        return self._ole.read(*self._folder, name) if name in self._names else b""


def _fixed_properties(data: bytes) -> dict[int, bytes]:
    """Number -> eight bytes, of the properties that are no longer than that."""
    rows = struct.iter_unpack("<HHI8s", data[: len(data) // 16 * 16])
    return {number: value for _kind, number, _flags, value in rows}


def _encoding(fixed: dict[int, bytes]) -> str:
    """The encoding of text that is not Unicode, by the message's own code page."""
    page = struct.unpack("<I", (fixed.get(0x3FFD) or fixed.get(0x3FDE) or bytes(8))[:4])[0]
    return _PAGES.get(page, f"cp{page}" if page else "cp1252")
