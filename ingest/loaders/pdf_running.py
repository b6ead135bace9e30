"""Headers, footers and page numbers of a PDF: lines that stand at the same place of page after page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.loaders.pdf_line import Line

_NUMBER = re.compile(r"\d+|\b[ivxlc]{1,7}\b")
_ONLY_A_NUMBER = re.compile(r"[\W_#]*(?:page|p|pg|seite|s|página|pág|pagina|of|von|de|di|sur|/|[\W_#])*", re.IGNORECASE)
_MIN_PAGES = 3
_MARGIN = 0.1
"""Of the page's height, above and below."""
_MAX_STEP = 4
"""Pages from one to the next: left and right headers take turns, and some pages have none."""
_SAME_HEIGHT = 4.0
"""Points."""
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class _Spot:
    """A line near the edge of a page: its page and number, its distance from that edge, its numbers."""

    page: int
    line: int
    distance: float
    is_outer: bool
    numbers: tuple[int, ...]


def without_running_lines(pages: Sequence[list[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """Pages without the headers and footers that they share; the first page that has one keeps it.

    Page numbers go everywhere. A line whose numbers change otherwise than page numbers do says something, and stays.
    """
    if len(pages) < _MIN_PAGES:
        return list(pages)
    spots: defaultdict[str, list[_Spot]] = defaultdict(list)
    for page, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        for key, spot in _spots(page, lines, height):
            spots[key].append(spot)
    gone: set[tuple[int, int]] = set()
    for key, found in spots.items():
        if len(found) >= _MIN_PAGES:
            n_kept = 0 if _ONLY_A_NUMBER.fullmatch(key) else 1
            chains = [chain for chain in _chains(found) if _is_running(chain, len(pages))]
            gone |= {(spot.page, spot.line) for chain in chains for spot in chain[n_kept:]}
    return [[line for n, line in enumerate(lines) if (page, n) not in gone] for page, lines in enumerate(pages)]


def _spots(page: int, lines: Sequence[Line], height: float) -> Iterator[tuple[str, _Spot]]:
    """The lines at the top and the bottom with their text, numbers taken out."""
    by_height = sorted(range(len(lines)), key=lambda n: lines[n].first)
    ends = {*by_height[:2], *by_height[-2:]} if len(lines) > 8 else set()
    for n in by_height:
        line = lines[n]
        low, high = min(line.first, line.last), max(line.first, line.last)
        is_outer = low >= (1 - _MARGIN) * height or high <= _MARGIN * height
        if is_outer or (n in ends and line.box is None):
            text = line.text.lower()
            distance = low if low < height / 2 else low - height
            yield _NUMBER.sub("#", text), _Spot(page, n, distance, is_outer, _numbers(text))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) if word.isdecimal() else _roman(word) for word in _NUMBER.findall(text[:500]))


def _roman(word: str) -> int:
    values = [_ROMAN[letter] for letter in word]
    return sum(-one if one < following else one for one, following in pairwise([*values, 0]))


def _chains(spots: Iterable[_Spot]) -> Iterator[list[_Spot]]:
    """Spots at one height on pages that follow each other, whose numbers stay or count the pages."""
    chains: list[list[_Spot]] = []
    for spot in spots:
        for chain in reversed(chains[-8:]):
            if _goes_on(chain[-1], spot):
                chain.append(spot)
                break
        else:
            chains.append([spot])
    yield from chains


def _goes_on(above: _Spot, spot: _Spot) -> bool:
    n_pages = spot.page - above.page
    return (
        0 < n_pages <= _MAX_STEP
        and abs(spot.distance - above.distance) < _SAME_HEIGHT
        and all(after - before in (0, n_pages) for before, after in zip(above.numbers, spot.numbers, strict=True))
    )


def _is_running(chain: Sequence[_Spot], n_pages: int) -> bool:
    """Away from the margins it takes more pages to be sure."""
    return len(chain) >= (_MIN_PAGES if all(spot.is_outer for spot in chain) else max(_MIN_PAGES, 0.4 * n_pages))
