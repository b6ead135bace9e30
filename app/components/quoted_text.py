"""A quoted sentence as it is drawn: prose as a paragraph, a table's row below its head, lines of code as code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.components.formula_text import with_formulas
from app.quoted_form import Form
from app.quoted_form import prose as form_of_prose
from app.table_rows import Span
from app.words import numeral, tr
from rag.formulas import formulas
from rag.inert import visible
from rag.types import Sentence

Node = str | dict[str, Any]
"""A text, `{"cite": n}`, `{"check": n}` for what came of checking sentence n, or `{"tag": name, "children": [...]}`;
`kind` says how a tag is drawn where that is not as usual. A formula is an element of MathML: see `mathml`."""

_MOST_COLUMNS = 8
"""Of a wider table: its first column, those that answer, and as many of the others as fit."""


def quoted(form: Form) -> Node:
    """A paragraph, table or block of code with the words that answer marked, and the numbers of its sources."""
    cites: list[Node] = [{"cite": n} for n in form.sentence.citations]
    if form.kind == "table":
        return _table(form, cites)
    if form.kind == "code":
        return {"tag": "pre", "children": [*marked(form.sentence, form.span), *cites]}
    return {"tag": "p", "children": [*prose(form.sentence), *cites]}


def prose(sentence: Sentence) -> list[Node]:
    """A sentence without the mark of a heading or an item, with the words that answer marked and its formulas drawn,
    each of them marked as a whole or not."""
    mark = sentence.mark
    for found in () if mark is None else formulas(sentence.text):
        if mark is not None and found.start < mark[1] and found.end > mark[0]:
            mark = min(mark[0], found.start), max(mark[1], found.end)
    return _with_formulas(marked(replace(sentence, mark=mark), form_of_prose(sentence).span))


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


def _table(form: Form, cites: list[Node]) -> Node:
    n, answering = form.n_columns, _answering(form)
    columns = sorted(list(dict.fromkeys([0, *answering, *range(n)]))[:_MOST_COLUMNS])
    n_more = n - len(columns)
    more: list[Node] = [{"tag": "td", "children": [tr("and {n} more", n=numeral(n_more))]}] if n_more else []
    at = next(iter(answering), 0)  # the sources stand beside the words that answer
    body: list[Node] = [
        {
            "tag": "tr",
            "children": [
                *(_cell(form, row, column, cites if column == at else []) for column in columns),
                *more,
            ],
        }
        for row in form.rows
    ]
    title = [visible(form.head[column]) if column < len(form.head) else "" for column in columns]
    shown = [*title, ""] if n_more else title
    top: list[Node] = [{"tag": "th", "children": [name] if name else []} for name in shown]
    parts: list[Node] = [{"tag": "thead", "children": [{"tag": "tr", "children": top}]}] if any(title) else []
    return {"tag": "table", "kind": "row", "children": [*parts, {"tag": "tbody", "children": body}]}


def _cell(form: Form, row: tuple[Span, ...], column: int, cites: list[Node]) -> Node:
    said = _with_formulas(_in_cell(form, row[column])) if column < len(row) else [""]
    return {"tag": "td", "children": [*said, *cites]}


def _in_cell(form: Form, span: Span) -> list[Node]:
    return marked(form.sentence, span, lambda words: visible(form.words(words)))


def _answering(form: Form) -> list[int]:
    """The columns in which a marked word stands."""
    start, end = form.sentence.mark or (0, 0)
    rows = form.rows
    return [n for n in range(form.n_columns) if any(_meets(row[n], start, end) for row in rows if n < len(row))]


def _meets(cell: Span, start: int, end: int) -> bool:
    return cell[0] < end and cell[1] > start
