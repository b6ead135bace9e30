"""Source code: every function, class and method is a section of its own, under a heading that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.loaders.assembly import Assembly
from ingest.loaders.code_lines import definitions_by_lines
from ingest.loaders.code_python import definitions_of_python
from ingest.loaders.code_types import Definition
from ingest.loaders.decoding import decode
from ingest.loaders.source import SourceFile

_ABOVE = re.compile(r"\s*(?:#|//|/\*|\*|--|;|%|@|\[)")
"""Comments, decorators, attributes: what stands right above a definition belongs to it."""
_WORTH_HEADINGS = 2
"""So many definitions need headings to be told apart."""


def load_code(source: SourceFile) -> Assembly:
    """Sections of code; a file without definitions, or of a language that is not known, is one block."""
    assembly = Assembly(title=source.stem + source.suffix)
    text = decode(source.read()).replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    found = definitions_of_python(text) if source.suffix in (".py", ".pyi") else None
    definitions = definitions_by_lines(lines, source.suffix) if found is None else found
    if len(definitions) < _WORTH_HEADINGS:
        assembly.add("code", text)
        return assembly
    for label, level, first, end in _sections(lines, definitions, assembly.title):
        if label:
            assembly.add("heading", label, level)
        assembly.add("code", "\n".join(lines[first:end]), tight=bool(label))
    return assembly


def _sections(lines: list[str], definitions: list[Definition], title: str) -> Iterator[tuple[str, int, int, int]]:
    """(label, level, first line, line after the last): the whole file in order, each line once.

    Code after a definition has ended stands under the name of what is around it, the file's own at the outermost.
    """
    around: list[Definition] = []
    at = 0
    for definition in definitions:
        first = max(at, _first_line(lines, definition.start))
        yield from _rest(lines, around, title, at, first)
        while around and around[-1].level >= definition.level:
            around.pop()
        body = definition.first_inner if definition.first_inner is not None else definition.end
        yield definition.label, definition.level, first, max(body, definition.start + 1)
        at = max(body, definition.start + 1)
        around.append(definition)
    yield from _rest(lines, around, title, at, len(lines))


def _rest(
    lines: list[str], around: list[Definition], title: str, start: int, end: int
) -> Iterator[tuple[str, int, int, int]]:
    """Lines between definitions, parted where one that is around them ends."""
    at = start
    for definition in reversed(around):
        stop = min(max(definition.end, at), end)
        if any(line.strip() for line in lines[at:stop]):
            yield definition.label, definition.level, at, stop
        at = max(at, stop)
    if any(line.strip() for line in lines[at:end]):
        yield title if start else "", 1, at, end


def _first_line(lines: list[str], start: int) -> int:
    """The first of the lines of comments and decorators that lead up to a definition."""
    while start > 0 and _ABOVE.match(lines[start - 1]):
        start -= 1
    return start
