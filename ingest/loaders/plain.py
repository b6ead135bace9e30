"""Plain text: paragraphs are what blank lines separate."""

from __future__ import annotations

import re

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.source import SourceFile
from rag.lines import BULLETS

_BLANK = re.compile(r"\n[ \t]*\n\s*")
_BULLET = re.compile(rf"\s*(?:[-*+–{BULLETS}]|\(?\d{{1,3}}[.)]|\(?[a-z][.)])\s+\S")


def load_text(source: SourceFile) -> Assembly:
    """Paragraphs and lists of a text file."""
    assembly = Assembly()
    add_paragraphs(assembly, decode(source.read()))
    return assembly


def add_paragraphs(assembly: Assembly, text: str) -> None:
    """Add what blank lines separate; a run whose lines all begin with a bullet is a list."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for part in _BLANK.split(text):
        lines = part.strip("\n").split("\n")
        is_list = len(lines) > 1 and all(map(_BULLET.match, lines))
        assembly.add("list" if is_list else "paragraph", "\n".join(line.rstrip() for line in lines))
