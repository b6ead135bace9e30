"""Words that a person sees in a file, found without Footnote's loaders, by means as plain as the format allows."""

from __future__ import annotations

import email
import html
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
_UNSEEN = re.compile(r"<(script|style|noscript|template)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_PARTS = {
    "word/": (r"word/(?:document|footnotes|endnotes)\d*\.xml", r"<w:t(?:\s[^>]*)?>([^<]*)</w:t>", "</w:p>"),
    "ppt/": (r"ppt/(?:slides|notesSlides)/[^/]+\.xml", r"<a:t(?:\s[^>]*)?>([^<]*)</a:t>", "</a:p>"),
    "xl/": (
        r"xl/(?:sharedStrings|worksheets/[^/]+)\.xml",
        r"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</(?:\w+:)?t>",
        "</(?:si|is)>",
    ),
}
"""First folder of an Office file -> its parts with text, the element that holds it, and where a paragraph ends."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")
"""What their words are, only people can say."""
_RTF_UNSEEN = re.compile(r"\{\\(?:\*|fonttbl|colortbl|stylesheet|info|pict|listtable|themedata)")


@dataclass(frozen=True, slots=True)
class Visible:
    """What can be seen: different words, and the pages that show something but have no text."""

    words: frozenset[str]
    inked: tuple[int, ...] = ()
    """Numbers of pages without a text layer on whose picture there is ink."""
    is_rough: bool = False
    """Whether the words are mere runs of letters in a binary file, among which there is much that nobody sees."""


def visible(path: Path) -> Visible:
    """What the file shows; nothing for what these plain means cannot open."""
    data = path.read_bytes()
    if b"%PDF-" in data[:1024]:
        from evals.visible_pdf import visible_pdf

        return visible_pdf(path)
    if data.startswith(b"PK\x03\x04"):
        return Visible(words_of(_zip_text(path)))
    if data.startswith(_PICTURES):
        return Visible(frozenset())
    if not _is_text(data):
        return Visible(words_of(_letters(data)), is_rough=True)
    if path.suffix.lower() == ".eml":
        return Visible(words_of(_mail_text(data)))
    return Visible(words_of(_READERS.get(path.suffix.lower(), str)(_decoded(data))))


def words_of(text: str) -> frozenset[str]:
    """The different words of a text, without case; a Chinese, Japanese or Korean character is a word."""
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _is_text(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return True
    return data[:4096].count(0) == 0 and sum(byte < 9 or 14 <= byte < 27 for byte in data[:4096]) < 40


def _decoded(data: bytes) -> str:
    """UTF-16 or UTF-32 where a mark says so, else UTF-8, else ASCII alone, since who knows what the rest means."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return data.decode("utf-32", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return re.sub(rb"\w*[^\0-\x7f]+\w*", b" ", data).decode("ascii")


def _letters(data: bytes) -> str:
    """Runs of four letters or more, in one byte each and in two, as `strings` finds them."""
    narrow = re.findall(rb"[A-Za-z]{4,}", data)
    wide = re.findall(rb"(?:[A-Za-z]\0){4,}", data)
    return b" ".join([*narrow, *(run.replace(b"\0", b"") for run in wide)]).decode("ascii")


def _untagged(markup: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", " ", _UNSEEN.sub(" ", markup)))


def _zip_text(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            for folder, (parts, element, end) in _PARTS.items():
                if any(name.startswith(folder) for name in names):
                    chosen = [name for name in names if re.fullmatch(parts, name)]
                    return " ".join(_elements(_read(archive, name), element, end) for name in chosen)
            chosen = [name for name in names if name == "content.xml" or re.search(r"\.x?html?$", name)]
            return " ".join(_open_text(_read(archive, name)) for name in chosen)
    except _BROKEN:
        return ""


def _read(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8", "replace")


def _elements(xml: str, element: str, end: str) -> str:
    """Runs of one paragraph belong together, since a word may be spread over several."""
    xml = re.sub(r"<w:(?:tab|br|cr)\s*/>|<a:br\b[^>]*>", " ", re.sub(end, "\n", xml))
    paragraphs = ("".join(re.findall(element, line)) for line in xml.split("\n"))
    return html.unescape("\n".join(paragraphs))


def _open_text(xml: str) -> str:
    """An OpenDocument's body, or a page of a book; spans do not part words, paragraphs do."""
    body = xml.partition("<office:body>")[2] or xml
    return _untagged(re.sub(r"</?(?:text:span|span|b|i|em|strong)\b[^>]*>", "", body))


def _mail_text(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    message = email.message_from_bytes(_decoded(data).encode() if wide else data)
    return f"{message.get('Subject', '')} " + " ".join(_part_text(part) for part in message.walk())


def _part_text(part: Message) -> str:
    if part.get_content_maintype() != "text" or part.get_filename():
        return ""
    data = part.get_payload(decode=True)
    text = _decoded(data) if isinstance(data, bytes) else ""
    with suppress(LookupError, UnicodeDecodeError):
        text = data.decode(part.get_content_charset("")) if isinstance(data, bytes) else ""
    return _untagged(text) if part.get_content_subtype() == "html" else text


def _rtf_text(text: str) -> str:
    kept = " ".join(group for group in _top_groups(text))
    kept = re.sub(r"\\'[0-9a-fA-F]{2}", lambda found: bytes.fromhex(found[0][2:]).decode("cp1252", "replace"), kept)
    return re.sub(r"\\[a-zA-Z]+-?\d* ?|[{}\\]", "", re.sub(r"\\(?:par|cell|row|tab|line)\b", " ", kept))


def _top_groups(text: str) -> list[str]:
    """The text without the groups that hold fonts, colours, pictures and the like."""
    kept, at = [], 0
    while found := _RTF_UNSEEN.search(text, at):
        kept.append(text[at : found.start()])
        at, depth = found.start() + 1, 1
        while depth and at < len(text):
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
    return [*kept, text[at:]]


def _json_text(text: str) -> str:
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return " ".join(
        re.sub(r"\\u([0-9a-fA-F]{4})|\\.", lambda m: chr(int(m[1], 16)) if m[1] else " ", s) for s in strings
    )


def _notebook_text(text: str) -> str:
    """What its cells say, and what they print."""
    try:
        cells = json.loads(text)["cells"]
        printed = [out.get("text", "") for cell in cells for out in cell.get("outputs", ())]
        return " ".join("".join(lines) for lines in [*(cell["source"] for cell in cells), *printed])
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


_READERS: dict[str, Callable[[str], str]] = {
    ".html": _untagged,
    ".htm": _untagged,
    ".xhtml": _untagged,
    ".xml": _untagged,
    ".rtf": _rtf_text,
    ".json": _json_text,
    ".jsonl": _json_text,
    ".ipynb": _notebook_text,
}
