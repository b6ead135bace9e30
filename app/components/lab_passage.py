"""One passage from within: what was embedded, how it meets the question, and what lies beside and near it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import lab_search, passage_text
from app.components.answer_card import title, where
from app.components.plain_text import label, shortened
from app.components.resources import personal
from app.components.source_view import open_with
from app.components.told_apart import told_apart
from app.lab.bench import Bench
from app.lab.passage import Inspected
from app.lab.plane import beginning
from app.words import msgid, numeral, tr
from indexes.keyword_index import WordShare
from rag.inert import visible
from rag.types import Chunk, Hit, Scope

_WORD, _ADDS, _IN = msgid("Word of the question"), msgid("Adds"), msgid("In passages")
_COSINE, _SAME = msgid("Cosine"), msgid("Nearly the same")
_DOCUMENT, _PASSAGE, _BEGINS = msgid("Document"), msgid("Passage"), msgid("Begins")


def show(question: str, scope: Scope) -> None:
    """Draw the passage that was picked, or the best one for the question."""
    lab, catalogue = personal().lab, personal().catalogue
    found = lab_search.looked(question, scope, lab.usual(scope)) if question else None
    picked = st.session_state.get(lab_search.INSPECTED)
    if picked is None and found is not None and found.kept:
        picked = found.kept[0].chunk.id
    if picked is None:
        told = tr("Pick a passage: ask something and choose “Inspect” at one of its hits, or click a point of the map.")
        st.info(told)
        return
    if picked not in catalogue.chunks([picked]):
        st.info(tr("This passage is not there any more: its document was changed or removed."))
        return
    with st.spinner(tr("Looking at the passage")):
        searched = "" if found is None else found.searched
        seen = _inspected(lab, *lab.state, picked, searched, lab.within(Scope()))
    _head(seen)
    _figures(seen)
    st.header(tr("As it was embedded"), anchor=False)
    passage_text.show([{"kind": "text", "pieces": parts(seen)}], key="lab-embedded")
    if seen.words:
        st.header(tr("What its words add"), anchor=False)
        _words(seen.words)
    if seen.near:
        st.header(tr("Nearest passages of the collection"), anchor=False)
        _near(seen.near)


@st.cache_resource(max_entries=32, show_spinner=False)
def _inspected(_lab: Bench, home: str, sequence: int, number: int, searched: str, scope: Scope) -> Inspected:  # noqa: ARG001, PLR0917
    return _lab.inspect(number, searched, scope)


def _head(seen: Inspected) -> None:
    chunk = seen.chunk
    hit = Hit(chunk, seen.cosine or 0.0, "dense")
    st.header(label(title(chunk), 120), anchor=False)
    passage = tr("passage {n} of {last}", n=chunk.ordinal + 1, last=seen.n_passages)
    st.caption(label(" · ".join(filter(None, (where(hit), passage, chunk.collection))), 300))
    with st.container(horizontal=True):
        for name, key, icon, beside in (
            (tr("Passage before"), "lab-before", ":material/arrow_back:", seen.before),
            (tr("Passage after"), "lab-after", ":material/arrow_forward:", seen.after),
        ):
            if st.button(name, icon=icon, disabled=beside is None, key=key) and beside is not None:
                lab_search.inspect(beside.id)
        if st.button(tr("Open the source"), icon=":material/open_in_new:", key="lab-source"):
            open_with(hit)
            st.rerun()


def _figures(seen: Inspected) -> None:
    """Those that there are: how it meets a question only where one is asked."""
    figures = {
        tr("Tokens"): numeral(seen.n_tokens),
        tr("With its heading"): tr("{n} of {most}", n=numeral(seen.n_embedded), most=numeral(seen.max_tokens)),
    }
    if seen.cosine is not None:
        figures[tr("Meaning (cosine)")] = numeral(seen.cosine, 3)
    if seen.words:
        figures[tr("Words (BM25)")] = numeral(seen.keyword_score, 2)
    with st.container(key="figures-of-passage"):
        for column, (name, figure) in zip(st.columns(4), figures.items(), strict=False):
            column.metric(name, figure)
    if seen.cosine is None and not seen.words:
        st.caption(tr("Type a question above to see how this passage meets it."))


def parts(seen: Inspected) -> list[tuple[str, str]]:
    """(kind, words): heading and context that were embedded with it, and its own text."""
    above = seen.embedded.removesuffix(seen.chunk.text)
    return [(kind, words) for kind, words in (("around", above), ("passage", seen.chunk.text)) if words]


def _words(words: Sequence[WordShare]) -> None:
    highest = max(one.score for one in words)
    rows = [{_WORD: visible(one.word), _ADDS: round(one.score, 3), _IN: one.n_chunks} for one in words]
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        alt=tr("What every word of the question adds to the passage's keyword score"),
        column_config={
            _WORD: tr(_WORD),
            _ADDS: st.column_config.ProgressColumn(tr(_ADDS), min_value=0.0, max_value=highest or 1.0, format="%.2f"),
            _IN: st.column_config.NumberColumn(tr(_IN), help=tr("Of all collections.")),
        },
    )
    st.caption(tr("As the index writes them: without endings. A word that the passage lacks adds nothing."))


def _near(near: Sequence[tuple[Hit, bool]]) -> None:
    apart = told_apart(hit.chunk for hit, _ in near)
    st.dataframe(
        [
            {
                _COSINE: round(hit.score, 3),
                _SAME: is_same,
                _DOCUMENT: " · ".join(filter(None, (shortened(title(hit.chunk), 40), apart[hit.chunk.document_id]))),
                _PASSAGE: hit.chunk.ordinal + 1,
                _BEGINS: _begins(hit.chunk),
            }
            for hit, is_same in near
        ],
        hide_index=True,
        width="stretch",
        alt=tr("The nearest passages of the collection"),
        column_config={name: tr(name) for name in (_COSINE, _SAME, _DOCUMENT, _PASSAGE, _BEGINS)},
    )


def _begins(chunk: Chunk) -> str:
    return visible(beginning(chunk))
