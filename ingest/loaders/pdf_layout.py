"""Lines of PDF pages to paragraphs, lists and headings, by their distances, indents and sizes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.loaders.pdf_lines import Line

_BULLET = re.compile(
    r"(?:[•▪◦‣●○■□▶➢✓❖\uf0b7\uf0a7]|[-–—*]\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z]\)\s|[a-h]\.\s|\(?(?:ii|iii|iv|v|vi)\)\s)\s*\S"
)
_ENDS_SENTENCE = re.compile(r"[.!?:。！？][\"'”’»)\]]*\Z")
_NUMBERED = re.compile(r"(?:\d{1,3}\.)*\d{1,3}\.?\s+(?=[^\W\d_])|[A-Z]\.(?:\d+\.?)*\s+(?=[A-Z])")
_NO_HEADING_END = re.compile(r"[.,;:!?。，-]\Z")
_SOFT_HYPHEN = re.compile("(\\w+)-?[\ufffe\u00ad]\\s*(\\w+)|[\ufffe\u00ad]")
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b")
_HEADING_LINES, _HEADING_LETTERS = 3, 160


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
    def size(self) -> float:
        """Height of its letters in points."""
        return self.lines[0].size


@dataclass(frozen=True, slots=True)
class Body:
    """What the running text of a document looks like, so that headings stand out from it."""

    size: float
    is_bold: bool
    is_mono: bool


def body_of(pages: Iterable[Sequence[Line]]) -> Body:
    """The size and weight of most letters."""
    sizes: Counter[float] = Counter()
    n_letters = n_bold = n_mono = 0
    for lines in pages:
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
            n_letters += len(line.text)
            n_bold += len(line.text) * line.is_bold
            n_mono += len(line.text) * line.is_mono
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    return Body(size, is_bold=2 * n_bold > n_letters, is_mono=2 * n_mono > n_letters)


def without_running_lines(pages: Sequence[list[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """Pages without the headers and footers that most of them share; the first page that has one keeps it."""
    if len(pages) < 4:
        return list(pages)
    margins = [_margin_keys(lines, height) for lines, height in zip(pages, heights, strict=True)]
    n_pages_with = Counter(key for keys in margins for key in set(keys.values()))
    running = {key for key, n in n_pages_with.items() if n >= max(3, 0.4 * len(pages))}
    seen: set[str] = set()
    kept: list[list[Line]] = []
    for lines, keys in zip(pages, margins, strict=True):
        repeated = {
            n for n, key in keys.items() if key in running and (key in seen or not re.search(r"[^\W\d_#]", key))
        }
        kept.append([line for n, line in enumerate(lines) if n not in repeated])
        seen |= set(keys.values())
    return kept


def _margin_keys(lines: Sequence[Line], height: float) -> dict[int, str]:
    """Line number -> its text without numbers, for the lines at the top and the bottom of the page."""
    by_height = sorted(range(len(lines)), key=lambda n: lines[n].first)
    outer = {*by_height[:2], *by_height[-2:]} if len(lines) > 8 else set()
    outer |= {n for n in by_height if not 0.1 * height < lines[n].first < 0.9 * height}
    return {n: _DIGITS.sub("#", lines[n].text.lower()) for n in sorted(outer)}


def groups_of(lines: Sequence[Line]) -> list[Group]:
    """The lines of one page as paragraphs and list items, in the order given."""
    leading = _leading(lines)
    groups: list[Group] = []
    for line in lines:
        is_item = bool(_BULLET.match(line.text))
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
    return not _ENDS_SENTENCE.search(above.text) and line.text[:1].islower() and above.is_bold == line.is_bold


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
    return max(other.right for other in lines if other.left < line.right and other.right > line.left)


def _is_full(above: Line, below: Line, column_right: float) -> bool:
    """Whether the first word of the line below had no room on the line above it."""
    word = (len(below.text.split(maxsplit=1)[0]) + 1) * 0.5 * below.size
    return above.right + min(word, 0.35 * (column_right - above.left)) >= column_right


def _text(lines: Sequence[Line]) -> str:
    """Full lines run on; a line that ended early keeps its end, as in addresses, poems and tables."""
    text = lines[0].text
    for above, below in zip(lines, lines[1:], strict=False):
        is_next_column = below.first > above.last
        runs_on = not below.is_mono and (is_next_column or _is_full(above, below, _column_right(lines, above)))
        text += (" " if runs_on else "\n") + below.text
    return text


class Headings:
    """Decides which groups are headings, and their levels from the sizes that occur."""

    def __init__(self, groups: Iterable[Group], body: Body) -> None:
        self._body = body
        keys = sorted(
            {self._key(group) for group in groups if self.is_heading(group)}, key=lambda key: (-key[0], key[1])
        )
        self._levels = {key: min(level, 6) for level, key in enumerate(keys, 1)}

    def level(self, group: Group) -> int:
        """From 1 for the largest; 0 for what is no heading."""
        return self._levels.get(self._key(group), 0) if self.is_heading(group) else 0

    def is_heading(self, group: Group) -> bool:
        """Short, larger or bolder than the running text or numbered in parts, and not ending like a sentence."""
        text = group.text
        if len(group.lines) > _HEADING_LINES or len(text) > _HEADING_LETTERS or _NO_HEADING_END.search(text):
            return False
        if " ... " in text or sum(map(str.isalpha, text)) < max(3, len(text) / 2):
            return False
        if group.size >= 1.15 * self._body.size:
            return True
        numbered = _NUMBERED.match(text)
        if group.is_list and not numbered or group.size < 0.93 * self._body.size or len(group.lines) > 1:
            return False
        if group.lines[0].is_bold and not self._body.is_bold:
            return text[:1].isupper() or bool(numbered)
        return bool(numbered and _depth(text) > 1 and text[numbered.end()].isupper() and len(text) < 90)

    def title(self, pages: Sequence[Sequence[Group]]) -> str:
        """The one heading that is larger than all others, or one that opens the document; empty where there is none."""
        largest = [(n, group) for n, groups in enumerate(pages) for group in groups if self.level(group) == 1]
        opening = [(0, group) for group in pages[0][:3] if self.is_heading(group)] if pages else []
        for candidates in (largest if len(largest) == 1 else [], opening, largest[:1]):
            if candidates and candidates[0][0] < 2 and not _NUMBERED.match(candidates[0][1].text):
                return " ".join(candidates[0][1].text.split())
        return ""

    def _key(self, group: Group) -> tuple[int, int]:
        """Sizes that differ by less than a tenth are one; at equal size a deeper number is a deeper level."""
        return round(group.size / max(self._body.size, 1.0) * 8), _depth(group.text)


def _depth(text: str) -> int:
    found = _NUMBERED.match(text)
    return len(re.findall(r"\w+", found[0])) if found else 0


def joined_words(text: str, vocabulary: set[str]) -> str:
    """Put words together that a line end had split; a hyphen that belongs to the word stays."""

    def join(found: re.Match[str]) -> str:
        if found[1] is None:
            return ""
        whole, hyphenated = found[1] + found[2], f"{found[1]}-{found[2]}"
        if hyphenated.lower() in vocabulary and whole.lower() not in vocabulary:
            return hyphenated
        keeps = found[2][:1].isupper() or found[1].isdigit() or found[2].isdigit()
        return hyphenated if keeps and whole.lower() not in vocabulary else whole

    return _SOFT_HYPHEN.sub(join, text)


def vocabulary_of(texts: Iterable[str]) -> set[str]:
    """The words of a document in lower case, hyphenated ones whole."""
    return {word for text in texts for word in re.findall(r"\w+(?:-\w+)*", text.lower())}
