"""A Shelf over a real catalogue: order, scope, vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from indexes.library import Library
from indexes.shelf import CatalogueShelf
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from rag.types import Scope


def test_documents_and_passages_come_in_order_whatever_was_read_anew(tmp_path: Path):
    library = Library(Settings(home=tmp_path / "home", chunk_tokens=64))
    files = []
    for name in ("one.md", "two.md"):
        (tmp_path / name).write_text("\n\n".join(f"## Part {n}\n\n" + f"{name} says it {n}. " * 20 for n in range(6)))
        files.append(File(tmp_path / name, name))
    assert [outcome.state for outcome in Pipeline(library, "default").add(files)] == ["ready", "ready"]
    (tmp_path / "one.md").write_text("\n\n".join(f"## New {n}\n\n" + f"it is new {n}. " * 20 for n in range(6)))
    assert [outcome.state for outcome in Pipeline(library, "default").add(files[:1])] == ["ready"]

    shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(library.embedder), library.embedder.dim)
    one, two = shelf.documents(Scope())
    assert (one.file, two.file) == ("one.md", "two.md")
    ids = shelf.passages(Scope())
    chunks = shelf.chunks(ids.tolist())
    places = [(chunks[id].document_id, chunks[id].ordinal) for id in ids.tolist()]
    assert places == sorted(places)
    assert ids[0] > ids[-1]  # the first document was read anew, so that its passages have the higher numbers
    assert set(shelf.passages(Scope(documents=(two.id,))).tolist()) == set(ids[one.n_passages :].tolist())
    assert not len(shelf.passages(Scope(collections=("elsewhere",))))

    rows = shelf.vectors(np.append(ids, 10**9))
    assert np.allclose(np.linalg.norm(rows[:-1], axis=1), 1, atol=1e-2)
    assert not rows[-1].any()
    texts = [chunks[id] for id in ids[:2].tolist()]
    again = library.embedder.embed_documents([f"{chunk.heading}\n{chunk.text}" for chunk in texts])
    assert (rows[:2] * again).sum(axis=1).min() > 0.8
