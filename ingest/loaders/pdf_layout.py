"""Lines of PDF pages to paragraphs and list items, by their distances, indents and sizes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ingest.loaders.pdf_line import Line
from rag.lines import BULLETS

_BULLET = re.compile(
    rf"(?:[{BULLETS}]|[-–—*]\s|\(?\d{{1,3}}[.)]\s|\(?[a-zA-Z]\)\s|[a-h]\.\s|\(?(?:ii|iii|iv|v|vi)\)\s)\s*\S"
)
_ENDS_SENTENCE = re.compile(r"[.!?:。！？][\"'”’»)\]]*\Z")


@dataclass(slots=True)
class Group:
    """Lines that belong together; their text is put together once all of them are known."""

    lines: list[Line]
    is_list: bool = False
    text: str = ""

    @property
    def is_code(self) -> bool:
        """Whether all of it is printed in a monospaced font."""
        return all(line.is_mono for line in self.lines)

    @property
    def is_table(self) -> bool:
        """Whether it is a table, which is always one line."""
        return self.lines[0].box is not None

    @property
    def size(self) -> float:
        """Height of its letters in points."""
        return self.lines[0].size


def groups_of(lines: Sequence[Line]) -> list[Group]:
    """The lines of one page as paragraphs and list items, in the order given."""
    leading = _leading(lines)
    groups: list[Group] = []
    for line in lines:
        is_item = line.box is None and bool(_BULLET.match(line.text))
        if groups and not is_item and not _starts_new(groups[-1], line, leading):
            groups[-1].lines.append(line)
        else:
            groups.append(Group([line], is_item))
    for group in groups:
        group.text = _text(group.lines)
    return groups


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance between two lines of the page, as a multiple of their size."""
    steps = [
        (above.last - below.first) / max(below.size, 1.0)
        for above, below in zip(lines, lines[1:], strict=False)
        if 0.8 * below.size < above.last - below.first < 2.2 * below.size
    ]
    return median(steps) if steps else 1.2


def _starts_new(group: Group, line: Line, leading: float) -> bool:
    above = group.lines[-1]
    if above.box or line.box:
        return True
    size = max(line.size, above.size, 1.0)
    step = above.last - line.first
    if above.turn != line.turn or above.is_mono != line.is_mono and not _flows_on(above, line):
        return True
    if not 0.85 < line.size / max(above.size, 0.1) < 1.18:
        return True
    if step < -0.5 * size:
        return not _flows_on(above, line)
    if step > (1.15 * leading + 0.1) * size or line.right < above.left or line.left > group_right(group) + size:
        return True
    return not line.is_mono and _starts_paragraph(group, line, size)


def _flows_on(above: Line, line: Line) -> bool:
    """Whether a sentence goes on here, at the top of the next column or in another font."""
    return goes_on(above.text, line.text) and above.is_bold == line.is_bold


def goes_on(above: str, text: str) -> bool:
    """Whether a sentence that has no end in one text goes on in the other."""
    return bool(above) and not _ENDS_SENTENCE.search(above.rstrip()) and text[:1].islower()


def _starts_paragraph(group: Group, line: Line, size: float) -> bool:
    """No gap to tell: an indent, a line that ended early, or a change of weight after such a line."""
    above = group.lines[-1]
    ended_early = not _is_full(above, line, _column_right([*group.lines, line], above))
    if above.is_bold != line.is_bold and ended_early:
        return True
    if group.is_list and ended_early and line.left < group.lines[0].left + 0.5 * size:
        return True
    ends = bool(_ENDS_SENTENCE.search(above.text))
    indent = line.left - above.left
    if ends and 0.8 * size < indent < 5 * size and not group.is_list:
        return True
    return ends and ended_early and not line.text[:1].islower()


def group_right(group: Group) -> float:
    """Where the longest line of the group ends."""
    return max(line.right for line in group.lines)


def _column_right(lines: Sequence[Line], line: Line) -> float:
    """Where the longest of the lines ends, among those above or below `line`, so in its column."""
    return max(
        (other.right for other in lines if other.left < line.right and other.right > line.left), default=line.right
    )


def _is_full(above: Line, below: Line, column_right: float) -> bool:
    """Whether the first word of the line below had no room on the line above it."""
    word = (len(below.text.split(maxsplit=1)[0]) + 1) * 0.5 * below.size
    return above.right + min(word, 0.35 * (column_right - above.left)) >= column_right


def _text(lines: Sequence[Line]) -> str:
    """Full lines run on; a line that ended early keeps its end, as in addresses, poems and tables."""
    pieces, was_row = [lines[0].text], lines[0].is_row
    for above, below in zip(lines, lines[1:], strict=False):
        is_row, is_next_column = below.is_row, below.first > above.last
        keeps_end = below.is_mono or was_row or is_row
        runs_on = not keeps_end and (is_next_column or _is_full(above, below, _column_right(lines, above)))
        pieces += (" " if runs_on else "\n", below.text)
        was_row = is_row
    return "".join(pieces)
