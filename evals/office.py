"""Questions on documents of households and small firms: how many answers are complete, and what is refused."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.question_sets.fields import string, strings
from app.question_sets.lines import json_lines
from app.wiring import Workspace
from ingest.pipeline import File, Pipeline
from rag.errors import StoreError
from rag.settings import Settings
from rag.types import Answer

SETS = Path(__file__).parent / "office_sets"
NONE = "none"
_MARKS = re.compile(r"[*_`]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what a complete answer holds, and what is wrong in it; of the kind `none` nothing answers it."""

    question: str
    kind: str
    holds: tuple[str, ...]
    wrong: tuple[str, ...]
    near: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question."""

    asked: Asked
    answer: Answer

    @property
    def is_complete(self) -> bool:
        return bool(self.asked.holds) and all(_held(text, self.answer) for text in self.asked.holds)

    @property
    def is_wrong(self) -> bool:
        """Whether it holds what it must not."""
        return any(_held(text, self.answer) for text in self.asked.wrong)


def questions(path: Path) -> list[Asked]:
    """Those of a file of lines of JSON. Raises InputError."""
    return [
        Asked(
            string(row, "question", where),
            string(row, "kind", where),
            tuple(strings(row, "holds", where)),
            tuple(strings(row, "wrong", where)),
            str(row.get("near", "")),
        )
        for where, row in json_lines(path)
    ]


def measure(folder: Path, asked: Sequence[Asked], settings: Settings) -> Iterator[Outcome]:
    """Take the folder in anew, and ask everything as the page does without a chat model."""
    with tempfile.TemporaryDirectory() as home:
        workspace = Workspace(replace(settings, home=Path(home), chat_model=""))
        try:
            pipeline = Pipeline(workspace.library, "default")
            for outcome in pipeline.add(File(path, str(path)) for path in sorted(folder.iterdir())):
                if outcome.state != "ready":
                    raise StoreError(f"{outcome.source} could not be read: {outcome.reason}")
            for one in asked:
                yield Outcome(one, workspace.answerer.ask(one.question))
        finally:
            workspace.close()


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line for each kind of question, those that nothing answers by what makes them tempting."""
    yield f"{'':24}{'asked':>7}{'complete':>10}{'refused':>9}{'with what is wrong':>20}"
    for name, of in _kinds(outcomes):
        some = [one for one in outcomes if of(one)]
        n, complete = len(some), sum(one.is_complete for one in some)
        refused, wrong = sum(one.answer.refused for one in some), sum(one.is_wrong for one in some)
        yield f"{name:24}{n:7}{complete if name[:4] != NONE else '-':>10}{refused:9}{wrong:20}"


def _kinds(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, Callable[[Outcome], bool]]]:
    for kind in dict.fromkeys(one.asked.kind for one in outcomes):
        nears = dict.fromkeys(one.asked.near for one in outcomes if one.asked.kind == kind)
        for near in nears:
            name = f"{kind}: {near}" if near else kind
            yield name, partial(_is_of, kind, near)
    yield "all that are answered", lambda one: one.asked.kind != NONE
    yield "none of them", lambda one: one.asked.kind == NONE


def _is_of(kind: str, near: str, one: Outcome) -> bool:
    return (one.asked.kind, one.asked.near) == (kind, near)


def _held(text: str, answer: Answer) -> bool:
    """Without regard to case, marks of Markdown and breaks of lines; not within a longer word or number."""
    pattern = rf"(?<!\w){re.escape(_plain(text))}(?!\w)"
    return not answer.refused and bool(re.search(pattern, _plain(answer.text)))


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).casefold().split())
