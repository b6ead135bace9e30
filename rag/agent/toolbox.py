"""What a chat model's calls do, within the scope of the person who asks: search, read on, list, calculate."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from rag.agent.arithmetic import calculated
from rag.agent.gathered import Added, Gathered
from rag.agent.nouns import Kind, Step
from rag.agent.prompts import FULL, LONGEST_QUERY, NO_JSON, REPEATED, found_text, names_text
from rag.errors import InputError
from rag.foreign import tamed
from rag.inert import flat
from rag.instructions import LEFT_OUT, without_orders
from rag.protocols import Shelf
from rag.query.nouns import Query
from rag.retriever import Retriever, checked_question
from rag.tools import ToolCall
from rag.types import Hit, Retrieval, Scope
from rag.whole.naming import named
from rag.whole.nouns import DocumentName
from rag.whole.sides import MOST_NAMED

OF_EACH = 4
"""Passages of one search."""
_AROUND = 2
"""Passages before and after the one that is read on from."""
_MOST_NAMES = 60
_SHOWN = 80
"""Characters of what a model wrote that are shown to a person."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a call came to: the text that the model is given, and the step that a person is shown."""

    text: str
    step: Step


class Toolbox:
    """The tools of one question. Whatever a call says, nothing outside of the `scope` is read."""

    def __init__(
        self, retriever: Retriever, shelf: Shelf, scope: Scope, gathered: Gathered, marker: Callable[[], str]
    ) -> None:
        self.gathered = gathered
        self.searches: list[Retrieval] = []
        self._retriever = retriever
        self._shelf = shelf
        self._scope = scope
        self._marker = marker
        self._made: set[str] = set()

    def run(self, call: ToolCall) -> Done:
        """Do what the call asks for; what is wrong with it is told to the model and raises nothing."""
        start = time.perf_counter()
        given = call.given()
        key = json.dumps([call.name, given], sort_keys=True).casefold()
        if call.name not in _TOOLS:
            done = _wrong(call.name, f"There is no such tool: use one of {', '.join(_TOOLS)}", "there is no such tool")
        elif given is None:
            done = _wrong(call.name, NO_JSON, "its arguments could not be read")
        elif key in self._made:
            done = _wrong(call.name, REPEATED, "that had been done before")
        else:
            self._made.add(key)
            done = self._tried(call.name, given)
        return replace(done, step=replace(done.step, ms=(time.perf_counter() - start) * 1000))

    def _tried(self, name: str, given: Mapping[str, Any]) -> Done:
        kind, tool = _TOOLS[name]
        try:
            return tool(self, given)
        except InputError as error:
            asked = flat(str(next(iter(given.values()), ""))[:_SHOWN])
            return Done(f"Nothing was done: {error}.", Step(kind, asked, trouble=str(error)))

    def search(self, query: Query, scope: Scope | None = None, where: str = "") -> Done:
        """The nearest passages, in all of the scope or a part of it."""
        start = time.perf_counter()
        found = self._retriever.search(query, OF_EACH, scope or self._scope)
        self.searches.append(found)
        added = self.gathered.add(found.hits)
        ms = (time.perf_counter() - start) * 1000
        return Done(self.told(added), Step("search", query.text, where, n=len(added.new), ms=ms))

    def _search(self, given: Mapping[str, Any]) -> Done:
        name = _text(given, "document", "")
        documents = named(name, self._documents) if name else []
        documents = documents or [one for one in self._documents if name and one.shown == name]
        if name and not 0 < len(documents) <= MOST_NAMED:
            raise InputError(f"{len(documents):,} documents are called {name[:_SHOWN]!r}: list_documents gives names")
        scope = replace(self._scope, documents=tuple(one.id for one in documents)) if documents else self._scope
        query = checked_question(_text(given, "query"))
        if len(query) > LONGEST_QUERY:
            raise InputError(f"the query has {len(query):,} characters, and at most {LONGEST_QUERY} are searched for")
        return self.search(Query(query), scope, ", ".join(one.shown for one in documents))

    def _open(self, given: Mapping[str, Any]) -> Done:
        n = given.get("passage")
        n = int(n) if isinstance(n, str) and n.isascii() and n.isdecimal() and len(n) < 6 else n
        if not isinstance(n, int) or isinstance(n, bool) or not 0 < n <= len(self.gathered.hits):
            raise InputError("no passage that was found has this number")
        hit = self.gathered.hits[n - 1]
        ids = self._shelf.passages(replace(self._scope, documents=(hit.chunk.document_id,))).tolist()
        at = ids.index(hit.chunk.id) if hit.chunk.id in ids else -1
        near = [one for one in ids[max(0, at - _AROUND) : at + _AROUND + 1] if one != hit.chunk.id] if at >= 0 else []
        chunks = self._shelf.chunks(near)
        added = self.gathered.add([Hit(chunks[id], hit.score, hit.origin) for id in near if id in chunks])
        return Done(self.told(added), Step("open", f"passage {n}", n=len(added.new)))

    def _list(self, _given: Mapping[str, Any]) -> Done:
        lines = (" ".join(tamed(without_orders(one.shown, LEFT_OUT)).split()) for one in self._documents[:_MOST_NAMES])
        rest = max(0, len(self._documents) - _MOST_NAMES)
        text = names_text("\n".join(f"- {line[:_SHOWN]}" for line in lines), rest, self._marker())
        return Done(text, Step("list", n=len(self._documents)))

    @staticmethod
    def _calculate(given: Mapping[str, Any]) -> Done:
        made = calculated(_text(given, "expression"))
        return Done(str(made), Step("calculate", made.expression, calculation=made))

    def told(self, added: Added) -> str:
        """Passages as the model is told of them."""
        new = "\n\n".join(map(self.gathered.text, added.new))
        text = found_text(new, ", ".join(f"[{n}]" for n in added.known), self._marker())
        return f"{text}\n{FULL}" if self.gathered.is_full else text

    @cached_property
    def _documents(self) -> list[DocumentName]:
        return list(self._shelf.documents(self._scope))


_TOOLS: dict[str, tuple[Kind, Callable[[Toolbox, Mapping[str, Any]], Done]]] = {
    "search": ("search", Toolbox._search),
    "open_section": ("open", Toolbox._open),
    "list_documents": ("list", Toolbox._list),
    "calculate": ("calculate", lambda _, given: Toolbox._calculate(given)),
}


def _wrong(name: str, text: str, trouble: str) -> Done:
    return Done(text, Step("wrong", flat(name[:_SHOWN]), trouble=trouble))


def _text(given: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """Raises InputError where it is no text; without a `default` also where it is missing."""
    value = given.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise InputError(f"{name} must be a text")
    return value
