"""From a question past one lookup to its passages: by tools that a chat model calls, by parts it names, or by rules."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from rag.agent import prompts
from rag.agent.deciding import needs_steps, parts_by_rules
from rag.agent.gathered import Added, Gathered
from rag.agent.loop import Limits, Loop
from rag.agent.nouns import Step
from rag.agent.toolbox import Toolbox
from rag.errors import ModelError, as_notice
from rag.packing import Window
from rag.protocols import ChatModel, Shelf
from rag.query.finder import Finder, joined
from rag.query.nouns import Query
from rag.query.replies import lines, reply
from rag.retriever import Retriever, Stopwatch
from rag.routing import route_of
from rag.types import Retrieval, Scope, Stage, Trace, Turn
from rag.whole.planning import Here, plan

_SECONDS = 15.0
"""For the parts of a question."""
_BY_RULES = "Its parts were told apart by rules instead."
_BY_PARTS = "It was asked for the parts of the question instead."
_SO_FAR = "The answer rests on what had been found by then."

Events = Generator[Step, None, Retrieval | None]


class Explorer:
    """Finds in several steps what one lookup does not. A lookup it leaves alone, without a request."""

    def __init__(
        self,
        finder: Finder,
        retriever: Retriever,
        shelf: Shelf,
        model: ChatModel,
        *,
        takes_tools: Callable[[], bool],
        window: Callable[[], Window],
        room: Callable[[], int],
        marker: Callable[[], str],
        limits: Limits,
        asks_for_parts: bool = True,
    ) -> None:
        """`finder` completes follow-ups. `room`: characters of passages that the answer's request takes. `takes_tools`:
        whether the `model` may be offered any; else it is asked once for the parts of a question, unless
        `asks_for_parts` leaves the question to the `finder`."""
        self._finder = finder
        self._retriever = retriever
        self._shelf = shelf
        self._model = model
        self._takes_tools = takes_tools
        self._window = window
        self._room = room
        self._marker = marker
        self._limits = limits
        self._asks_for_parts = asks_for_parts

    def stream(self, question: str, scope: Scope, history: Sequence[Turn] = ()) -> Events | None:
        """The steps; None for a lookup, and for a comparison that is better read as a whole: that of documents, and any
        other one without tools, since all that speaks of its sides says more than one search for each."""
        is_comparison = route_of(question).kind == "comparison"
        if not needs_steps(question) or (is_comparison and self._compares_documents(question, scope)):
            return None
        if not self._takes_tools() and (is_comparison or not self._asks_for_parts):
            return None
        return self._explored(question, scope, history)

    def _compares_documents(self, question: str, scope: Scope) -> bool:
        made = plan(route_of(question), Here(self._shelf.documents(scope), scope))
        return made is not None and any(not target.topic for target in made.targets)

    def _explored(self, question: str, scope: Scope, history: Sequence[Turn]) -> Events:
        watch, asking = Stopwatch(), Stopwatch()
        query, notice = self._finder.completed(question, history, watch)
        toolbox = Toolbox(self._retriever, self._shelf, scope, Gathered(self._room()), self._marker)
        steps: list[Step] = []
        notices = [notice]
        with closing(self._found(query, toolbox, notices, asking)) as found:
            for step in found:
                steps.append(step)
                yield step
        hits = tuple(toolbox.gathered.hits)
        if not hits:
            return None
        notices += [one.notice for one in toolbox.searches]
        asked = Stage("steps", sum(stage.ms for stage in asking.stages), len(steps))
        trace = Trace((*watch.stages, *joined(toolbox.searches).stages, asked))
        told = " ".join(dict.fromkeys(filter(None, notices)))
        return Retrieval(
            hits,
            trace,
            told,
            toolbox.searches[0].query,
            tuple(steps),
            twins=tuple(twin for one in toolbox.searches for twin in one.twins),
            asked=frozenset[int]().union(*(one.asked for one in toolbox.searches)),
        )

    def _found(
        self, query: Query, toolbox: Toolbox, notices: list[str], watch: Stopwatch
    ) -> Generator[Step, None, None]:
        """What a plain search finds comes first, so that steps that lead nowhere cost nothing of it."""
        first = toolbox.search(query)
        yield first.step
        if not self._takes_tools() or not (yield from self._by_tools(query.text, toolbox, notices, watch)):
            with watch.stage("steps"):
                parts = self._parts(query.text, notices)
            for part in parts:
                yield toolbox.search(Query(part)).step

    def _by_tools(
        self, question: str, toolbox: Toolbox, notices: list[str], watch: Stopwatch
    ) -> Generator[Step, None, bool]:
        """Returns whether the model took any step, or said that none is needed. What rules know to be parts of the
        question is searched for before: that costs no request."""
        for part in parts_by_rules(question):
            yield toolbox.search(Query(part)).step
        known = len(toolbox.searches)
        everything = Added(tuple(range(1, len(toolbox.gathered.hits) + 1)), ())
        request = prompts.asking(question, toolbox.told(everything), self._limits.calls)
        try:
            loop = Loop(self._model, toolbox, self._limits, self._window, watch)
            notices.append((yield from loop.steps(request)))
        except ModelError as error:
            has_more = len(toolbox.searches) > known
            notices.append(as_notice(error, _SO_FAR if has_more else _BY_PARTS))
            return has_more
        return True

    def _parts(self, question: str, notices: list[str]) -> Sequence[str]:
        """As the model tells them, else by rules."""
        try:
            said = reply(self._model, prompts.parts(question), _SECONDS)
        except ModelError as error:
            notices.append(as_notice(error, _BY_RULES))
            return parts_by_rules(question)
        found = lines(said, prompts.N_PARTS, prompts.LONGEST_QUERY)
        return found if len(found) > 1 else parts_by_rules(question)
