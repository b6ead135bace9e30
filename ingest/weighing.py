"""Tunes how much meaning counts against words in a collection, by questions made from its own passages."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Set
from functools import partial

import numpy as np
from numpy.typing import NDArray

from indexes.embedder_table import KnownEmbedder
from indexes.held_out import HeldOut
from indexes.library import Library
from indexes.weight_table import CollectionWeight
from ingest.probing import made_questions
from rag.embedding_text import text_of
from rag.errors import FootnoteError, Replaced
from rag.retriever import CANDIDATES
from rag.types import Chunk, Ids, Ranking, Scope, Vectors
from rag.weights import DEFAULT_WEIGHT, FEWEST, Probe, best_weight, gains

N_QUESTIONS = 240
FEWEST_PASSAGES = 200
"""Of a smaller collection nothing can be told that would hold tomorrow."""
_MOST_PASSAGES = 10_000
"""Of a larger collection so many are searched, by chance: what is hard to tell apart there is so in all of it."""
_GROWTH = 1.5
_LIMIT_S = 60.0
_AT_ONCE = 32

IsWanted = Callable[[], bool]
"""Whether to go on: a worker has better things to do as soon as a file waits."""


def due(library: Library) -> list[str]:
    """The collections that have grown by half, or shrunk as much, since they were tuned, or never were; none where the
    settings or a person have set the weight."""
    if library.settings.dense_weight != "auto" or library.catalogue.database.is_read_only:
        return []
    return [one.collection for one in library.catalogue.weights.all() if _is_due(one)]


def is_small(one: CollectionWeight) -> bool:
    """Whether it is not tuned, since it has too few passages."""
    return one.n_chunks < FEWEST_PASSAGES and (one.fixed, one.tuned, one.of_settings) == (None, None, None)


def _is_due(one: CollectionWeight) -> bool:
    if one.fixed is not None or one.n_chunks < FEWEST_PASSAGES:
        return False
    return one.tuned is None or not one.tuned_of / _GROWTH < one.n_chunks < one.tuned_of * _GROWTH


def tune_due(library: Library, is_wanted: IsWanted = lambda: True) -> list[str]:
    """Tune every collection that is due, as long as that is wanted; those that were."""
    return [name for name in due(library) if is_wanted() and tune(library, name, is_wanted)]


def tune_quietly(library: Library, is_wanted: IsWanted = lambda: True) -> None:
    """The same once all files are in: a failure costs the weight alone, and is noted. Raises Replaced."""
    try:
        tune_due(library, is_wanted)
    except Replaced:
        raise
    except FootnoteError as error:
        library.note(f"{error}; until then the dense weights stay as they are")


def tune(library: Library, collection: str, is_wanted: IsWanted = lambda: True, *, limit_s: float = _LIMIT_S) -> bool:
    """Ask, weigh and keep the result; False where that was not wanted any more, which leaves all as it was.

    After `limit_s` seconds it rests on the questions that have been asked until then. Where these are too few the
    default is kept, so that it is not tried again before the collection grows.
    """
    until = time.monotonic() + limit_s
    active, n_chunks = library.catalogue.embedders.active(), _n_chunks(library, collection)
    if active is None:
        return False
    rows: list[NDArray[np.float64]] = []
    for row in _asked(library, collection, active):
        if not is_wanted():
            return False
        rows += row
        if time.monotonic() > until:
            break
    weight = best_weight(rows) if len(rows) >= FEWEST else DEFAULT_WEIGHT
    library.catalogue.weights.tune(collection, weight, len(rows), n_chunks, active.fingerprint)
    return True


def _n_chunks(library: Library, collection: str) -> int:
    return sum(one.n_chunks for one in library.catalogue.weights.of(Scope(collections=(collection,))))


def _asked(library: Library, collection: str, active: KnownEmbedder) -> Iterator[list[NDArray[np.float64]]]:
    """The gains of a question more at each step; the first steps make the questions, and give none."""
    chunks, vectors = _pool(library, collection, active)
    questions = [one for one in made_questions(chunks, N_QUESTIONS) if library.embedder.reads(one.text)]
    rows = {chunk.id: row for row, chunk in enumerate(chunks)}
    changed = [passage for one in questions for passage in one.passages]
    for at in range(0, len(changed), _AT_ONCE):
        some = changed[at : at + _AT_ONCE]
        vectors[[rows[passage.id] for passage in some]] = library.embedder.embed_documents(list(map(text_of, some)))
        yield []
    held = {passage.id: passage for passage in changed}
    languages = library.catalogue.languages({chunk.document_id for chunk in chunks})
    searched = HeldOut([held.get(chunk.id, chunk) for chunk in chunks], languages, vectors)
    texts = {chunk.id: chunk.text for chunk in chunks}
    for one in questions:
        right = frozenset(passage.id for passage in one.passages)
        dense = searched.dense(library.embedder.embed_query(one.text), CANDIDATES)
        keyword = searched.keyword(one.text, CANDIDATES)
        kept = partial(_without_twins, question=one.text, right=right, texts=texts)
        yield [gains(Probe(kept(dense), kept(keyword), right))]


def _pool(library: Library, collection: str, active: KnownEmbedder) -> tuple[list[Chunk], Vectors]:
    """Passages of a collection with their vectors, all or so many by chance."""
    catalogue = library.catalogue
    ids: Ids = catalogue.chunk_ids(Scope(collections=(collection,)))
    if len(ids) > _MOST_PASSAGES:
        ids = np.array(sorted(random.Random(0).sample(ids.tolist(), _MOST_PASSAGES)))  # noqa: S311
    ids, vectors = catalogue.vectors(active.id, ids)
    chunks = catalogue.chunks(ids.tolist())
    is_there = np.array([int(number) in chunks for number in ids])  # others may have been removed since
    return [chunks[int(number)] for number in ids[is_there]], vectors[is_there].copy()


def _without_twins(ranking: Ranking, question: str, right: Set[int], texts: Mapping[int, str]) -> Ranking:
    """Another passage that holds the very words answers as well, and nothing could rank the right one before it."""
    kept = np.array([i in right or question not in texts[i] for i in ranking.ids.tolist()], dtype=bool)
    return Ranking(ranking.ids[kept], ranking.scores[kept])
