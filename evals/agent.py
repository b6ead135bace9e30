"""Two questions put as one: how often the passages of both are found by one lookup, by rules, and step by step.

The model is scripted: it searches for the two questions that one was made of, and so does what a good model would. What
is measured is the way there: what the steps find beyond one lookup, and what they cost.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.chat_facts import ChatFacts
from app.chat_model import OpenAIChatModel
from app.detection import Found
from evals.datasets import Dataset, Query
from evals.relevance import Relevance, relevance_of
from evals.scripted_endpoint import ScriptedEndpoint, calls, words
from evals.two_in_one import Pair, joined
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from rag.agent.deciding import needs_steps
from rag.agent.exploring import Explorer
from rag.agent.loop import Limits
from rag.packing import Window
from rag.prompt import PASSAGE_BUDGET
from rag.query.finder import Finder
from rag.types import Hit, Scope

K = 8
"""Passages of one lookup, as the app takes them."""
_JOINTS = {"joined by “and”": (", and ", ""), "a choice": (" or ", "Which is more: ")}
"""What stands between two questions, and before them."""
Finds = Callable[[str], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to find the passages. Shares of the questions, means of the rest."""

    name: str
    n: int
    both: float
    one: float
    passages: float
    requests: float
    ms: float


def pairs(dataset: Dataset, joint: str, before: str, n: int, seed: int = 0) -> list[Pair]:
    """At most n pairs, none of whose questions has the joint in it, and that the app takes for more than one lookup."""
    gold: dict[str, Query] = {}
    for query in dataset.queries:
        for id, grade in dataset.qrels.get(query.id, {}).items():
            if grade > 0 and joint not in query.text:
                gold.setdefault(id, query)
    queries = [gold[id] for id in sorted(gold)]
    random.Random(seed).shuffle(queries)  # noqa: S311 - a sample, not a secret
    made = (
        joined(one, other, joint=joint, before=before) for one, other in zip(queries[::2], queries[1::2], strict=False)
    )
    return [pair for pair in made if needs_steps(pair.text)][:n]


def measured(dataset: Dataset, library: Library, n: int) -> Iterator[tuple[str, list[Way]]]:
    """(how the questions are joined, a row for each way), over at most n questions each."""
    relevance = relevance_of(dataset, library)
    for name, (joint, before) in _JOINTS.items():
        asked = pairs(dataset, joint, before, n)
        with ScriptedEndpoint(partial(_scripted, joint=joint, before=before)) as endpoint:
            yield name, [_measured(way, found, asked, relevance, endpoint) for way, found in _ways(library, endpoint)]


def _ways(library: Library, endpoint: ScriptedEndpoint) -> Iterator[tuple[str, Finds]]:
    retriever = library.retriever
    for k in (K, 2 * K):
        yield f"one lookup, {k} passages", lambda text, k=k: retriever.retrieve(text, k).hits  # type: ignore[misc]
    yield f"parts by rules, {K} passages", lambda text: Finder(retriever).find(text, K).hits
    for name, takes_tools in (("parts by the model", False), ("steps by tools", True)):
        yield name, lambda text, takes_tools=takes_tools: _explored(text, library, endpoint, takes_tools)  # type: ignore[misc]


def _explored(text: str, library: Library, endpoint: ScriptedEndpoint, takes_tools: bool) -> Sequence[Hit]:
    facts = ChatFacts(Found(tools=takes_tools))
    model = OpenAIChatModel(base_url=endpoint.url, model="scripted", facts=lambda _: facts)
    shelf = CatalogueShelf(library.catalogue, lambda: 0, library.embedder.dim)  # no vector is read
    explorer = Explorer(
        Finder(library.retriever),
        library.retriever,
        shelf,
        model,
        takes_tools=model.takes_tools,
        calls_none=model.calls_none,
        window=Window,
        room=lambda: PASSAGE_BUDGET,
        marker=lambda: "marker",
        limits=Limits(),
    )
    events = explorer.stream(text, Scope())
    try:
        while events is not None:
            next(events)
    except StopIteration as stop:
        return () if stop.value is None else stop.value.hits
    finally:
        model.close()
    return Finder(library.retriever).find(text, K).hits


def _measured(name: str, found: Finds, asked: Sequence[Pair], relevance: Relevance, endpoint: ScriptedEndpoint) -> Way:
    before, start = endpoint.n_requests, time.perf_counter()
    hits = [found(pair.text) for pair in asked]
    ms = (time.perf_counter() - start) * 1000
    are_there = [
        [any(relevance.is_right(query, hit.chunk) for hit in some) for query in pair.of]
        for pair, some in zip(asked, hits, strict=True)
    ]
    n = max(1, len(asked))
    return Way(
        name,
        len(asked),
        both=sum(map(all, are_there)) / n,
        one=sum(map(any, are_there)) / n,
        passages=sum(map(len, hits)) / n,
        requests=(endpoint.n_requests - before) / n,
        ms=ms / n,
    )


def _scripted(request: dict[str, Any], *, joint: str, before: str) -> Iterator[bytes]:
    """Searches for both questions at once, and then has enough."""
    messages = request["messages"]
    question = messages[1]["content"].rpartition("Question: ")[2].removeprefix(before).rstrip("?")
    parts = [f"{part[:1].upper()}{part[1:]}?" for part in question.split(joint)]
    if not request.get("tools"):
        return words("\n".join(parts))
    if messages[-1]["role"] == "tool":
        return words("DONE")
    return calls([("search", {"query": part}) for part in parts])


def table(ways: Sequence[Way]) -> str:
    """A line for every way."""
    lines = [f"{'':30}{'n':>5}{'both':>8}{'one':>8}{'passages':>10}{'requests':>10}{'ms':>8}"]
    lines += [
        f"{way.name:30}{way.n:5}{way.both:8.3f}{way.one:8.3f}{way.passages:10.1f}{way.requests:10.2f}{way.ms:8.0f}"
        for way in ways
    ]
    return "\n".join(lines)
