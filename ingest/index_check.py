"""Whether the vectors and the two indexes agree with the catalogue. Looking changes nothing, and loads no
model."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt

from indexes.embedder_table import KnownEmbedder
from indexes.keepers import looked_into, missing_folder
from indexes.keyword_index import KeywordSearcher, keyword_folder
from indexes.library import Library
from indexes.vector_keeper import catch_up
from ingest.finding import Finding
from ingest.moving import move_to
from rag.protocols import VectorIndex
from rag.said import Said, say, say_all, say_n
from rag.types import Ids, Scope, Vectors

_SAMPLED = 50
_ITSELF = 0.999
_AT_ONCE = 10_000
_ROUNDED = 0.01
"""By how much half precision may change a vector's length, and more."""


def vectors(library: Library) -> Finding:
    """Every chunk has a vector of the embedder in use, and every vector a chunk."""
    embedders = library.catalogue.embedders
    active, n_chunks = embedders.active(), library.catalogue.n_chunks()
    missing = n_chunks if active is None else len(embedders.without_vector(active.id))
    strays, damaged = embedders.n_strays(), _damaged(library)
    if not missing and not strays and not len(damaged):
        have = say_n(n_chunks, "all {n} chunk have one", "all {n} chunks have one")
        return Finding("vectors", True, have if n_chunks else say("there are none"))
    n_damaged = len(damaged)
    said = [_without(missing, active)] if missing else []
    said += [say_n(strays, "{n} vector without a chunk", "{n} vectors without a chunk")] if strays else []
    said += [say_n(n_damaged, "{n} vector damaged", "{n} vectors damaged")] if n_damaged else []
    return Finding("vectors", False, say_all(said), embed_again)


def _without(missing: int, active: KnownEmbedder | None) -> Said:
    if active is None:
        return say_n(missing, "{n} chunk without a vector", "{n} chunks without a vector")
    return say_n(
        missing, "{n} chunk without a vector of {name}", "{n} chunks without a vector of {name}", name=active.name
    )


def _damaged(library: Library) -> Ids:
    """Chunks whose vector has not the length 1 that it was written with, or cannot be read as numbers."""
    catalogue, active = library.catalogue, library.catalogue.embedders.active()
    if active is None:
        return np.empty(0, np.int64)
    ids = np.setdiff1d(catalogue.chunk_ids(Scope()), catalogue.embedders.without_vector(active.id))
    whole = [np.empty(0, np.int64)]
    for at in range(0, len(ids), _AT_ONCE):
        kept, rows = catalogue.vectors(active.id, ids[at : at + _AT_ONCE])
        whole.append(kept[_are_unit(rows)])
    return np.setdiff1d(ids, np.concatenate(whole))


def _are_unit(rows: Vectors) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(np.linalg.norm(rows, axis=1) - 1) < _ROUNDED)


def embed_again(library: Library) -> str:
    """Give every chunk a vector that has none or a damaged one, and delete vectors of no chunk."""
    library.catalogue.embedders.drop_vectors(_damaged(library))
    n = move_to(library, library.embedder, lambda _done, _total: None) if library.catalogue.n_chunks() else 0
    strays = library.catalogue.embedders.drop_strays()
    rebuild_vector_index(library)  # it may have passed over those that had no vector
    gone = say_n(strays, "{n} stray vector deleted", "{n} stray vectors deleted")
    return say_all([say_n(n, "{n} passage embedded", "{n} passages embedded"), gone], ", ")


