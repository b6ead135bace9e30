"""E-mails: subject, people and date, then the body as text; attachments are handed out as files of their own."""

from __future__ import annotations

import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from ingest.loaders.assembly import Assembly
from ingest.loaders.cleaning import one_line
from ingest.loaders.decoding import decode, marked_encoding
from ingest.loaders.members import Members, member_name, suffix_of
from ingest.loaders.plain import add_paragraphs
from ingest.loaders.source import SourceFile
from ingest.loaders.web import add_html

_SHOWN = ("From", "To", "Cc", "Date")
_MAX_DEPTH = 20
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})
"""Parts of a bounced mail that are there for programs."""


def load_mail(source: SourceFile) -> Assembly:
    """Header lines and body of an e-mail. Raises LoadError for a file without e-mail headers."""
    data = source.read()
    data = decode(data).encode("utf-8") if marked_encoding(data) else data
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(data)
    if not message.keys():
        raise source.error("is not an e-mail, as its name says: it has no header lines.")
    headers = {name: _header(message, name) for name in (*_SHOWN, "Subject")}
    assembly = Assembly(title=headers["Subject"])
    assembly.metadata |= {"author": headers["From"], "created": _iso(headers["Date"])}
    add_headers(assembly, headers)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    add_body(assembly, _content(plain), _content(html))
    _add_others(source, assembly, list(_other_parts(message, (plain, html), 0)))
    return assembly


def add_headers(assembly: Assembly, headers: dict[str, str]) -> None:
    """The subject as a heading and who wrote to whom and when as a paragraph."""
    assembly.add("heading", headers.get("Subject", ""), 1)
    assembly.add("paragraph", "\n".join(f"{name}: {headers[name]}" for name in _SHOWN if headers.get(name)))


def add_body(assembly: Assembly, plain: str, html: str) -> None:
    """The plain text, or the HTML of a mail that has no other."""
    if plain.strip():
        add_paragraphs(assembly, plain)
    else:
        add_html(assembly, html)


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
    except (ValueError, IndexError, AttributeError, TypeError):
        return ""


def _iso(date: str) -> str:
    try:
        return parsedate_to_datetime(date).isoformat()
    except (ValueError, TypeError, IndexError):
        return ""


def _other_parts(part: MIMEPart, body: tuple[MIMEPart | None, ...], depth: int) -> Iterator[MIMEPart]:
    """The leaves of the tree of parts that are not the body or another flavour of it."""
    if any(part is known for known in body) or depth > _MAX_DEPTH:
        return
    if not part.is_multipart() or part.get_content_maintype() != "multipart":
        yield part
        return
    are_flavours = part.get_content_type() == "multipart/alternative"
    for inner in part.iter_parts():
        is_flavour = are_flavours and inner.get_content_maintype() == "text" and not inner.is_attachment()
        if not is_flavour:
            yield from _other_parts(inner, body, depth + 1)


def _add_others(source: SourceFile, assembly: Assembly, parts: list[MIMEPart]) -> None:
    """Further text without a name belongs to the body; everything else is an attachment."""
    files: list[tuple[str, bytes]] = []
    for part in parts:
        kind, name = part.get_content_type(), _file_name(part)
        if kind in _REPORTS:
            continue
        if kind == "message/rfc822":
            files.append(_attached_mail(part))
        elif not name and kind in ("text/plain", "text/html") and not part.is_attachment():
            text = _content(part)
            add_body(assembly, text if kind == "text/plain" else "", text)
        elif name or part.get_content_maintype() != "image":  # pictures without a name are drawn within the text
            files.append((name or _invented_name(part), _bytes(part)))
    hand_out_attachments(source, assembly, files)


def _file_name(part: MIMEPart) -> str:
    try:
        return one_line(part.get_filename() or "", 200)
    except (ValueError, IndexError, AttributeError, TypeError):
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


def _content(part: MIMEPart | None) -> str:
    """The text of a part, whatever charset it claims."""
    return decode(_bytes(part), part.get_content_charset("")) if part is not None else ""
