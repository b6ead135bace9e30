"""Which parts of a PDF are headings, and of what level: by size, weight and number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.loaders.pdf_layout import Group
from ingest.loaders.pdf_line import Line

_NUMBERED = re.compile(r"(?:\d{1,3}\.)*\d{1,3}\.?\s+(?=[^\W\d_])|[A-Z]\.(?:\d+\.?)*\s+(?=[A-Z])")
_NO_HEADING_END = re.compile(r"[.,;:!?。，-]\Z")
_HEADING_LINES, _HEADING_LETTERS = 3, 160


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
            if line.box:
                continue
            sizes[round(line.size * 2) / 2] += len(line.text)
            n_letters += len(line.text)
            n_bold += len(line.text) * line.is_bold
            n_mono += len(line.text) * line.is_mono
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    return Body(size, is_bold=2 * n_bold > n_letters, is_mono=2 * n_mono > n_letters)


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
        if (
            group.is_table
            or len(group.lines) > _HEADING_LINES
            or len(text) > _HEADING_LETTERS
            or _NO_HEADING_END.search(text)
        ):
            return False
        if " ... " in text or group.lines[0].is_row or sum(map(str.isalpha, text)) < max(3, len(text) / 2):
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
