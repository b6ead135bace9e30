"""Word 97-2003 documents: headings, paragraphs, lists and tables, then notes, text boxes, headers and footers."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable

from ingest.loaders.assembly import Assembly
from ingest.loaders.doc_streams import ParagraphLook, WordStreams
from ingest.loaders.ole import open_ole
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import markdown_table
from ingest.loaders.titles import looks_like_title

_FIELD = re.compile(r"\x13[^\x13\x14\x15]*(?:\x14([^\x13\x15]*))?\x15")
"""A field: its code, then its result, which is what the page shows."""
_MAX_NESTED = 8
_MARKS = str.maketrans({"\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": None, "\x07": None, "\r": None,
                        "\x01": None, "\x02": None, "\x03": None, "\x04": None, "\x05": None, "\x08": None,
                        "\x13": None, "\x14": None, "\x15": None})  # fmt: skip


def load_doc(source: SourceFile) -> Assembly:
    """Text of a Word document. Raises LoadError when it is encrypted or damaged."""
    with open_ole(source) as ole:
        main = ole.read("WordDocument")
        tables = (ole.read("0Table"), ole.read("1Table"))
        assembly = Assembly(metadata=ole.properties())
    title = assembly.metadata.pop("title", "")
    assembly.title = title if looks_like_title(title) else ""
    try:
        streams = WordStreams(main, tables)
        if streams.is_encrypted:
            raise source.error("is protected with a password: save a copy without a password and add that.")
        _add(assembly, streams)
    except (struct.error, ValueError, IndexError) as error:
        raise source.error("is damaged, or of a version of Word that is too old: save it as .docx.") from error
    return assembly


def _add(assembly: Assembly, streams: WordStreams) -> None:
    writer = _Writer(assembly)
    writer.write(streams.text("main"))
    seen: set[str] = set()
    for part in ("footnotes", "endnotes", "boxes", "headers"):
        for text, _ in streams.text(part):
            words = shown(text).strip()
            if words and re.search(r"[^\W\d_]{2}", words) and (part != "headers" or words not in seen):
                seen.add(words)
                assembly.add("paragraph", words)
    n_comments = sum(bool(shown(text).strip()) for text, _ in streams.text("comments"))
    if n_comments:
        assembly.warnings.append(
            "1 comment was left out." if n_comments == 1 else f"{n_comments} comments were left out."
        )


class _Writer:
    """Adds paragraphs; those of a list, and the cells of a table, gather until it ends."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._items: list[str] = []
        self._cells: list[str] = []
        self._cell: list[str] = []
        self._rows: list[list[str]] = []

    def write(self, paragraphs: Iterable[tuple[str, ParagraphLook]]) -> None:
        """Add all of them."""
        unfinished = ""
        for text, look in paragraphs:
            text = unfinished + text  # noqa: PLW2901 - a field may reach over paragraphs
            is_open = text.count("\x13") > text.count("\x15") and len(text) < 10_000 and not look.is_in_table
            unfinished = text if is_open else ""
            if not is_open:
                self._paragraph(text, look)
        self._paragraph(unfinished, ParagraphLook())
        self._end_list()
        self._end_table()

    def _paragraph(self, text: str, look: ParagraphLook) -> None:
        words = shown(text)
        if look.is_in_table or text.endswith("\x07"):
            self._end_list()
            self._in_table(text, words, look)
            return
        self._end_table()
        if look.level and words.strip():
            self._end_list()
            if look.is_title:
                self._assembly.title = " ".join(words.split())
            self._assembly.add("heading", " ".join(words.split()), look.level)
        elif look.is_item and words.strip():
            self._items.append("  " * look.depth + "- " + " ".join(words.split()))
        elif words.strip():
            self._end_list()
            self._assembly.add("paragraph", words)

    def _in_table(self, text: str, words: str, look: ParagraphLook) -> None:
        if look.is_row_end:
            self._rows.append(self._cells)
            self._cells, self._cell = [], []
            return
        self._cell.append(words.strip())
        if text.endswith("\x07"):
            self._cells.append(" ".join(filter(None, self._cell)))
            self._cell = []

    def _end_list(self) -> None:
        self._assembly.add("list", "\n".join(self._items))
        self._items = []

    def _end_table(self) -> None:
        rows = [*self._rows, self._cells] if self._cells else self._rows
        if len(rows) == 1 and len(rows[0]) == 1:
            self._assembly.add("paragraph", rows[0][0])
        else:
            self._assembly.add("table", markdown_table(rows))
        self._rows, self._cells, self._cell = [], [], []


def shown(text: str) -> str:
    """What the page shows of a run of characters: results of fields, not their codes; no marks."""
    for _ in range(_MAX_NESTED):
        text, n = _FIELD.subn(lambda field: field[1] or "", text)
        if not n:
            break
    text = text.translate(_MARKS)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # halves of pairs become one character
