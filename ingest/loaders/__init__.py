"""Turns a file into a Document: `load` finds out what the file is and hands it to the loader of that format."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ingest.loaders.assembly import Assembly
from ingest.loaders.source import Defect, HandOut, Progress, Room, Skipped, SourceFile, ignore
from ingest.sizes import SPLIT_OR_RAISE, over
from ingest.sniff import BY_SUFFIX, FORMATS, sniff
from rag.errors import FootnoteError
from rag.types import Document

SUFFIXES: tuple[str, ...] = tuple(BY_SUFFIX)
"""The file name endings that can be loaded, in lower case, e.g. `.pdf`."""


def load(
    path: Path,
    name: str,
    *,
    max_bytes: int,
    progress: Progress | None = None,
    hand_out: HandOut | None = None,
    room: Room | None = None,
    skipped: Skipped = ignore,
) -> Document:
    """The text of the file at `path`, with pages, blocks, title and warnings; `name` is what people call it.

    `progress(done, total)` is called for each page of a PDF, `hand_out(name, data)` for each file inside of this one
    that shall become a document of its own, within `room`, `skipped(n_bytes)` for what was unpacked in vain. Raises
    LoadError: one sentence that begins with the name.
    """
    n_members = 0

    def counted(member: str, data: bytes) -> None:
        nonlocal n_members
        if hand_out:
            hand_out(member, data)
            n_members += 1

    source = SourceFile(
        path, name, progress or ignore, counted if hand_out else None, max_bytes, room or Room(), skipped
    )
    _check_size(source, max_bytes)
    kind = _sniffed(source)
    assembly = _assemble(source, kind)
    if assembly.is_blank() and not n_members:
        raise source.error("has no text in it.")
    document = assembly.document(FORMATS[kind].media_type, source.stem)
    metadata = {**document.metadata, "language": _language(document)}
    return replace(document, metadata=metadata, n_members=n_members)


def _language(document: Document) -> str:
    """Two letters: what the document declares, else what its text looks like."""
    from ingest.loaders.language import detect

    declared = document.metadata.get("language", "")
    return declared if re.fullmatch("[a-z]{2}", declared) else detect(document.text)


def _check_size(source: SourceFile, max_bytes: int) -> None:
    try:
        status = source.path.stat()
    except (OSError, ValueError) as error:
        raise source.trouble("cannot be read: there is no such file, or its folder is closed to you.") from error
    if not stat.S_ISREG(status.st_mode):
        raise source.trouble("is not a file that can be read: it is a folder or a device.")
    size = status.st_size
    if size == 0:
        raise source.error("is empty (0 bytes): see whether it was saved or copied whole, and get it again.")
    if size > max_bytes:
        raise source.trouble(f"{over(size, max_bytes)}: {SPLIT_OR_RAISE}.")


def _sniffed(source: SourceFile) -> str:
    try:
        return sniff(source)
    except OSError as error:
        raise source.trouble(f"cannot be read: {(error.strerror or 'input error').lower()}.") from error


def _assemble(source: SourceFile, kind: str) -> Assembly:
    """Run the loader; whatever a parser raises on a broken file becomes a sentence about that file."""
    try:
        return _LOADERS[kind](source)
    except (FootnoteError, MemoryError):
        raise
    except Defect as error:
        raise source.error(str(error)) from error
    except RecursionError as error:
        raise source.error("is nested too deeply to be read.") from error
    except (KeyboardInterrupt, SystemExit):
        raise
    except OSError as error:
        failed = source.error if error.errno is None else source.trouble  # the system's own errors have a number
        raise failed(
            f"cannot be read as {FORMATS[kind].label}: it seems to be damaged ({type(error).__name__})."
        ) from error
    except BaseException as error:  # the parsers' errors have no common class, and Rust panics are no Exception
        label = FORMATS[kind].label
        raise source.error(f"cannot be read as {label}: it seems to be damaged ({type(error).__name__}).") from error


def _pdf(source: SourceFile) -> Assembly:
    from ingest.loaders.pdf import load_pdf

    return load_pdf(source)


def _docx(source: SourceFile) -> Assembly:
    from ingest.loaders.docx import load_docx

    return load_docx(source)


def _pptx(source: SourceFile) -> Assembly:
    from ingest.loaders.pptx import load_pptx

    return load_pptx(source)


def _sheets(source: SourceFile) -> Assembly:
    from ingest.loaders.sheets import load_sheets

    return load_sheets(source)


def _delimited(source: SourceFile) -> Assembly:
    from ingest.loaders.delimited import load_delimited

    return load_delimited(source)


def _html(source: SourceFile) -> Assembly:
    from ingest.loaders.web import load_html

    return load_html(source)


def _markdown(source: SourceFile) -> Assembly:
    from ingest.loaders.markdown import load_markdown

    return load_markdown(source)


def _text(source: SourceFile) -> Assembly:
    from ingest.loaders.plain import load_text

    return load_text(source)


def _code(source: SourceFile) -> Assembly:
    from ingest.loaders.code import load_code

    return load_code(source)


def _mail(source: SourceFile) -> Assembly:
    from ingest.loaders.mail import load_mail

    return load_mail(source)


def _epub(source: SourceFile) -> Assembly:
    from ingest.loaders.epub import load_epub

    return load_epub(source)


def _json(source: SourceFile) -> Assembly:
    from ingest.loaders.json_tree import load_json

    return load_json(source)


def _json_lines(source: SourceFile) -> Assembly:
    from ingest.loaders.json_tree import load_json_lines

    return load_json_lines(source)


def _rtf(source: SourceFile) -> Assembly:
    from ingest.loaders.rtf import load_rtf

    return load_rtf(source)


def _opendocument(source: SourceFile) -> Assembly:
    from ingest.loaders.opendocument import load_opendocument

    return load_opendocument(source)


def _mailbox(source: SourceFile) -> Assembly:
    from ingest.loaders.mailbox import load_mbox

    return load_mbox(source)


def _outlook(source: SourceFile) -> Assembly:
    from ingest.loaders.outlook import load_msg

    return load_msg(source)


def _zip(source: SourceFile) -> Assembly:
    from ingest.loaders.unpacking import load_zip

    return load_zip(source)


def _tar(source: SourceFile) -> Assembly:
    from ingest.loaders.unpacking import load_tar

    return load_tar(source)


def _doc(source: SourceFile) -> Assembly:
    from ingest.loaders.doc import load_doc

    return load_doc(source)


def _ppt(source: SourceFile) -> Assembly:
    from ingest.loaders.ppt import load_ppt

    return load_ppt(source)


def _notebook(source: SourceFile) -> Assembly:
    from ingest.loaders.notebook import load_notebook

    return load_notebook(source)


def _transcript(source: SourceFile) -> Assembly:
    from ingest.loaders.transcripts import load_transcript

    return load_transcript(source)


def _parquet(source: SourceFile) -> Assembly:
    from ingest.loaders.parquet import load_parquet

    return load_parquet(source)


def _sqlite(source: SourceFile) -> Assembly:
    from ingest.loaders.sqlite import load_sqlite

    return load_sqlite(source)


def _picture(source: SourceFile) -> Assembly:
    from ingest.loaders.pictures import load_picture

    return load_picture(source)


_LOADERS: dict[str, Callable[[SourceFile], Assembly]] = {
    "pdf": _pdf,
    "docx": _docx,
    "pptx": _pptx,
    "xlsx": _sheets,
    "xls": _sheets,
    "doc": _doc,
    "ppt": _ppt,
    "ods": _sheets,
    "odt": _opendocument,
    "odp": _opendocument,
    "epub": _epub,
    "rtf": _rtf,
    "png": _picture,
    "jpeg": _picture,
    "tiff": _picture,
    "webp": _picture,
    "bmp": _picture,
    "gif": _picture,
    "html": _html,
    "md": _markdown,
    "csv": _delimited,
    "tsv": _delimited,
    "json": _json,
    "jsonl": _json_lines,
    "ipynb": _notebook,
    "eml": _mail,
    "msg": _outlook,
    "mbox": _mailbox,
    "vtt": _transcript,
    "srt": _transcript,
    "parquet": _parquet,
    "sqlite": _sqlite,
    "zip": _zip,
    "tar": _tar,
    "gz": _tar,
    "bz2": _tar,
    "xz": _tar,
    "txt": _text,
    "code": _code,
}
