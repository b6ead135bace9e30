"""E-mails: subject, people and date, then the body as text; attachments are named in a warning, not read."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from ingest.loaders.assembly import Assembly
from ingest.loaders.cleaning import one_line
from ingest.loaders.decoding import decode, marked_encoding
from ingest.loaders.plain import add_paragraphs
from ingest.loaders.source import SourceFile
from ingest.loaders.web import add_html

_SHOWN = ("From", "To", "Cc", "Date")


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
    assembly.add("heading", headers["Subject"], 1)
    assembly.add("paragraph", "\n".join(f"{name}: {headers[name]}" for name in _SHOWN if headers[name]))
    _add_body(assembly, message)
    names = [_attachment_name(part) for part in message.iter_attachments()]
    if names:
        assembly.warnings.append(f"Attachments were not read: {', '.join(names[:20])}.")
    return assembly


def _header(message: EmailMessage, name: str) -> str:
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


def _attachment_name(part: MIMEPart) -> str:
    return one_line(part.get_filename() or part.get_content_type(), 80)


def _add_body(assembly: Assembly, message: EmailMessage) -> None:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    text = _content(plain)
    if text.strip():
        add_paragraphs(assembly, text)
    elif html is not None:
        add_html(assembly, _content(html))


def _content(part: MIMEPart | None) -> str:
    """The text of a part, whatever charset it claims."""
    if part is None:
        return ""
    data = part.get_payload(decode=True)
    return decode(data, part.get_content_charset("")) if isinstance(data, bytes) else ""
