"""What an answer says as a file has it: in Markdown with rows as tables, or in lines that name each value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby, repeat

from app.quoted_form import Form, forms, without_bars
from app.words import msgid, tr
from rag.types import Answer
from rag.whole.composing import as_text

_MARKUP = re.compile(r"[\\`*\[\]~$]|(?<=\])[(:]|(?<![^\W_])_|_(?![^\W_])")
"""Marks that may be markup wherever they stand in a name."""
_OPENING = re.compile(r"^(\d*)([-+>#.)])(?=[\s#-]|\Z)")
"""Marks that are where it begins: of a heading, a list, a quotation."""

REFUSALS = (msgid("Not found in your documents."), msgid("There are no documents to search yet: add some first."))
"""As the answerer says them, to be looked up."""


def as_markdown(answer: Answer) -> str:
    """A paragraph, an item or rows for each quoted sentence, with `[n]` behind what a source bears out; rows below one
    head are one table."""
    parts = groupby(forms(answer), lambda form: (form.kind, form.head))
    if (names := answer.outline) is not None and names.is_of_names:
        return as_text(names.changed(lambda name: replace(name, text=literal(name.text))))
    return "\n\n".join(_block(kind, list(some)) for (kind, _), some in parts) or _arranged(answer)


def as_lines(answer: Answer) -> list[str]:
    """The same where no table can be drawn: a line for each sentence and each row."""
    return list(chain.from_iterable(map(_lines, forms(answer)))) or [_arranged(answer)]


def _arranged(answer: Answer) -> str:
    """What is no row of quoted sentences: the text of a chat model or a refusal, or what is arranged in an outline."""
    if answer.text in REFUSALS:
        return tr(answer.text)
    return answer.text if answer.model or answer.outline is None else as_text(without_bars(answer.outline))


def literal(name: str) -> str:
    """Markdown that shows a name as it is: nothing in it is a marker or opens a block of code."""
    return _OPENING.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", name.replace("<", "&lt;")))


def _block(kind: str, some: Sequence[Form]) -> str:
    if kind == "table":
        return _table(some)
    if kind == "item":
        return "\n".join(f"- {_said(form)} {_markers(form)}" for form in some)
    return "\n\n".join(f"{_code(_said(form))}\n\n{_markers(form)}" if kind == "code" else _cited(form) for form in some)


def _table(some: Sequence[Form]) -> str:
    rows = [[*_cells(form, row)] for form in some for row in form.rows]
    n = max(map(len, rows))
    cited = [markers for form in some for markers in repeat(_markers(form), len(form.rows))]
    for row, markers in zip(rows, cited, strict=True):
        row[-1] = f"{row[-1]} {markers}"
    lines = [list(some[0].head[:n]), ["---"] * n, *rows]
    return "\n".join(_row([*cells, *repeat("", n - len(cells))]) for cells in lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _cells(form: Form, row: Sequence[tuple[int, int]]) -> Iterator[str]:
    return (form.words(form.sentence.text[start:end]) for start, end in row)


def _lines(form: Form) -> Iterator[str]:
    if form.kind != "table":
        yield _cited(form)
        return
    for row in form.rows:
        named = zip(chain(form.head, repeat("")), _cells(form, row), strict=False)
        told = (f"{name}: {value}" if name else value for name, value in named if value)
        yield f"{' · '.join(told)} {_markers(form)}"


def _cited(form: Form) -> str:
    return f"{_said(form)} {_markers(form)}".rstrip()


def _said(form: Form) -> str:
    start, end = form.span
    return form.sentence.text[start:end]


def _markers(form: Form) -> str:
    return "".join(f"[{n}]" for n in form.sentence.citations)


def _code(said: str) -> str:
    fence = "~" * max(3, said.count("~") + 1)
    return f"{fence}\n{said}\n{fence}"
