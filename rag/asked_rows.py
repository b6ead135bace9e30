"""Rows of tables as a question asks for them: which row it is about, and which of its cells answers.

A row says little by itself: what it is about stands in one of its cells, what its other cells mean in the heads above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.interaction import Floats
from rag.lines import Span
from rag.rows import TableRow, cells_of, rows_of
from rag.types import Hit
from rag.whole.terms import share, stems, terms

_LEAST = 0.5
"""Of the words of a head that a question has which asks for its column."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)+")
_NAMED = re.compile(r"[^\d]*[^\W\d_][^\d]*")
_SAYS = re.compile(r"[^\W_]")
_OF_A_PAIR = 2
"""Cells of a row that tells of one property what it is."""
_WHO = re.compile(r"\W*(?:who|whose|whom)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row of a hit's table, held against a question."""

    table: tuple[int, tuple[str, ...]]
    """Its document and the heads: a table may go over several passages."""
    cells: tuple[Span, ...]
    """Characters of the chunk's text."""
    held: frozenset[str]
    """What the question has in common with the cells, and with none of the heads."""
    named: int | None
    """The first cell that has nothing of that and is no number."""
    column: int | None
    """The cell below the head that is asked for; None where none is, or several are alike."""
    is_told: bool
    """Whether row, heads and what stands above have every word of the question, and the row some that no head has."""

    def mark(self, question: str, mark: Span | None) -> Span | None:
        """The cell that answers: the one below the head that is asked for, where somebody is the first that may name
        one and is not asked by, else the one in which `mark` begins, as far as that goes."""
        if self.column is not None:
            return self.cells[self.column]
        if self.held and self.named is not None and _WHO.match(question):
            return self.cells[self.named]
        within = next((cell for cell in self.cells if mark is not None and mark[0] < cell[1]), None)
        if mark is None or within is None or min(mark[1], within[1]) <= max(mark[0], within[0]):
            return None
        return max(mark[0], within[0]), min(mark[1], within[1])


def asked_rows(question: str, hits: Sequence[Hit], places: Sequence[tuple[int, Span]]) -> list[AskedRow | None]:
    """For each sentence, `places` its hit and its characters in the chunk's text, the row that it is, if it is one."""
    found = {(n, row.start): row for n, hit in enumerate(hits) for row in _rows(hit)}
    rows = [found.get((n, start)) for n, (start, _) in places]
    wanted = terms(_whole(question)) if any(rows) else frozenset()
    return [None if row is None else _held(wanted, row, hits[n]) for row, (n, _) in zip(rows, places, strict=True)]


def _rows(hit: Hit) -> Iterator[TableRow]:
    return rows_of(hit.chunk.text, hit.chunk.context) if "|" in hit.chunk.text else iter(())


def _held(wanted: frozenset[str], row: TableRow, hit: Hit) -> AskedRow:
    line = hit.chunk.text[row.start : row.end]
    spans = cells_of(line)
    texts = [line[slice(*span)] for span in spans]
    said = [stems(_whole(text)) for text in texts]
    heads = stems(" ".join(row.heads))
    held = (wanted - heads) & frozenset().union(*said)
    are_free = [bool(words) and not words & held for words in said]
    named = next((i for i, text in enumerate(texts) if are_free[i] and _NAMED.fullmatch(text)), None)
    above = heads | stems(f"{row.caption} {hit.chunk.heading} {hit.chunk.title}")
    column = _column(wanted, row.heads, are_free)
    is_told = bool(held) and wanted <= above.union(*said) and not _is_blank(wanted, row.heads, texts)
    cells = tuple((row.start + start, row.start + end) for start, end in spans)
    return AskedRow((hit.chunk.document_id, row.heads), cells, held, named, column, is_told)


def _is_blank(wanted: frozenset[str], heads: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether the cell below the head that is asked for says nothing."""
    asked = _column(wanted, heads, [True] * len(texts))
    return asked is not None and not _SAYS.search(texts[asked])


def _whole(text: str) -> str:
    """With each number as one word: "9.50" has no 9."""
    return _NUMBER.sub(lambda number: number[0].replace(".", "").replace(",", ""), text)


def _column(wanted: frozenset[str], heads: Sequence[str], are_free: Sequence[bool]) -> int | None:
    """The column whose head the question has most of; none where two are alike."""
    shares = [(share(terms(head), wanted), len(terms(head) & wanted)) for head in heads]
    asked = [(*shares[i], i) for i in range(min(len(heads), len(are_free))) if are_free[i] and shares[i][0] >= _LEAST]
    best = max(asked, default=None)
    return None if best is None or sum(one[:2] == best[:2] for one in asked) > 1 else best[2]


def of_others(scores: Floats, rows: Sequence[AskedRow | None]) -> list[bool]:
    """Whether each is a row beside which another one of its table has all that it has of the question, and more."""
    beside: dict[tuple[int, tuple[str, ...]], list[tuple[AskedRow, float]]] = {}
    for row, score in zip(rows, scores.tolist(), strict=True):
        if row is not None:
            beside.setdefault(row.table, []).append((row, score))
    return [
        row is not None and any(_is_other(row, score, *asked) for asked in beside[row.table])
        for row, score in zip(rows, scores.tolist(), strict=True)
    ]


def _is_other(row: AskedRow, score: float, asked: AskedRow, score_of_asked: float) -> bool:
    """A row that has nothing of the question may answer in other words, "Weight: 70 kg" below "Machine: WM-200", where
    the other one has no more than such a pair and its score is above that one's."""
    is_pair = asked.column is None and len(asked.cells) <= _OF_A_PAIR
    may_answer = not row.held and is_pair and score > score_of_asked
    return row.held < asked.held and not may_answer
