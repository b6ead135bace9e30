"""What was read for a plan: the passages of each of its targets, and how much of all that is."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.protocols import Embedder, Shelf
from rag.types import Chunk, Ids, Ranking, Scope
from rag.whole.gathering import MOST_NEAR, MOST_READ, Passages, read_all, read_matching, spread
from rag.whole.looking import Formed, Topic
from rag.whole.nouns import Coverage, PassagesRead
from rag.whole.planning import Plan, Target, named_together
from rag.whole.sections import Section


class Ranks(Protocol):
    """Finds the passages nearest to a text: the Retriever."""

    def rank(self, question: str, scope: Scope | None = None, *, depth: int = 0) -> Ranking: ...


@dataclass(slots=True)
class Looked:
    """What was read for one target."""

    target: Target
    passages: Passages
    topic: Topic | None = None
    """What was looked for by words, if anything."""
    form: Formed | None = None
    """What was looked for by its form, if anything."""


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
        told = [one.target.form.notice for one in self.looked if one.target.form is not None]
        lack = [f"Nothing about “{name}” was found in your documents." for name in missing]
        return " ".join(part for part in (made.notice, *told, *lack) if part)


def read_for(made: Plan, ranks: Ranks, shelf: Shelf, embedder: Embedder) -> Generator[PassagesRead, None, Found]:
    """Reads what the plan asks for, target by target."""
    wanted = [_wanted(target, ranks, shelf, most=MOST_READ // len(made.targets)) for target in made.targets]
    total = sum(map(len, wanted))
    looked: list[Looked] = []
    n_before = 0
    read: set[int] = set()
    for target, ids in zip(made.targets, wanted, strict=True):
        one = yield from _looked(target, ids, shelf, embedder, before=n_before, total=total)
        n_before += len(ids)
        read.update(ids[: one.passages.n_read].tolist())
        looked.append(one)
    return Found(looked, _coverage(made, looked, len(read), shelf))


def _looked(  # noqa: PLR0913 - what is read, and how far it got before
    target: Target, ids: Ids, shelf: Shelf, embedder: Embedder, *, before: int, total: int
) -> Generator[PassagesRead, None, Looked]:
    if target.form is not None:
        form = Formed(target.form)
        passages = yield from read_matching(shelf, ids, form.matches, patience=len(ids), before=before, total=total)
        return Looked(target, passages, form=form)
    if target.section:
        under = Section(target.section)
        passages = yield from read_matching(shelf, ids, under.matches, patience=len(ids), before=before, total=total)
        return Looked(target, passages)
    if target.topic:
        topic = Topic(target.topic, embedder)
        passages = yield from read_matching(shelf, ids, topic.matches, before=before, total=total)
        return Looked(target, passages, topic)
    passages = yield from read_all(shelf, ids, before=before, total=total)
    return Looked(target, passages)


def _wanted(target: Target, ranks: Ranks, shelf: Shelf, *, most: int) -> Ids:
    """The passages to read: all or evenly spread ones, or those nearest to the topic, the nearest first."""
    if not target.topic or target.form is not None:
        return spread(shelf.passages(target.scope), most)
    ranking = ranks.rank(target.topic, target.scope, depth=MOST_NEAR).ids[:MOST_NEAR]
    everything = shelf.passages(target.scope)
    ranking = ranking[np.isin(ranking, everything)]  # what an index says of a scope is not relied on
    if len(everything) > MOST_NEAR:
        return ranking
    return np.concatenate([ranking, everything[~np.isin(everything, ranking)]])


def _coverage(made: Plan, looked: Sequence[Looked], n_read: int, shelf: Shelf) -> Coverage:
    scopes = list(dict.fromkeys(target.scope for target in made.targets))
    there = {id for scope in scopes for id in shelf.passages(scope).tolist()}
    documents = {one.id: one for scope in scopes for one in shelf.documents(scope)}
    sought = [one for one in looked if one.topic is not None or one.form is not None or one.target.section]
    matched = {chunk.id for one in sought for chunk in one.passages.chunks}
    return Coverage(
        n_read,
        len(there),
        named_together(list(documents.values())) if documents else "",
        "nearest" if any(one.topic is not None for one in looked) else "spread",
        len(matched) if sought else None,
    )
