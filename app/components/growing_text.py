"""The Markdown of an answer that still grows, as it is drawn meanwhile: no mark of what is only half there is seen."""

from __future__ import annotations

import re

from app.components.answer_text import remarked
from app.components.formula_text import as_code
from app.table_rows import is_rule
from rag.code_spans import split_line
from rag.inert import inert
from rag.verification.verified import Checked

_STARS = re.compile(r"(?<![\\*])\*+")


def growing(written: str, checked: Checked | None) -> str:
    """What is drawn of an answer of which so much is written, and so much checked."""
    return _closed(as_code(_in_whole_rows(remarked(inert(written), checked))))


def _in_whole_rows(markdown: str) -> str:
    """Without the last row of a table until its line has ended, and without a head until the rule below it has, which
    makes a table of it. A block of code ends with its fence here, so that the last line is never one of its own."""
    *ended, last = markdown.split("\n")
    first = len(ended)
    while first and _is_row(ended[first - 1]):
        first -= 1
    n_rows = len(ended) - first
    if (last and not _is_row(last)) or (n_rows > 1 and not is_rule(_unquoted(ended[first + 1]))):
        return markdown
    return "".join(f"{line}\n" for line in (ended if n_rows > 1 else ended[:first]))


def _is_row(line: str) -> bool:
    return _unquoted(line).startswith("|")


def _unquoted(line: str) -> str:
    return line.strip(" \t>")


def _closed(markdown: str) -> str:
    """With what is emphasised in the last line closed, and without stars at its end that emphasise nothing yet."""
    before, end, line = markdown.rpartition("\n")
    open_runs: list[str] = []
    at, last = 0, len(line)
    for text, is_code in split_line(line):
        for run in () if is_code else _STARS.finditer(line, at, at + len(text)):
            is_last = run.end() == len(line)
            if open_runs and open_runs[-1] == run[0] and not line[run.start() - 1].isspace():
                open_runs.pop()
            elif is_last:
                last = run.start()
            elif not line[run.end()].isspace() and not line[max(0, run.start() - 1) : run.start()].isalnum():
                open_runs.append(run[0])
        at += len(text)
    said = line[:last]
    return f"{before}{end}{said.rstrip() if open_runs else said}{''.join(reversed(open_runs))}"
