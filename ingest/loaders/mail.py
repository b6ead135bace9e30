"""E-mails: subject, people and date, then the body as text; attachments are handed out as files of their own."""

from __future__ import annotations

import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import Any, cast

from ingest.loaders.assembly import Assembly
from ingest.loaders.cleaning import one_line
from ingest.loaders.decoding import decode, marked_encoding
from ingest.loaders.members import Members, member_name, suffix_of
from ingest.loaders.plain import add_paragraphs
from ingest.loaders.source import SourceFile
from ingest.loaders.web import add_html

_SHOWN = ("From", "To", "Cc", "Date")
_TEXTS = ("text/plain", "text/html")
_MAX_DEPTH = 20
_MAX_HEADER = 10_000
_NOT_UNDERSTOOD = (ValueError, IndexError, AttributeError, TypeError, OverflowError)
"""What the parser of headers raises where it does not foresee what stands there."""
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})
"""Parts of a bounced mail that are there for programs."""


class _PatientHeaders(email.policy.EmailPolicy):
    """Cuts headers off before they are understood, since that takes time by the square of their length, and takes what
    stands before the parameters of one that the parser trips over."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value as they stand in the mail."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_MAX_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> Any:  # noqa: ANN401 - a class made at run time
        """The header as it is understood, or as plain text."""
        try:
            return super().header_fetch_parse(name, value)
        except _NOT_UNDERSTOOD:
            is_mime = name.lower().startswith("content-")
            return self.header_factory(name if is_mime else "X-Text", value.partition(";")[0] if is_mime else value)


_POLICY = _PatientHeaders()


def load_mail(source: SourceFile) -> Assembly:
    """Header lines and body of an e-mail. Raises LoadError for a file without e-mail headers."""
    data = source.read()
    data = decode(data).encode("utf-8") if marked_encoding(data) else data
    message = cast("EmailMessage", BytesParser(EmailMessage, policy=_POLICY).parsebytes(data))
    if not message.keys():
        raise source.error("is not an e-mail, as its name says: it has no header lines.")
    headers = {name: _header(message, name) for name in (*_SHOWN, "Subject")}
    assembly = Assembly(title=headers["Subject"])
    assembly.metadata |= {"author": headers["From"], "created": _iso(headers["Date"])}
    add_headers(assembly, headers)
    files: list[tuple[str, bytes]] = []
    _add_part(assembly, message, files, 0)
    hand_out_attachments(source, assembly, files)
    return assembly


def add_headers(assembly: Assembly, headers: dict[str, str]) -> None:
    """The subject as a heading and who wrote to whom and when as a paragraph."""
    assembly.add("heading", headers.get("Subject", ""), 1)
    assembly.add("paragraph", "\n".join(f"{name}: {headers[name]}" for name in _SHOWN if headers.get(name)))


_STUB, _TIMES = 60, 3
"""Words of a plain text that may only say that the mail is HTML; how many times as many that has then."""


def add_body(assembly: Assembly, plain: str, html: str) -> None:
    """The plain text, or the HTML of a mail that has no other, or no more than a line that sends to that."""
    if not plain.strip() or (html.strip() and _is_stub(plain, html)):
        add_html(assembly, html)
    else:
        add_paragraphs(assembly, plain)


def _is_stub(plain: str, html: str) -> bool:
    n_words = len(plain.split())
    if n_words > _STUB:
        return False
    whole = Assembly()
    add_html(whole, html)
    return n_words * _TIMES < whole.n_words


def hand_out_attachments(source: SourceFile, assembly: Assembly, files: list[tuple[str, bytes]]) -> None:
    """Make documents of attachments; a warning names them where nobody takes them."""
    if files and source.hand_out is None:
        names = ", ".join(one_line(name, 80) for name, _ in files[:20])
        assembly.warnings.append(f"Attachments were not read: {names}.")
        return
    members = Members(source)
    for name, data in files:
        path = name.replace("\\", "/").rpartition("/")[2].lstrip(".")
        if members.wants(path):
            members.hand_out(path, data)
    members.finish(assembly)


def _header(message: MIMEPart, name: str) -> str:
    """A header on one line; one that the parser cannot make sense of counts as missing."""
    try:
        return one_line(str(message.get(name, "")), 1000)
    except _NOT_UNDERSTOOD:
        return ""


def _iso(date: str) -> str:
    try:
        return parsedate_to_datetime(date).isoformat()
    except _NOT_UNDERSTOOD:
        return ""


def _add_part(assembly: Assembly, part: MIMEPart, files: list[tuple[str, bytes]], depth: int) -> None:
    """Text goes to the document where it stands in the mail, the rest to `files`."""
    if depth > _MAX_DEPTH:
        return
    if part.get_content_type() == "multipart/alternative":
        leaves = list(_leaves(part, depth))
        plain, html = (
            next((text for leaf in leaves if _is_text(leaf, kind) and (text := _content(leaf)).strip()), "")
            for kind in ("text/plain", "text/html")
        )
        add_body(assembly, plain, html)
        files += [file for leaf in leaves if not _is_text(leaf) for file in _files(leaf)]
    elif part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.iter_parts():
            _add_part(assembly, inner, files, depth + 1)
    elif _is_text(part) or (depth == 0 and part.get_content_maintype() == "text" and not part.is_attachment()):
        text = _content(part)
        add_body(assembly, "" if part.get_content_subtype() == "html" else text, text)
    else:
        files += _files(part)


def _leaves(part: MIMEPart, depth: int) -> Iterator[MIMEPart]:
    if part.get_content_maintype() == "multipart" and part.is_multipart() and depth <= _MAX_DEPTH:
        for inner in part.iter_parts():
            yield from _leaves(inner, depth + 1)
    else:
        yield part


def _is_text(part: MIMEPart, *kinds: str) -> bool:
    """Whether a part is text to be read with the mail, of one of these kinds, and no file."""
    return part.get_content_type() in (kinds or _TEXTS) and not part.is_attachment() and not _file_name(part)


def _files(part: MIMEPart) -> list[tuple[str, bytes]]:
    """The attachment that a part is; nothing for pictures within the text, other flavours and reports."""
    kind, name = part.get_content_type(), _file_name(part)
    if kind == "message/rfc822":
        return [_attached_mail(part)]
    if kind in _REPORTS or (not name and part.get_content_maintype() == "image"):
        return []
    return [(name or _invented_name(part), _bytes(part))]


def _file_name(part: MIMEPart) -> str:
    try:
        return one_line(part.get_filename() or "", 200)
    except _NOT_UNDERSTOOD:
        return ""


def _invented_name(part: MIMEPart) -> str:
    kind = part.get_content_type()
    return "attachment" + (suffix_of(kind) or "." + kind.rpartition("/")[2])


def _attached_mail(part: MIMEPart) -> tuple[str, bytes]:
    """(name made of its subject, the mail as a file)."""
    inner = part.get_payload()
    mail = inner[0] if isinstance(inner, list) and inner else None
    if not isinstance(mail, MIMEPart):
        return "mail.eml", _bytes(part)
    try:
        data = mail.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError):  # headers that can be read but not written
        data = mail.as_bytes(policy=email.policy.compat32)
    return member_name(_header(mail, "Subject"), ".eml", otherwise="mail"), data


def _bytes(part: MIMEPart) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _content(part: MIMEPart) -> str:
    """The text of a part, whatever charset it claims."""
    return decode(_bytes(part), part.get_content_charset(""))
