"""What a quoted sentence is by its form: rows of a table below a head, lines of code, an item of a list, or prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from app.html_rows import has_cells, html_rows, html_words, on_a_line
from app.table_rows import Span, cells, head_above, head_in, is_rule, unescaped
from rag.inert import flat
from rag.types import Answer, Citation, Sentence
from rag.whole.nouns import Outline

_FENCES = ("```", "~~~")
_HEADING = re.compile(r"\s*#{1,6}\s+(?=\S)")
_ITEM = re.compile(r"\s*[-*+•]\s+(?=[^\d\s])")
"""Before a figure it may be a sign."""
_MARKS = re.compile(r"(?m)^[ \t]*(?:#{1,6}|[-*+•](?=\s+[^\d\s]))[ \t]+(?=\S)")
_RULE = re.compile(r"(?m)^\|(?: *:?-{3,}:? *\|)+ *\n?")
"""Of a table as Markdown: the line below its head."""
_ROW = re.compile(r"(?m)^\|.*\| *$")
_FENCE = re.compile(r"(?m)^[ \t]*(?:```|~~~)[\w+#.-]*[ \t]*$")


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence, and which of its characters are shown."""

    kind: Literal["table", "code", "item", "prose"]
    sentence: Sentence
    """Its words, but for prose in the lines in which they stand in the document."""
    span: Span
    """Of prose and code: without the mark of a heading or an item, and without fences."""
    rows: tuple[tuple[Span, ...], ...] = ()
    """Of a table: where the cells stand."""
    head: tuple[str, ...] = ()
    """Of a table: the names of its columns; empty where they are not known."""
    words: Callable[[str], str] = unescaped
    """What the characters of a cell say."""

    @property
    def n_columns(self) -> int:
        return max(map(len, self.rows))


def forms(answer: Answer) -> list[Form]:
    """Of the sentences that are quoted one after another; none of what a chat model wrote or what is arranged."""
    if answer.refused or answer.model or answer.outline is not None:
        return []
    sources = {citation.n: citation for citation in answer.citations}
    return [form_of(one, next(map(sources.get, one.citations), None)) for one in answer.sentences]


def form_of(sentence: Sentence, source: Citation | None) -> Form:
    """The form of a sentence, as it stands in its source where there is one."""
    found = sentence if source is None else _in_lines(sentence, source.quote)
    lines = list(_lines(found.text))
    rows = [span for span in lines if not is_rule(found.text[slice(*span)])]
    if rows and all(found.text.startswith("|", start) and cells(found.text[start:end]) for start, end in lines):
        return _table(found, rows, "" if len(rows) < len(lines) else _head(source))
    if _is_code(found, source):
        kept = [span for span in lines if not found.text[slice(*span)].startswith(_FENCES)] or lines
        return Form("code", found, (kept[0][0], kept[-1][1]))
    if has_cells(found.text):
        return _html_table(found)
    return prose(sentence)


def on_one_line(text: str) -> str:
    """The words of a passage on one line: the cells of its tables parted by dots, their rows by semicolons."""
    line = flat(on_a_line(_MARKS.sub("", _ROW.sub(_cells, _RULE.sub("", _FENCE.sub("", text))))))
    return line if text.rstrip().endswith(";") else line.removesuffix(";")


def without_bars(outline: Outline) -> Outline:
    """The same, each sentence that has rows of a table in it told as one line: in an item there is no table. A name is
    left as it is."""
    return outline if outline.is_of_names else outline.changed(_without_bars)


def _without_bars(sentence: Sentence) -> Sentence:
    has_rows = _ROW.search(sentence.text) or has_cells(sentence.text)
    return replace(sentence, text=on_one_line(sentence.text), mark=None) if has_rows else sentence


def _cells(row: re.Match[str]) -> str:
    said = (unescaped(row[0][start:end]) for start, end in cells(row[0]))
    return " · ".join(filter(None, said)) + ";"


def prose(sentence: Sentence) -> Form:
    """Its form where it stands for itself, whatever it was in its source."""
    item = _ITEM.match(sentence.text)
    mark = item or _HEADING.match(sentence.text)
    return Form("item" if item else "prose", sentence, (mark.end() if mark else 0, len(sentence.text)))


def _table(sentence: Sentence, rows: list[Span], head: str) -> Form:
    spans = [tuple(cells(sentence.text[start:end], start)) for start, end in rows]
    names = tuple(unescaped(head[slice(*span)]) for span in cells(head))
    if names and not head.rstrip().endswith("|"):  # a passage keeps no more than the beginning of a wide table's head
        names = (*names[:-1], f"{names[-1]} …")
    if not names and len(spans) > 1:
        names, spans = tuple(unescaped(sentence.text[slice(*span)]) for span in spans[0]), spans[1:]
    return Form("table", sentence, (0, len(sentence.text)), tuple(spans), names)


def _html_table(sentence: Sentence) -> Form:
    rows, has_head = html_rows(sentence.text)
    is_head = has_head and len(rows) > 1
    names = tuple(html_words(sentence.text[slice(*span)]) for span in rows[0]) if is_head else ()
    spans = tuple(map(tuple, rows[1:] if is_head else rows))
    return Form("table", sentence, (0, len(sentence.text)), spans, names, html_words)


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
