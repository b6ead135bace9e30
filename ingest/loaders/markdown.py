"""Markdown: blocks as a CommonMark parser finds them, with their words as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.markdown_formulas import know_formulas
from ingest.loaders.markdown_text import SeenLines
from ingest.loaders.source import SourceFile
from rag.types import BlockKind

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_-]{1,40}):[ \t]*(\S.*)$", re.MULTILINE)
_FIELDS = {"author": "author", "date": "created", "created": "created", "updated": "modified", "lang": "language"}


def load_markdown(source: SourceFile) -> Assembly:
    """Blocks of a Markdown file; front matter becomes metadata; comments and embedded images are left out."""
    text = decode(source.read()).replace("\r\n", "\n").replace("\r", "\n")
    assembly = Assembly()
    text = _take_front_matter(assembly, text)
    add_markdown(assembly, text)
    return assembly


def add_markdown(assembly: Assembly, text: str) -> None:
    """Add the blocks of a Markdown text."""
    text = text.replace("\0", "")
    written, last = text.split("\n"), 0
    seen = SeenLines(text, _parser())
    for kind, level, first, end in _spans(seen.tokens, len(written)):
        block = seen.between(first, end)
        if not block.strip():
            continue
        if kind == "heading" and level == 1 and not assembly.title:
            assembly.title = seen.words[first]
        assembly.add(kind, block, level, tight=first == last)
        last = end - next((n for n, line in enumerate(reversed(written[first:end])) if line.strip()), 0)
    assembly.warn_of_unseen(seen.unseen)


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 20, "inline_definitions": True}).enable("table")
    know_formulas(parser)
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _spans(tokens: Sequence[Token], n_lines: int) -> Iterator[tuple[BlockKind, int, int, int]]:
    """(kind, level, first line, line after the last); lines that the parser swallowed come as paragraphs."""
    at = 0
    for token in tokens:
        if token.level or token.map is None or token.nesting < 0 or token.map[0] < at:
            continue
        if token.map[0] > at:
            yield "paragraph", 0, at, token.map[0]
        level = int(token.tag[1]) if token.type == "heading_open" else 0
        yield _KINDS.get(token.type, "paragraph"), level, token.map[0], token.map[1]
        at = token.map[1]
    if at < n_lines:
        yield "paragraph", 0, at, n_lines


def _take_front_matter(assembly: Assembly, text: str) -> str:
    found = _FRONT_MATTER.match(text)
    if not found:
        return text
    for key, quoted in _FIELD.findall(found[1]):
        value = quoted.strip().strip("\"'")
        if key.lower() == "title":
            assembly.title = value
        elif key.lower() in _FIELDS:
            assembly.metadata[_FIELDS[key.lower()]] = value
    return text[found.end() :]
