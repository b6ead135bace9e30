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
from rag.errors import ModelError, NoTools, as_notice
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
_AS_IT_IS = "The question was searched for as it is."
_INSTEAD = "The question was searched for in parts instead."
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
        calls_none: Callable[[], bool],
        window: Callable[[], Window],
        room: Callable[[], int],
        marker: Callable[[], str],
        limits: Limits,
        asks_for_parts: bool = True,
    ) -> None:
        """`finder` completes follow-ups. `room`: characters of passages that the answer's request takes. `takes_tools`:
        whether the `model` may be offered any; else it is asked once for the parts of a question that rules do not
        know, unless `asks_for_parts` leaves the question to the `finder`. `calls_none`: told that it called none, it
        says whether it may take none."""
        self._finder = finder
        self._retriever = retriever
        self._shelf = shelf
        self._model = model
        self._takes_tools = takes_tools
        self._calls_none = calls_none
        self._window = window
        self._room = room
        self._marker = marker
        self._limits = limits
        self._asks_for_parts = asks_for_parts

    def stream(self, question: str, scope: Scope, history: Sequence[Turn] = ()) -> Events | None:
        """The steps; None for a lookup, and for a comparison of whole documents, which are read. Without tools also for
        every other comparison, of which all that speaks of its sides is read, and for a question whose parts the
        `finder` tells apart by rules."""
        is_comparison = route_of(question).kind == "comparison"
        if not needs_steps(question) or (is_comparison and self._compares_documents(question, scope)):
            return None
        is_left = is_comparison or bool(parts_by_rules(question)) or not self._asks_for_parts
        if is_left and not self._takes_tools():
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
        """What a plain search finds comes first, and what rules know to be parts of the question: neither costs a
        request, and steps that lead nowhere cost nothing of it."""
        yield toolbox.search(query).step
        parts = parts_by_rules(query.text)
        for part in parts:
            yield toolbox.search(Query(part)).step
        if self._takes_tools() and (yield from self._by_tools(query.text, toolbox, notices, watch)):
            return
        if not parts:
            with watch.stage("steps"):
                parts = self._parts(query.text, notices)
            for part in parts:
                yield toolbox.search(Query(part)).step

    def _by_tools(
        self, question: str, toolbox: Toolbox, notices: list[str], watch: Stopwatch
    ) -> Generator[Step, None, bool]:
        """Returns whether the model has found something, or has said that nothing is missing. One whose tools were only
        tried, and that refuses them or calls none, is nothing to tell of."""
        n_before = len(toolbox.searches)
        known = Added(tuple(range(1, len(toolbox.gathered.hits) + 1)), ())
        request = prompts.asking(question, toolbox.told(known), self._limits.calls)
        try:
            loop = Loop(self._model, toolbox, self._limits, self._window, watch)
            notices.append((yield from loop.steps(request)))
        except ModelError as error:
            has_more = len(toolbox.searches) > n_before
            if isinstance(error, NoTools) and error.was_tried:
                return has_more
            notices.append(as_notice(error, _SO_FAR if has_more else _INSTEAD))
            return has_more
        return loop.has_called or not self._calls_none()

    def _parts(self, question: str, notices: list[str]) -> tuple[str, ...]:
        """The questions that the model tells to search for; none where it tells less than two."""
        try:
            said = reply(self._model, prompts.parts(question), _SECONDS)
        except ModelError as error:
            notices.append(as_notice(error, _AS_IT_IS))
            return ()
        found = lines(said, prompts.N_PARTS, prompts.LONGEST_QUERY)
        return tuple(found) if len(found) > 1 else ()
