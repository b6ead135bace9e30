"""Markdown: the source text stays as it is; its blocks are found by a CommonMark parser."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.source import SourceFile
from rag.types import BlockKind

_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_EMBEDDED = re.compile(r"\]\(\s*<?data:[^)\s>]*>?")
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
    lines = text.split("\n")
    last = 0
    for kind, level, first, end in _spans(text, len(lines)):
        block = "\n".join(lines[first:end])
        if kind != "code":
            block = _EMBEDDED.sub("](", _COMMENT.sub("", block))
        if kind == "heading" and level == 1 and not assembly.title:
            assembly.title = _plain(block)
        assembly.add(kind, block, level, tight=first == last)
        last = end - next((n for n, line in enumerate(reversed(lines[first:end])) if line.strip()), 0)


def _spans(text: str, n_lines: int) -> Iterator[tuple[BlockKind, int, int, int]]:
    """(kind, level, first line, line after the last); lines that the parser swallowed come as paragraphs."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])  # what stands inside a block is not needed, and slow to parse
    at = 0
    for token in parser.parse(text):
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


def _plain(heading: str) -> str:
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading.split("\n", maxsplit=1)[0])
    return text.strip().strip("#").strip().replace("**", "").replace("`", "")
