"""What a chat model adds to a search: a completed question, other wordings, a likely passage, parts, a next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from rag.errors import ModelError, as_notice
from rag.protocols import ChatModel
from rag.query import prompts
from rag.query.dependence import may_depend
from rag.query.replies import lines, reply
from rag.spotlight import new_word
from rag.types import Hit, Message, Turn

SECONDS = 15.0
"""For each request; those of one question are sent side by side."""
_LONGEST = 300
"""Characters of a question."""
_PLAIN = "The question was searched for without that."


class ModelCondenser:
    """A Condenser that asks a chat model, where the question has a word that could point back."""

    def __init__(self, model: ChatModel, seconds: float = SECONDS) -> None:
        self._model = model
        self._seconds = seconds

    def condensed(self, question: str, history: Sequence[Turn]) -> str:
        """One line of at most 300 characters. Raises ModelError for a reply that is none."""
        if not history or not may_depend(question):
            return question
        said = reply(self._model, prompts.completing(question, history), self._seconds)
        found = lines(said, 1, _LONGEST)
        if not found:
            raise ModelError("the chat model did not reply with a question when it was asked to complete yours")
        return question if _is_same(found[0], question) else found[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to search for beside a question."""

    wordings: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    notice: str = ""


class Planner:
    """Asks a chat model in the `ways` that the settings name: multi, hyde, parts, hops."""

    def __init__(self, model: ChatModel, ways: Sequence[str], seconds: float = SECONDS) -> None:
        self._model = model
        self._ways = ways
        self._seconds = seconds

    @property
    def is_hopping(self) -> bool:
        """Whether a second search follows the first."""
        return "hops" in self._ways

    def plan(self, question: str) -> Plan:
        """All ways side by side; one that fails leaves a notice."""
        asked = [way for way in self._ways if way in _ASKED]
        if not asked:
            return Plan()
        with ThreadPoolExecutor(len(asked)) as pool:
            replies = list(pool.map(lambda way: self._reply(_ASKED[way](question)), asked))
        plan = Plan(notice=" ".join(dict.fromkeys(notice for _, notice in replies if notice)))
        for way, (said, _) in zip(asked, replies, strict=True):
            plan = _with(plan, way, said, question)
        return plan

    def next_question(self, question: str, hits: Sequence[Hit]) -> tuple[str, str]:
        """What to search for with what was found, empty for nothing; and a notice."""
        said, notice = self._reply(prompts.next_question(question, hits, new_word()))
        found = [line for line in lines(said, 1, _LONGEST) if not _is_none(line) and not _is_same(line, question)]
        return (found[0] if found else ""), notice

    def _reply(self, messages: list[Message]) -> tuple[str, str]:
        try:
            return reply(self._model, messages, self._seconds), ""
        except ModelError as error:
            return "", as_notice(error, _PLAIN)


_ASKED: dict[str, Callable[[str], list[Message]]] = {
    "multi": prompts.wordings,
    "hyde": prompts.passage_for,
    "parts": prompts.parts,
}


def _with(plan: Plan, way: str, said: str, question: str) -> Plan:
    if way == "hyde":
        return replace(plan, passages=(" ".join(said.split()),) if said else ())
    most = prompts.N_WORDINGS if way == "multi" else prompts.N_PARTS
    new = [line for line in lines(said, most, _LONGEST) if not _is_none(line) and not _is_same(line, question)]
    if way == "multi":
        return replace(plan, wordings=tuple(new))
    return replace(plan, parts=tuple(new) if len(new) > 1 else ())


def _is_none(line: str) -> bool:
    return line.strip(" .!").upper() == prompts.NOTHING


def _is_same(line: str, question: str) -> bool:
    one, other = (" ".join(text.lower().split()).rstrip("?.! ") for text in (line, question))
    return one == other
