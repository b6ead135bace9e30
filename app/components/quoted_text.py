"""A quoted sentence as it is drawn: prose as a paragraph, a table's row below its head, lines of code as code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from app.components.formula_text import formulas, with_formulas
from app.table_rows import Span, cells, head_above, head_in, is_rule, unescaped
from app.words import numeral, tr
from rag.inert import visible
from rag.types import Citation, Sentence

Node = str | dict[str, Any]
"""A text, `{"cite": n}`, `{"check": n}` for what came of checking sentence n, or `{"tag": name, "children": [...]}`;
`kind` says how a tag is drawn where that is not as usual. A formula is an element of MathML: see `mathml`."""

_MOST_COLUMNS = 8
"""Of a wider table: its first column, those that answer, and as many of the others as fit."""
_FENCES = ("```", "~~~")


def quoted(sentence: Sentence, source: Citation | None) -> Node:
    """A paragraph, table or block of code with the words that answer marked, and the numbers of its sources."""
    cites: list[Node] = [{"cite": n} for n in sentence.citations]
    found = sentence if source is None else _in_lines(sentence, source.quote)
    lines = list(_lines(found.text))
    rows = [span for span in lines if not is_rule(found.text[slice(*span)])]
    if rows and all(found.text.startswith("|", start) and cells(found.text[start:end]) for start, end in lines):
        return _table(found, rows, "" if len(rows) < len(lines) else _head(source), cites)
    if _is_code(found, source):
        kept = [span for span in lines if not found.text[slice(*span)].startswith(_FENCES)] or lines
        return {"tag": "pre", "children": [*marked(found, (kept[0][0], kept[-1][1])), *cites]}
    return {"tag": "p", "children": [*prose(sentence), *cites]}


def prose(sentence: Sentence) -> list[Node]:
    """A sentence with the words that answer marked and its formulas drawn, each of them marked as a whole or not."""
    mark = sentence.mark
    for found in () if mark is None else formulas(sentence.text):
        if mark is not None and found.start < mark[1] and found.end > mark[0]:
            mark = min(mark[0], found.start), max(mark[1], found.end)
    return _with_formulas(marked(replace(sentence, mark=mark), (0, len(sentence.text))))


def marked(sentence: Sentence, span: Span, shown: Callable[[str], str] = visible) -> list[Node]:
    """These characters of a sentence, as they are `shown`, in which the words that answer stand out."""
    start, end = span
    if sentence.mark is None or sentence.mark[0] >= end or sentence.mark[1] <= start:
        return [shown(sentence.text[start:end])]
    first, last = max(start, sentence.mark[0]), min(end, sentence.mark[1])
    stands_out: Node = {"tag": "mark", "children": [shown(sentence.text[first:last])]}
    return [shown(sentence.text[start:first]), stands_out, shown(sentence.text[last:end])]


def _with_formulas(parts: list[Node]) -> list[Node]:
    """The formulas in these words and in those that stand out."""
    drawn: list[Node] = []
    for part in parts:
        drawn += (
            with_formulas(part) if isinstance(part, str) else [part | {"children": with_formulas(*part["children"])}]
        )
    return drawn


def _in_lines(sentence: Sentence, quote: str) -> Sentence:
    """The same words as they stand in the document, where a sentence has them all on one line."""
    if sentence.mark is None or sentence.text.split() != quote.split():
        return replace(sentence, text=quote, mark=None)
    places = [place for place, letter in enumerate(quote) if not letter.isspace()]
    before, within = ("".join(part.split()) for part in (sentence.text[: sentence.mark[0]], sentence.marked))
    last = len(before) + len(within)
    return replace(sentence, text=quote, mark=(places[len(before)], places[last - 1] + 1)) if within else sentence


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _is_code(sentence: Sentence, source: Citation | None) -> bool:
    if sentence.text.startswith(_FENCES):
        return True
    before = "" if source is None else _before(source)
    return sum(line.startswith(_FENCES) for line in before.split("\n")) % 2 == 1


def _head(source: Citation | None) -> str:
    return "" if source is None else head_above(_before(source)) or head_in(source.chunk.context)


def _before(source: Citation) -> str:
    """What stands before the quoted words in their passage."""
    return source.chunk.text[: source.start - source.chunk.start]


def _table(sentence: Sentence, rows: list[Span], head: str, cites: list[Node]) -> Node:
    spans = [cells(sentence.text[start:end], start) for start, end in rows]
    names = [unescaped(head[slice(*span)]) for span in cells(head)]
    if not names and len(spans) > 1:
        names, spans = [unescaped(sentence.text[slice(*span)]) for span in spans[0]], spans[1:]
    n, answering = max(map(len, spans)), _answering(sentence, spans)
    columns = sorted(list(dict.fromkeys([0, *answering, *range(n)]))[:_MOST_COLUMNS])
    n_more = n - len(columns)
    more: list[Node] = [{"tag": "td", "children": [tr("and {n} more", n=numeral(n_more))]}] if n_more else []
    at = next(iter(answering), 0)  # the sources stand beside the words that answer
    body: list[Node] = [
        {
            "tag": "tr",
            "children": [
                *(_cell(sentence, row, column, cites if column == at else []) for column in columns),
                *more,
            ],
        }
        for row in spans
    ]
    title = [visible(names[column]) if column < len(names) else "" for column in columns]
    shown = [*title, ""] if n_more else title
    top: list[Node] = [{"tag": "th", "children": [name] if name else []} for name in shown]
    parts: list[Node] = [{"tag": "thead", "children": [{"tag": "tr", "children": top}]}] if any(title) else []
    return {"tag": "table", "kind": "row", "children": [*parts, {"tag": "tbody", "children": body}]}


def _cell(sentence: Sentence, row: list[Span], column: int, cites: list[Node]) -> Node:
    said = _with_formulas(marked(sentence, row[column], _in_cell)) if column < len(row) else [""]
    return {"tag": "td", "children": [*said, *cites]}


def _in_cell(words: str) -> str:
    return visible(unescaped(words))


def _answering(sentence: Sentence, rows: list[list[Span]]) -> list[int]:
    """The columns in which a marked word stands."""
    start, end = sentence.mark or (0, 0)
    return [n for n in range(max(map(len, rows))) if any(_meets(row[n], start, end) for row in rows if n < len(row))]


def _meets(cell: Span, start: int, end: int) -> bool:
    return cell[0] < end and cell[1] > start
