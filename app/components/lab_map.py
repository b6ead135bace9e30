"""The map of a collection: its passages as points by what they mean, the question and its hits among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components import lab_search
from app.components.answer_card import title
from app.components.drawing import component
from app.components.plain_text import shortened
from app.components.resources import personal
from app.lab.bench import Bench
from app.lab.plane import Embeddings, beginning
from rag.inert import visible
from rag.types import Hit, Scope, counted

_FEWEST = 3
_LONGEST_NAME = 40

_draw = component("lab_map", "lab.css", "lab_map.js")


def show(question: str, scope: Scope) -> None:
    """Draw the map of one collection."""
    lab = personal().lab
    names = list(lab.with_passages(scope))
    name = st.selectbox("Collection to draw", names, key="lab-map-of") if len(names) > 1 else "".join(names[:1])
    if not name:
        st.info("There are no passages in these collections yet.")
        return
    with st.spinner("Drawing the map"):
        drawn = _embeddings(lab, *lab.state, lab.embedder, name)
        if len(drawn.ids) < _FEWEST:
            st.info(f"A map needs {_FEWEST} passages or more, and this collection has {len(drawn.ids)}.")
            return
        data = points(drawn, *_asked(drawn, question, Scope((name,))))
    picked = _draw(data=data, key="lab-map", on_picked_change=lambda: None).picked
    st.caption(_told(drawn))
    known = {*drawn.ids, *(hit["id"] for hit in data["hits"])}
    if picked is not None and picked.get("id") in known:
        lab_search.inspect(picked["id"])


def _asked(
    drawn: Embeddings, question: str, scope: Scope
) -> tuple[tuple[float, float] | None, Sequence[Hit], Sequence[tuple[float, float]]]:
    """Where the question lies, and its hits in this collection with their places."""
    if not question:
        return None, (), ()
    lab = personal().lab
    found = lab_search.looked(question, scope, lab.usual(scope))
    places = lab.hit_places(drawn, [hit.chunk.id for hit in found.kept])
    return lab.question_place(drawn, found.searched), found.kept, places


@st.cache_resource(max_entries=4, show_spinner=False)
def _embeddings(_lab: Bench, home: str, sequence: int, embedder: str, collection: str) -> Embeddings:  # noqa: ARG001, PLR0917 - the cache's key
    return _lab.embeddings(collection)


def points(
    drawn: Embeddings,
    question: tuple[float, float] | None,
    hits: Sequence[Hit],
    places: Sequence[tuple[float, float]],
) -> dict[str, Any]:
    """What the browser draws; all of it plain text."""
    coloured = {document: n for n, document in enumerate(drawn.coloured)}
    names = {document: shortened(title(chunk), _LONGEST_NAME) for document, chunk in drawn.names.items()}
    n_others = len(drawn.names) - len(coloured)
    return {
        "label": f"Map of {counted(len(drawn.ids), 'passage')}" + (f", and {len(hits)} hits" if hits else ""),
        "ids": drawn.ids,
        "places": drawn.places.round(4).tolist(),
        "documents": [coloured.get(document, len(coloured)) for document in drawn.documents],
        "titles": [names[document] for document in drawn.documents],
        "words": [visible(words) for words in drawn.words],
        "names": [names[document] for document in coloured],
        "others": f"{counted(n_others, 'other document')}" if n_others > 0 else "",
        "question": question,
        "hits": [
            {
                "id": hit.chunk.id,
                "rank": n,
                "at": at,
                "title": title(hit.chunk),
                "words": visible(beginning(hit.chunk)),
            }
            for n, (hit, at) in enumerate(zip(hits, places, strict=True), start=1)
        ],
    }


def _told(drawn: Embeddings) -> str:
    n, n_all = len(drawn.ids), drawn.n_all
    drawn_of = counted(n, "passage") if n == n_all else f"{n:,} of {counted(n_all, 'passage')}, evenly spread"
    return (
        f"{drawn_of}. What lies near means alike, as far as a plane can show it: these two directions hold "
        f"{drawn.plane.share:.0%} of the differences. Point at a passage to read it, click to look inside."
    )
