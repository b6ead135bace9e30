"""The map of a collection: its passages as points by what they mean, the question and its hits among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.components import lab_search
from app.components.answer_card import title
from app.components.drawing import component
from app.components.plain_text import shortened
from app.components.resources import personal
from app.components.told_apart import told_apart
from app.lab.bench import Bench
from app.lab.plane import Embeddings, beginning
from app.words import numeral, percent, tr, trn
from rag.inert import visible
from rag.types import Chunk, Hit, Scope

_FEWEST = 3
_LONGEST_NAME = 40

_draw = component("lab_map", "lab.css", "lab_map.js")


def show(question: str, scope: Scope) -> None:
    """Draw the map of one collection."""
    lab = personal().lab
    known = lab.with_passages(scope)
    names = sorted(known, key=lambda name: -known[name].n_chunks)  # the first is drawn before anybody has chosen
    name = st.selectbox(tr("Collection to draw"), names, key="lab-map-of") if len(names) > 1 else "".join(names[:1])
    if not name:
        st.info(tr("There are no passages in these collections yet."))
        return
    with st.spinner(tr("Drawing the map")):
        drawn = _embeddings(lab, *lab.state, lab.embedder, name)
        if len(drawn.ids) < _FEWEST:
            told = tr(
                "A map needs {least} passages or more, and this collection has {n}.", least=_FEWEST, n=len(drawn.ids)
            )
            st.info(told)
            return
        data = points(drawn, *_asked(drawn, question, Scope((name,))))
    picked = _draw(data=data | {"words": _words()}, key="lab-map", on_picked_change=lambda: None).picked
    st.caption(_told(drawn))
    there = [*drawn.ids, *(hit["id"] for hit in data["hits"])]
    if isinstance(picked, Mapping) and picked.get("id") in there:
        lab_search.inspect(picked["id"])


def _words() -> dict[str, str]:
    """What `lab_map.js` says."""
    return {
        "question": tr("Question"),
        "hit": tr("Hit {rank}: {title}. {words}. Inspect"),
        "show": tr("Show the passages of {name}"),
    }


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
    apart = told_apart([*drawn.names.values(), *(hit.chunk for hit in hits)])
    names = {document: _called(chunk, apart) for document, chunk in drawn.names.items()}
    n_others = len(drawn.names) - len(coloured)
    return {
        "label": _name(len(drawn.ids), len(hits)),
        "ids": drawn.ids,
        "places": drawn.places.round(4).tolist(),
        "documents": [coloured.get(document, len(coloured)) for document in drawn.documents],
        "titles": [names[document] for document in drawn.documents],
        "texts": [visible(words) for words in drawn.words],
        "names": [names[document] for document in coloured],
        "others": trn(n_others, "{n} other document", "{n} other documents") if n_others > 0 else "",
        "question": question,
        "hits": [
            {
                "id": hit.chunk.id,
                "rank": n,
                "at": at,
                "title": _called(hit.chunk, apart),
                "words": visible(beginning(hit.chunk)),
            }
            for n, (hit, at) in enumerate(zip(hits, places, strict=True), start=1)
        ],
    }


def _called(chunk: Chunk, apart: Mapping[int, str]) -> str:
    return " · ".join(filter(None, (shortened(title(chunk), _LONGEST_NAME), apart[chunk.document_id])))


def _name(n: int, n_hits: int) -> str:
    if n_hits:
        return trn(
            n, "Map of {n} passage, and {hits} hits", "Map of {n} passages, and {hits} hits", hits=numeral(n_hits)
        )
    return trn(n, "Map of {n} passage", "Map of {n} passages")


def _told(drawn: Embeddings) -> str:
    n, n_all = len(drawn.ids), drawn.n_all
    if n == n_all:
        passages = trn(n, "{n} passage", "{n} passages")
    else:
        passages = trn(
            n_all, "{some} of {n} passage, evenly spread", "{some} of {n} passages, evenly spread", some=numeral(n)
        )
    return tr(
        "{passages}. What lies near means alike, as far as a plane can show it: these two directions hold {share} of "
        "the differences. Point at a passage to read it, click to look inside.",
        passages=passages,
        share=percent(drawn.plane.share),
    )
