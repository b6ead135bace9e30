"""What was read for a plan: the passages of each of its targets, and how much of all that is."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.protocols import Embedder, Shelf
from rag.types import Chunk, Ids, Ranking, Scope
from rag.whole.gathering import MOST_NEAR, MOST_READ, Passages, read_all, read_nearest, spread
from rag.whole.looking import Topic
from rag.whole.nouns import Coverage, PassagesRead
from rag.whole.planning import Plan, Target, named_together


class Ranks(Protocol):
    """Finds the passages nearest to a text: the Retriever."""

    def rank(self, question: str, scope: Scope | None = None, *, depth: int = 0) -> Ranking: ...


@dataclass(slots=True)
class Looked:
    """What was read for one target."""

    target: Target
    passages: Passages
    topic: Topic | None
    """None where everything was read."""


@dataclass(slots=True)
class Found:
    """What was read for a plan."""

    looked: list[Looked]
    coverage: Coverage

    def chunks(self) -> list[Chunk]:
        """All passages that are kept, each once; of several targets in turns, so that none comes short."""
        lists = [one.passages.chunks for one in self.looked]
        turns = (some[i] for i in range(max(map(len, lists), default=0)) for some in lists if i < len(some))
        return list(dict.fromkeys(turns)) if len(lists) > 1 else lists[0] if lists else []

    def notice(self, made: Plan) -> str:
        """How the question was understood, and which sides of a comparison are not there."""
        missing = [one.target.name for one in self.looked if not one.passages.chunks]
        lack = [f"Nothing about “{name}” was found in your documents." for name in missing]
        return " ".join(part for part in (made.notice, *lack) if part)


def read_for(made: Plan, ranks: Ranks, shelf: Shelf, embedder: Embedder) -> Generator[PassagesRead, None, Found]:
    """Reads what the plan asks for, target by target."""
    wanted = [_wanted(target, ranks, shelf, most=MOST_READ // len(made.targets)) for target in made.targets]
    total = sum(map(len, wanted))
    looked: list[Looked] = []
    n_before = 0
    read: set[int] = set()
    for target, ids in zip(made.targets, wanted, strict=True):
        topic = Topic(target.topic, embedder) if target.topic else None
        if topic is None:
            passages = yield from read_all(shelf, ids, before=n_before, total=total)
        else:
            passages = yield from read_nearest(shelf, ids, topic.matches, before=n_before, total=total)
        n_before += len(ids)
        read.update(ids[: passages.n_read].tolist())
        looked.append(Looked(target, passages, topic))
    return Found(looked, _coverage(made, looked, len(read), shelf))


def _wanted(target: Target, ranks: Ranks, shelf: Shelf, *, most: int) -> Ids:
    """The passages to read: all or evenly spread ones, or those nearest to the topic, the nearest first."""
    if not target.topic:
        return spread(shelf.passages(target.scope), most)
    ranking = ranks.rank(target.topic, target.scope, depth=MOST_NEAR).ids[:MOST_NEAR]
    everything = shelf.passages(target.scope)
    if len(everything) > MOST_NEAR:
        return ranking
    return np.concatenate([ranking, everything[~np.isin(everything, ranking)]])


def _coverage(made: Plan, looked: Sequence[Looked], n_read: int, shelf: Shelf) -> Coverage:
    scopes = list(dict.fromkeys(target.scope for target in made.targets))
    there = {id for scope in scopes for id in shelf.passages(scope).tolist()}
    documents = {one.id: one for scope in scopes for one in shelf.documents(scope)}
    topics = [one for one in looked if one.topic is not None]
    matched = {chunk.id for one in topics for chunk in one.passages.chunks}
    return Coverage(
        n_read,
        len(there),
        named_together(list(documents.values())) if documents else "",
        "nearest" if topics else "spread",
        len(matched) if topics else None,
    )
