"""PowerPoint 97-2003 presentations: each slide is a page, its title a heading; notes follow its text."""

from __future__ import annotations

import struct

from ingest.loaders.assembly import Assembly
from ingest.loaders.ole import open_ole
from ingest.loaders.ppt_records import Presentation, Slide, Text
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import markdown_table
from ingest.loaders.titles import looks_like_title

_TITLES = frozenset({0, 6})
_BODIES = frozenset({1, 5, 7, 8})


def load_ppt(source: SourceFile) -> Assembly:
    """Texts and notes of the slides that are not hidden. Raises LoadError when it is encrypted or damaged."""
    with open_ole(source) as ole:
        data, user = ole.read("PowerPoint Document"), ole.read("Current User")
        assembly = Assembly(metadata=ole.properties())
    title = assembly.metadata.pop("title", "")
    try:
        presentation = Presentation(data, user)
        if presentation.is_encrypted:
            raise source.error("is protected with a password: save a copy without a password and add that.")
        slides = presentation.slides()
    except (struct.error, ValueError, IndexError, KeyError) as error:
        raise source.error("is damaged: get a fresh copy of it, or save it as .pptx.") from error
    if not slides:
        raise source.error("has no slides inside: it is damaged or empty.")
    for slide in slides:
        assembly.begin_page()
        if not slide.is_hidden:
            _add(assembly, slide)
    assembly.title = title if looks_like_title(title) else ""
    if hidden := [str(number) for number, slide in enumerate(slides, 1) if slide.is_hidden]:
        assembly.warnings.append(f"Hidden slides were left out: {', '.join(hidden)}.")
    return assembly


def _add(assembly: Assembly, slide: Slide) -> None:
    for text in sorted(slide.texts, key=lambda text: text.kind not in _TITLES):
        if text.kind in _TITLES:
            assembly.add("heading", " ".join(text.characters.split()), 1)
        elif text.rows:
            assembly.add("table", markdown_table(text.rows))
        else:
            _add_text(assembly, text)
    notes = "\n".join(line for text in slide.notes for line in _lines(text))
    assembly.add("paragraph", f"Notes: {notes}" if notes else "")


def _add_text(assembly: Assembly, text: Text) -> None:
    lines = _lines(text)
    if text.kind in _BODIES and len(lines) > 1:
        assembly.add("list", "\n".join(f"- {line}" for line in lines))
    else:
        for line in lines:
            assembly.add("paragraph", line)


def _lines(text: Text) -> list[str]:
    """Paragraphs; a line break within one stays with it. A lone `*` stands for a number or a date."""
    lines = (" ".join(line.split()) for line in text.characters.split("\r"))
    return [line for line in lines if line and line != "*"]
