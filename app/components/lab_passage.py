"""One passage from within: what was embedded, how it meets the question, and what lies beside and near it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import lab_search, passage_text
from app.components.answer_card import title, where
from app.components.plain_text import label, shortened
from app.components.resources import personal
from app.components.source_view import open_with
from app.lab.bench import Bench
from app.lab.passage import Inspected
from app.lab.plane import beginning
from indexes.keyword_index import WordShare
from rag.inert import visible
from rag.types import Chunk, Hit, Scope


def show(question: str, scope: Scope) -> None:
    """Draw the passage that was picked, or the best one for the question."""
    lab, catalogue = personal().lab, personal().catalogue
    found = lab_search.looked(question, scope, lab.usual(scope)) if question else None
    picked = st.session_state.get(lab_search.INSPECTED)
    if picked is None and found is not None and found.kept:
        picked = found.kept[0].chunk.id
    if picked is None:
        st.info("Pick a passage: ask something and choose “Inspect” at one of its hits, or click a point of the map.")
        return
    if picked not in catalogue.chunks([picked]):
        st.info("This passage is not there any more: its document was changed or removed.")
        return
    with st.spinner("Looking at the passage"):
        searched = "" if found is None else found.searched
        seen = _inspected(lab, *lab.state, picked, searched, lab.within(Scope()))
    _head(seen)
    _figures(seen)
    st.header("As it was embedded", anchor=False)
    passage_text.show([{"kind": "text", "pieces": parts(seen)}], key="lab-embedded")
    if seen.words:
        st.header("What its words add", anchor=False)
        _words(seen.words)
    if seen.near:
        st.header("Nearest passages of the collection", anchor=False)
        _near(seen.near)


@st.cache_resource(max_entries=32, show_spinner=False)
def _inspected(_lab: Bench, home: str, sequence: int, number: int, searched: str, scope: Scope) -> Inspected:  # noqa: ARG001, PLR0917
    return _lab.inspect(number, searched, scope)


def _head(seen: Inspected) -> None:
    chunk = seen.chunk
    hit = Hit(chunk, seen.cosine or 0.0, "dense")
    st.header(label(title(chunk), 120), anchor=False)
    place = where(hit)
    st.caption(
        label(
            " · ".join(filter(None, (place, f"passage {chunk.ordinal + 1} of {seen.n_passages}", chunk.collection))),
            300,
        )
    )
    with st.container(horizontal=True):
        for name, icon, beside in (
            ("Passage before", ":material/arrow_back:", seen.before),
            ("Passage after", ":material/arrow_forward:", seen.after),
        ):
            if st.button(name, icon=icon, disabled=beside is None, key=f"lab-{name.split()[1]}") and beside is not None:
                lab_search.inspect(beside.id)
        if st.button("Open the source", icon=":material/open_in_new:", key="lab-source"):
            open_with(hit)
            st.rerun()


def _figures(seen: Inspected) -> None:
    figures = {
        "Tokens": f"{seen.n_tokens:,}",
        "With its heading": f"{seen.n_embedded:,} of {seen.max_tokens:,}",
        "Meaning (cosine)": "–" if seen.cosine is None else f"{seen.cosine:.3f}",
        "Words (BM25)": f"{seen.keyword_score:.2f}" if seen.words else "–",
    }
    for column, (name, figure) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(name, figure)


def parts(seen: Inspected) -> list[tuple[str, str]]:
    """(kind, words): heading and context that were embedded with it, and its own text."""
    above = seen.embedded.removesuffix(seen.chunk.text)
    return [(kind, words) for kind, words in (("around", above), ("passage", seen.chunk.text)) if words]


def _words(words: Sequence[WordShare]) -> None:
    highest = max(one.score for one in words)
    rows = [
        {"Word of the question": visible(one.word), "Adds": round(one.score, 3), "In passages": one.n_chunks}
        for one in words
    ]
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        alt="What every word of the question adds to the passage's keyword score",
        column_config={
            "Adds": st.column_config.ProgressColumn(min_value=0.0, max_value=highest or 1.0, format="%.2f"),
            "In passages": st.column_config.NumberColumn(help="Of all collections."),
        },
    )
    st.caption("As the index writes them: without endings. A word that the passage lacks adds nothing.")


def _near(near: Sequence[tuple[Hit, bool]]) -> None:
    st.dataframe(
        [
            {
                "Cosine": round(hit.score, 3),
                "Nearly the same": is_same,
                "Document": shortened(title(hit.chunk), 40),
                "Passage": hit.chunk.ordinal + 1,
                "Begins": _begins(hit.chunk),
            }
            for hit, is_same in near
        ],
        hide_index=True,
        width="stretch",
        alt="The nearest passages of the collection",
    )


def _begins(chunk: Chunk) -> str:
    return visible(beginning(chunk))
