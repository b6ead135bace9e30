"""What a file really is: its first bytes and, for ZIP files, its members decide; among text formats the name does."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.loaders.decoding import marked_encoding
from ingest.loaders.source import SourceFile


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that can be loaded."""

    label: str
    """What people call it, with its article: "a PDF"."""
    media_type: str
    suffixes: tuple[str, ...]


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
FORMATS: dict[str, Format] = {
    "pdf": Format("a PDF", "application/pdf", (".pdf",)),
    "docx": Format(
        "a Word document", _OPEN_XML + "wordprocessingml.document", (".docx", ".docm", ".dotx", ".dotm")
    ),
    "pptx": Format(
        "a PowerPoint presentation", _OPEN_XML + "presentationml.presentation", (".pptx", ".pptm", ".ppsx", ".potx")
    ),
    "xlsx": Format("an Excel workbook", _OPEN_XML + "spreadsheetml.sheet", (".xlsx", ".xlsm", ".xltx", ".xlsb")),
    "xls": Format("an Excel 97-2003 workbook", "application/vnd.ms-excel", (".xls",)),
    "doc": Format("a Word 97-2003 document", "application/msword", (".doc", ".dot")),
    "ppt": Format("a PowerPoint 97-2003 presentation", "application/vnd.ms-powerpoint", (".ppt", ".pps", ".pot")),
    "odt": Format("an OpenDocument text", "application/vnd.oasis.opendocument.text", (".odt", ".ott")),
    "odp": Format("an OpenDocument presentation", "application/vnd.oasis.opendocument.presentation", (".odp",)),
    "ods": Format("an OpenDocument spreadsheet", "application/vnd.oasis.opendocument.spreadsheet", (".ods",)),
    "epub": Format("an EPUB book", "application/epub+zip", (".epub",)),
    "rtf": Format("an RTF document", "application/rtf", (".rtf",)),
    "png": Format("a PNG image", "image/png", (".png",)),
    "jpeg": Format("a JPEG image", "image/jpeg", (".jpg", ".jpeg")),
    "tiff": Format("a TIFF image", "image/tiff", (".tif", ".tiff")),
    "webp": Format("a WebP image", "image/webp", (".webp",)),
    "bmp": Format("a BMP image", "image/bmp", (".bmp",)),
    "gif": Format("a GIF image", "image/gif", (".gif",)),
    "html": Format("an HTML page", "text/html", (".html", ".htm", ".xhtml")),
    "md": Format("a Markdown file", "text/markdown", (".md", ".markdown", ".mdown", ".qmd", ".rmd")),
    "csv": Format("a CSV table", "text/csv", (".csv",)),
    "tsv": Format("a TSV table", "text/tab-separated-values", (".tsv", ".tab")),
    "json": Format("a JSON file", "application/json", (".json", ".geojson")),
    "jsonl": Format("a JSON Lines file", "application/jsonl", (".jsonl", ".ndjson")),
    "ipynb": Format("a Jupyter notebook", "application/x-ipynb+json", (".ipynb",)),
    "eml": Format("an e-mail", "message/rfc822", (".eml",)),
    "msg": Format("an Outlook message", "application/vnd.ms-outlook", (".msg",)),
    "mbox": Format("a mailbox in the mbox format", "application/mbox", (".mbox",)),
    "vtt": Format("a WebVTT transcript", "text/vtt", (".vtt",)),
    "srt": Format("a SubRip transcript", "application/x-subrip", (".srt",)),
    "parquet": Format("a Parquet table", "application/vnd.apache.parquet", (".parquet", ".pq")),
    "sqlite": Format("an SQLite database", "application/vnd.sqlite3", (".sqlite", ".sqlite3", ".db", ".db3")),
    "zip": Format("a ZIP archive", "application/zip", (".zip",)),
    "tar": Format("a tar archive", "application/x-tar", (".tar",)),
    "gz": Format("a gzip archive", "application/gzip", (".gz", ".tgz")),
    "bz2": Format("a bzip2 archive", "application/x-bzip2", (".bz2", ".tbz", ".tbz2")),
    "xz": Format("an xz archive", "application/x-xz", (".xz", ".txz")),
    "txt": Format(
        "a text file", "text/plain",
        (".txt", ".text", ".log", ".rst", ".org", ".adoc", ".asciidoc", ".tex", ".wiki", ".textile"),
    ),
    "code": Format(
        "a source file", "text/plain",
        (".py", ".js", ".ts", ".tsx", ".jsx", ".java", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".go", ".rs", ".rb",
         ".php", ".sh", ".bash", ".zsh", ".ps1", ".sql", ".r", ".jl", ".swift", ".kt", ".scala", ".lua", ".pl", ".hs",
         ".css", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".xml", ".diff", ".patch", ".bat"),
    ),
}  # fmt: skip
BY_SUFFIX: dict[str, str] = {suffix: kind for kind, known in FORMATS.items() for suffix in known.suffixes}
_NAMED_TEXT = frozenset({"readme", "license", "licence", "copying", "notice", "authors", "changelog", "changes",
                         "contributing", "install", "todo", "news", "makefile", "dockerfile"})  # fmt: skip
_PICTURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF8", "gif"),
    (8, b"WEBP", "webp"),
    (0, b"BM", "bmp"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
)
_BINARY = frozenset({"pdf", "docx", "pptx", "xlsx", "xls", "doc", "ppt", "odt", "odp", "ods", "epub", "rtf", "msg",
                     "parquet", "sqlite", "zip", "tar", "gz", "bz2", "xz",
                     *(kind for _, _, kind in _PICTURES)})  # fmt: skip
_DOCUMENT_ZIPS = frozenset({"docx", "pptx", "xlsx", "odt", "odp", "ods", "epub"})
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"{\\rtf", "rtf"),
    (0, b"SQLite format 3\0", "sqlite"),
    (0, b"PAR1", "parquet"),
    (0, b"\x1f\x8b", "gz"),
    (0, b"BZh", "bz2"),
    (0, b"\xfd7zXZ", "xz"),
    (257, b"ustar", "tar"),
)

_FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftypheic", "a HEIC image: save it as JPEG and add that"),
    (4, b"ftypavif", "an AVIF image: save it as JPEG and add that"),
    (8, b"WAVE", "a WAV recording, and sound is not supported yet"),
    (0, b"ID3", "an MP3 recording, and sound is not supported yet"),
    (0, b"\xff\xfb", "an MP3 recording, and sound is not supported yet"),
    (0, b"fLaC", "a FLAC recording, and sound is not supported yet"),
    (0, b"OggS", "an Ogg recording, and sound is not supported yet"),
    (4, b"ftyp", "a video or sound file in MP4, and these are not supported yet"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM video, and videos are not supported yet"),
    (8, b"AVI ", "an AVI video, and videos are not supported yet"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it and add the files in it"),
    (0, b"Rar!", "a RAR archive: unpack it and add the files in it"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive: unpack it and add the files in it"),
    (0, b"\x7fELF", "a program, not a document"),
    (0, b"MZ", "a Windows program, not a document"),
    (0, b"%!PS", "a PostScript file: convert it to PDF"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS = {"WordDocument": "doc", "PowerPoint Document": "ppt", "__properties_version1.0": "msg",
              "Workbook": "xls", "Book": "xls"}  # fmt: skip


def is_readable_name(name: str) -> bool:
    """Whether a file inside of another is of a kind that can be loaded, going by its name alone."""
    last = PurePosixPath(name.replace("\\", "/").strip())
    return last.suffix.lower() in BY_SUFFIX or (not last.suffix and last.stem.lower() in _NAMED_TEXT)


def sniff(source: SourceFile) -> str:
    """The key of FORMATS that the file's content belongs to; raises LoadError when there is none or the name lies."""
    with source.path.open("rb") as file:
        head = file.read(4096)
    claimed = BY_SUFFIX.get(source.suffix, "")
    found = _by_signature(source, head)
    if found:
        return _agreed(source, claimed, found)
    _refuse_binary(source, head)
    if claimed in _BINARY:
        raise source.error(_mislabelled(claimed, _text_label(head)))
    if claimed:
        return claimed
    if not source.suffix or source.stem.lower() in _NAMED_TEXT:
        return "txt"
    raise source.error(f"has the ending {source.suffix}, which is not supported; supported are {supported()}.")


def supported() -> str:
    """The main ending of each format, for a message."""
    return ", ".join(known.suffixes[0] for kind, known in FORMATS.items() if kind != "code") + " and source code"


def _by_signature(source: SourceFile, head: bytes) -> str:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(source)
    if head.startswith(_OLE):
        return _ole_kind(source)
    found = (kind for offset, magic, kind in _SIGNATURES if head.startswith(magic, offset))
    kind = next(found, "")
    if kind and not (kind in ("bz2", "parquet") and _is_text(head)):  # a text may begin with the same letters
        return kind
    if b"%PDF-" in head[:1024] and not _is_named_text(source):  # last: an archive may begin with a PDF
        return "pdf"
    return _picture_kind(head)


def _picture_kind(head: bytes) -> str:
    for offset, magic, kind in _PICTURES:
        if head.startswith(magic, offset):
            is_said_of_text = magic.decode("latin-1").isprintable() and _is_text(head)
            return "" if is_said_of_text else kind
    return ""


def _is_named_text(source: SourceFile) -> bool:
    """Whether a file that speaks of PDF within its first lines says by its name that it is text."""
    claimed = BY_SUFFIX.get(source.suffix, "")
    return bool(claimed) and claimed not in _BINARY


def _zip_kind(source: SourceFile) -> str:
    try:
        with zipfile.ZipFile(source.path) as archive:
            names = set(archive.namelist())
            declared = _head_of(archive, "mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise source.error("is damaged or cut off and cannot be unpacked: get a fresh copy of it.") from error
    return _office_kind(names) or _declared_kind(declared) or _plain_zip(source, names)


def _head_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first bytes of a member; all of it could be a bomb."""
    with archive.open(name) as member:
        return member.read(100).strip()


def _office_kind(names: set[str]) -> str:
    if "[Content_Types].xml" not in names:
        return ""
    folders = {name.split("/")[0] for name in names if "/" in name}
    return next((kind for folder, kind in (("word", "docx"), ("ppt", "pptx"), ("xl", "xlsx")) if folder in folders), "")


def _declared_kind(declared: bytes) -> str:
    text = declared.decode("ascii", "replace")
    return next((kind for kind in ("epub", "odt", "odp", "ods") if text.startswith(FORMATS[kind].media_type)), "")


def _plain_zip(source: SourceFile, names: set[str]) -> str:
    if BY_SUFFIX.get(source.suffix) in _DOCUMENT_ZIPS:
        raise source.error("is a ZIP file without the parts of a document: it is damaged or has the wrong name.")
    if {"content.xml", "mimetype"} <= names:
        raise source.error("is an OpenDocument file of a kind that is not supported: save it as .odt, .xlsx or .pptx.")
    return "zip"


def _ole_kind(source: SourceFile) -> str:
    """Old Office files are told apart by the names of the streams at their top."""
    from ingest.loaders.ole import top_names

    names = top_names(source)
    if "EncryptedPackage" in names:
        raise source.error(
            "is protected with a password: open it in Office, save it without a password and add it again."
        )
    kind = next((kind for name, kind in _OLE_KINDS.items() if name in names), "")
    if kind:
        return kind
    if BY_SUFFIX.get(source.suffix) in _OLE_KINDS.values():
        raise source.error("is damaged or cut off: get a fresh copy of it.")
    raise source.error("is a binary Office file of a kind that is not known: save it in the current format.")


def _agreed(source: SourceFile, claimed: str, found: str) -> str:
    if claimed == found or not claimed and source.suffix in ("", ".zip", ".bin", ".tmp"):
        return found
    if not claimed:
        raise source.error(
            f"seems to be {FORMATS[found].label}, but its name ends in {source.suffix}: "
            f"rename it to end in {FORMATS[found].suffixes[0]}."
        )
    raise source.error(_mislabelled(claimed, FORMATS[found].label, FORMATS[found].suffixes[0]))


def _mislabelled(claimed: str, label: str, suffix: str = "") -> str:
    cure = f"rename it to end in {suffix}" if suffix else "check the file, or rename it"
    return f"is not {FORMATS[claimed].label}, as its name says, but seems to be {label}: {cure}."


def _text_label(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if start.startswith(b"<?xml"):
        return "an XML file"
    if start.startswith((b"{", b"[")):
        return "a JSON file"
    return "plain text"


def _refuse_binary(source: SourceFile, head: bytes) -> None:
    for offset, magic, sentence in _FOREIGN:
        if head.startswith(magic, offset) and not _is_text(head):  # a text may begin with the same letters
            raise source.error(f"is {sentence}.")
    if not _is_text(head):
        raise source.error("is not text and not a known document: check that it is the right file.")


def _is_text(head: bytes) -> bool:
    if marked_encoding(head):
        return True
    n_controls = sum(head.count(code) for code in (*range(9), *range(14, 27), *range(28, 32)))
    return n_controls <= len(head) // 100