def vector_index(library: Library) -> Finding:
    """The kept index, brought up to the catalogue apart, finds every chunk that has a vector."""
    name, catalogue = "vector index", library.catalogue
    ids, active = catalogue.chunk_ids(Scope()), catalogue.embedders.active()
    if not len(ids):
        return Finding(name, True, say("there are no chunks to be in it"))
    if active is None:
        return Finding(name, False, say("no chunk has a vector that could be in it"))
    if folder := missing_folder(library.settings, catalogue, active):
        text = say(
            "{folder} is missing; until it is made anew, searches read the catalogue instead", folder=str(folder)
        )
        return Finding(name, False, text, rebuild_vector_index)
    notes: list[str] = []
    library.close()  # it may own the folder
    with looked_into(library.settings, catalogue, active, notes.append) as keeper:
        if keeper is None:
            return Finding(name, True, say("another process has it open: look again when that has ended"))
        index, sequence = keeper.open()
        catch_up(index, catalogue, active.id, sequence)
        wrong = notes[0] if notes else _differs(library, index, active, ids)
    if wrong:
        return Finding(name, False, wrong, rebuild_vector_index)
    looked_for = min(len(ids), _SAMPLED)
    sought = say("{n} of them looked for and found", n=looked_for)
    return Finding(name, True, say_all([_all_in(len(ids)), sought]))


def _all_in(n: int) -> Said:
    return say_n(n, "all {n} chunk are in it", "all {n} chunks are in it")


def _disagrees(n: int) -> Said:
    return say_n(
        n, "it disagrees with the catalogue about {n} chunk", "it disagrees with the catalogue about {n} chunks"
    )


def _differs(library: Library, index: VectorIndex, active: KnownEmbedder, ids: Ids) -> str:
    """In what an index differs from the vectors of the catalogue; of those that it lacks another finding tells."""
    anywhere = np.full(active.dim, active.dim**-0.5, dtype=np.float32)
    found = index.search(anywhere, len(index)).ids
    absent, _ = library.catalogue.vectors(active.id, np.setdiff1d(ids, found))
    if n_wrong := len(absent) + len(np.setdiff1d(found, ids)):
        return _disagrees(n_wrong)
    sample = np.sort(np.random.default_rng(7).permutation(ids)[:_SAMPLED])
    _, rows = library.catalogue.vectors(active.id, sample)
    best = [index.search(row, 1).scores for row in rows[_are_unit(rows)]]
    n_lost = sum(not len(scores) or scores[0] <= _ITSELF for scores in best)
    if not n_lost:
        return ""
    of = len(sample)
    return say_n(
        of, "{lost} of {n} chunk do not find themselves", "{lost} of {n} chunks do not find themselves", lost=n_lost
    )


def rebuild_vector_index(library: Library) -> str:
    """From the catalogue, whatever is kept; what is kept goes when the new one is there, so that a failure is seen."""
    if library.catalogue.embedders.active() is None:
        library.catalogue.embedders.forget_generations()
    else:
        library.dense.renew()
        library.checkpoint_of(library.embedder, is_anew=True)
    return say("the vector index was built anew from the catalogue")


def keyword_index(library: Library) -> Finding:
    """The kept index, brought up to the catalogue in a folder apart, knows every chunk."""
    name, catalogue = "keyword index", library.catalogue
    expected, folder = np.sort(catalogue.chunk_ids(Scope())), keyword_folder(catalogue.home)
    if not len(expected) and not folder.exists():
        return Finding(name, True, say("there are no chunks to be in it"))
    if not folder.exists():
        text = say("{folder} is missing; the next search makes it anew from the catalogue", folder=str(folder))
        return Finding(name, False, text, rebuild_keyword)
    os.listdir(folder)  # whose links would be empty where it cannot be read
    notes: list[str] = []
    indexed = np.sort(KeywordSearcher(catalogue, notes.append, is_apart=True).ids())
    if notes:
        return Finding(name, False, notes[0], rebuild_keyword)
    if np.array_equal(expected, indexed):
        return Finding(name, True, _all_in(len(expected)))
    return Finding(name, False, _disagrees(len(np.setxor1d(expected, indexed))), rebuild_keyword)


def rebuild_keyword(library: Library) -> str:
    """From the catalogue, whatever is kept."""
    library.keyword.renew()
    return say("the keyword index was built anew from the catalogue")
