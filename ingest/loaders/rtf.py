"""RTF: its text through striprtf, with the rows that it marks put back together as tables."""

from __future__ import annotations

import re

from ingest.loaders.assembly import Assembly
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import markdown_table
from ingest.loaders.titles import looks_like_title

_INFO = re.compile(r"\{\\(title|author)\s([^{}\\]*)\}")
_TIME = re.compile(r"\{\\(creatim|revtim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_CODE_PAGE = re.compile(r"\\ansicpg(\d{2,5})")


def load_rtf(source: SourceFile) -> Assembly:
    """Paragraphs and tables of an RTF document."""
    markup = source.read().decode("latin-1")
    assembly = Assembly(metadata=_metadata(markup[:20_000]))
    title = assembly.metadata.pop("title", "")
    assembly.title = title if looks_like_title(title) else ""
    _add_lines(assembly, rtf_text(markup).replace("\r\n", "\n").split("\n"))
    return assembly


def rtf_text(markup: str) -> str:
    """The text of RTF that was decoded as Latin-1, a line per paragraph."""
    from striprtf.striprtf import rtf_to_text

    found = _CODE_PAGE.search(markup[:2000])
    return str(rtf_to_text(markup, encoding=f"cp{found[1] if found else '1252'}", errors="replace"))  # type: ignore[no-untyped-call]


def _metadata(head: str) -> dict[str, str]:
    found = {key: value.strip() for key, value in _INFO.findall(head)}
    for key, year, month, day in _TIME.findall(head):
        found["created" if key == "creatim" else "modified"] = f"{year}-{int(month):02}-{int(day):02}"
    return found


def _add_lines(assembly: Assembly, lines: list[str]) -> None:
    """A paragraph is one line; the cells of a table row end in `|`."""
    rows: list[list[str]] = []
    for line in [*lines, ""]:
        is_row = line.rstrip().endswith("|")
        if is_row:
            rows.append(line.rstrip()[:-1].split("|"))
            continue
        assembly.add("table", markdown_table(rows))
        rows = []
        assembly.add("paragraph", line)
