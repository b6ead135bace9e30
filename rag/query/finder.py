"""From a question with its conversation to passages: completed, searched for, and searched for in more ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from rag.errors import ModelError, as_notice
from rag.protocols import Condenser
from rag.query.condensing import asked_before, searched_for
from rag.query.feedback import Feedback
from rag.query.nouns import Query
from rag.query.parts import completed_parts
from rag.query.planning import Planner
from rag.query.references import referred, without_reference
from rag.retriever import Retriever, Stopwatch, checked_question
from rag.types import Chunk, Hit, Retrieval, Scope, Stage, Trace, Turn

_BY_RULES = "The question was completed by rules instead."


class Finder:
    """What an Answerer finds passages with.

    `condenser` completes follow-ups; where it fails `otherwise` does. `planner` asks a chat model what else to search
    for; without one `feedback` makes the second search.
    """

    def __init__(
        self,
        retriever: Retriever,
        *,
        condenser: Condenser | None = None,
        otherwise: Condenser | None = None,
        planner: Planner | None = None,
        feedback: Feedback | None = None,
    ) -> None:
        self._retriever = retriever
        self._condenser = condenser
        self._otherwise = otherwise
        self._planner = planner
        self._feedback = feedback

    def find(self, question: str, k: int, scope: Scope | None = None, history: Sequence[Turn] = ()) -> Retrieval:
        """The best k hits; raises InputError for a question that cannot be searched for."""
        watch = Stopwatch()
        question = checked_question(question)
        reference = referred(question, history)
        carried = [] if reference is None else self._retriever.passages(reference.chunks, scope or Scope())
        if carried:  # what it refers to stands in for the words that do
            before = asked_before(history)
            question = without_reference(question) or (question if before is None else searched_for(before))
        query, notice = self.completed(question, history, watch)
        if carried:
            query = replace(query, is_completed=True)
            scope = replace(scope or Scope(), documents=tuple(dict.fromkeys(one.document_id for one in carried)))
        if self._planner is not None:
            found = self._planned(self._planner, query, k, scope, watch)
        elif self._feedback is not None:
            first = self._retriever.search(query, k, scope)
            expanded = self._feedback.expanded(first.query or query, first.hits, scope.allowed if scope else None)
            second = self._retriever.search(expanded, k, scope)
            found = replace(second, trace=joined([first, second]))
        else:
            parts = completed_parts(query.text)
            found = self._beside(
                self._retriever.search(query, k, scope), query, parts if len(parts) > 1 else (), k, scope
            )
        if reference is not None and carried:
            found = _with_carried(found, query, carried, k, is_whole=reference.is_whole)
        notices = " ".join(dict.fromkeys(part for part in (notice, found.notice) if part))
        return replace(found, trace=Trace((*watch.stages, *found.trace.stages)), notice=notices)

    def completed(self, question: str, history: Sequence[Turn], watch: Stopwatch) -> tuple[Query, str]:
        """What is asked by a question that may be a follow-up, and a notice."""
        if not history or self._condenser is None:
            return Query(question), ""
        notice = ""
        with watch.stage("condense") as counts:
            try:
                text = self._condenser.condensed(question, history)
            except ModelError as error:
                notice = as_notice(error, _BY_RULES)
                text = question if self._otherwise is None else self._otherwise.condensed(question, history)
            counts.append(text != question)
        return (Query(text, is_completed=True) if text != question else Query(question)), notice

    def _planned(self, planner: Planner, query: Query, k: int, scope: Scope | None, watch: Stopwatch) -> Retrieval:
        with watch.stage("plan") as counts:
            plan = planner.plan(query.text)
            counts.append(len(plan.wordings) + len(plan.passages) + len(plan.parts))
        whole = replace(query, wordings=plan.wordings, passages=plan.passages)
        found = self._retriever.search(whole, k, scope)
        found = self._beside(found, query, plan.parts, k, scope)
        notices = [plan.notice]
        if planner.is_hopping and found.hits:
            with watch.stage("hop") as counts:
                following, notice = planner.next_question(query.text, found.hits)
                counts.append(bool(following))
            notices.append(notice)
            if following:
                found = self._beside(found, query, (following,), k, scope)
        return replace(found, notice=" ".join(dict.fromkeys(part for part in (*notices, found.notice) if part)))

    def _beside(
        self, first: Retrieval, query: Query, questions: Sequence[str], k: int, scope: Scope | None
    ) -> Retrieval:
        """What was found first and what is found for other questions, the best of each in turn."""
        if not questions:
            return first
        found = [first, *(self._retriever.search(Query(one), k, scope) for one in questions)]
        base = first.query or query
        beside = replace(base, wordings=(*base.wordings, *questions))
        notice = " ".join(dict.fromkeys(one.notice for one in found if one.notice))
        twins = tuple(twin for one in found for twin in one.twins)
        asked = frozenset[int]().union(*(one.asked for one in found))
        hits = tuple(_in_turn([one.hits for one in found]))[:k]
        return Retrieval(hits, joined(found), notice, beside, twins=twins, asked=asked)


def _with_carried(found: Retrieval, query: Query, carried: Sequence[Chunk], k: int, *, is_whole: bool) -> Retrieval:
    """With the passages carried on from earlier answers among the k hits, as the last where they were not found; with
    what was found alone where they only stand for their documents."""
    known = {hit.chunk.id for hit in found.hits}
    lowest = found.hits[-1].score if found.hits else 0.0
    more = [Hit(chunk, lowest, "fused") for chunk in carried if chunk.id not in known and not is_whole]
    hits = (*found.hits[: k - len(more)], *more)
    within = tuple(dict.fromkeys(chunk.source.rstrip("/").rsplit("/", 1)[-1] for chunk in carried))
    return replace(found, hits=hits, query=replace(found.query or query, within=within))


def _in_turn(rankings: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The first of each, then the second of each, none twice; scores fall on."""
    found: dict[int, Hit] = {}
    lowest = float("inf")
    for hit in chain.from_iterable(zip_longest(*rankings)):
        if hit is not None and hit.chunk.id not in found:
            lowest = min(lowest, hit.score)
            found[hit.chunk.id] = replace(hit, score=lowest)
    return list(found.values())


def joined(found: Sequence[Retrieval]) -> Trace:
    """One trace of several searches: their times added up, the counts those of the first."""
    stages: dict[str, Stage] = {}
    for stage in chain.from_iterable(one.trace.stages for one in found):
        known = stages.get(stage.name)
        stages[stage.name] = stage if known is None else replace(known, ms=known.ms + stage.ms)
    return Trace(tuple(stages.values()))
