"""The part of the Lab in which a search is taken apart: its settings, its stages, and how ranks moved."""

from __future__ import annotations

from dataclasses import fields

import streamlit as st

from app.components import lab_stages, weight_line
from app.components.plain_text import label
from app.components.query_text import searched
from app.components.resources import personal
from app.components.source_view import open_with
from app.lab.bench import Bench
from app.lab.stages import Looked, SearchSettings
from app.words import msgid, numeral, tr
from indexes.weight_table import CollectionWeight
from rag.inert import inert
from rag.types import Hit, Scope

_DEPTHS = (10, 20, 50, 100, 200, 400, 800)
_MOST_KEPT = 20
_MOST_RERANKED = 50
_FIELDS = [field.name for field in fields(SearchSettings)]
_ROUND = "lab-round"
_KEPT = "lab-moved-"
INSPECTED, SECTION = "lab-inspected", "lab-section"
PASSAGE = msgid("Passage")


def show(question: str, scope: Scope) -> None:
    """Draw the search of a question; a change of its settings draws this part anew and nothing else."""
    usual = personal().lab.usual(scope)
    settings = _controls(usual, scope)
    found, before = looked(question, scope, settings), looked(question, scope, usual)
    if changed := searched(found.query):
        st.caption(label(changed, 300))
    if found.notice:
        st.warning(inert(found.notice, escape_dollars=True))
    if not found.kept:
        st.info(tr("Nothing was found: there are no passages in these collections yet."))
        return
    if settings != usual:
        _show_moves(before, found)
    st.caption(_told(found))
    _pick(lab_stages.show(found, "lab-stages"))


def _show_moves(before: Looked, found: Looked) -> None:
    """How the kept passages moved by the settings."""
    with st.container(border=True):
        if [hit.chunk.id for hit in found.kept] == [hit.chunk.id for hit in before.kept]:
            st.caption(tr("These settings keep the same passages in the same order."))
        lab_stages.show_moves(before.kept, found.kept, "lab-moves")


def _told(found: Looked) -> str:
    """The time, and what goes on between the stages that are drawn."""
    times = found.trace.milliseconds()
    return tr(
        "{all} ms of work in all; words looked up {words} ms, near-duplicates left out {select} ms. Point at a passage "
        "to see it in every stage.",
        all=numeral(sum(times.values())),
        words=numeral(times["words"], 1),
        select=numeral(times["select"], 1),
    )


def looked(question: str, scope: Scope, settings: SearchSettings) -> Looked:
    """A search stage by stage; searched anew only when question, settings or documents have changed."""
    lab = personal().lab
    asked = (lab, *lab.state, question, lab.within(scope), settings)
    with st.spinner(tr("Searching")):
        found = _looked(*asked)
    if found.notice:  # what was wrong then may be right the next time
        _looked.clear(*asked)
    return found


@st.cache_resource(max_entries=32, show_spinner=False)
def _looked(  # noqa: PLR0917 - the cache's key
    _lab: Bench,
    home: str,  # noqa: ARG001
    sequence: int,  # noqa: ARG001
    question: str,
    scope: Scope,
    settings: SearchSettings,
) -> Looked:
    return _lab.look(question, scope, settings)


def _pick(picked: tuple[str, Hit] | None) -> None:
    if picked is None:
        return
    kind, hit = picked
    if kind == "inspect":
        inspect(hit.chunk.id)
    open_with(hit)
    st.rerun()


def inspect(chunk: int) -> None:
    """Go to the passage."""
    st.session_state[INSPECTED] = chunk
    st.session_state[f"{SECTION}-next"] = PASSAGE
    st.rerun()


def _controls(usual: SearchSettings, scope: Scope) -> SearchSettings:
    """The settings as a person has moved them; those of other collections begin anew."""
    with st.container(key="lab-controls"):
        columns = st.columns(5, vertical_alignment="bottom")
        columns[0].slider(
            tr("Meaning against words"),
            0.0,
            1.0,
            step=0.01,
            key=_moved("weight", usual, scope),
            help=tr("0: words alone. 1: meaning alone. It begins at what the collection was tuned or set to."),
        )
        columns[1].select_slider(
            tr("Candidates of each search"),
            _DEPTHS,
            key=_moved("candidates", usual, scope),
            help=tr("Passages that search by meaning and search by words each hand to the fusion."),
        )
        columns[2].slider(tr("Passages kept"), 1, max(_MOST_KEPT, usual.k), key=_moved("k", usual, scope))
        is_reranked = columns[3].toggle(
            tr("Rerank"),
            key=_moved("is_reranked", usual, scope),
            disabled=not usual.is_reranked,
            help=tr("The best are read together with the question, where FOOTNOTE_RERANKER names a reranker."),
        )
        columns[4].slider(
            tr("Passages reranked"),
            1,
            max(_MOST_RERANKED, usual.depth),
            key=_moved("depth", usual, scope),
            disabled=not is_reranked,
            help=tr("So many of the best are read together with the question; the others stay below them."),
        )
        settings = SearchSettings(**{f: st.session_state[_moved(f, usual, scope)] for f in _FIELDS})
        _offers(usual, settings, scope)
    return settings


def _moved(name: str, usual: SearchSettings, scope: Scope) -> str:
    """The key of the widget that moves a setting, which begins at the usual one."""
    key = f"{_KEPT}{name}-{st.session_state.setdefault(_ROUND, 0)}-{usual.weight}-{'/'.join(scope.collections)}"
    st.session_state.setdefault(key, getattr(usual, name))
    return key


def keep_moved() -> None:
    """Called with every run: Streamlit forgets what a widget was moved to while another part of the page is shown."""
    for key in [str(key) for key in st.session_state if str(key).startswith(_KEPT)]:
        st.session_state[key] = st.session_state[key]


def _offers(usual: SearchSettings, settings: SearchSettings, scope: Scope) -> None:
    """To keep the weight for the collection, and to go back."""
    library, found = personal().library, list(personal().lab.with_passages(scope).values())
    one = found[0] if len(found) == 1 else None
    with st.container(horizontal=True, vertical_alignment="center"):
        if settings != usual:
            st.button(tr("Back to the usual settings"), icon=":material/undo:", type="tertiary", on_click=_back)
        if one is None or one.of_settings is not None:
            st.caption(tr("FOOTNOTE_DENSE_WEIGHT says the weight of all collections.") if one else "")
            return
        if not library.may_edit(one.collection):
            st.caption(_weight(one))
            return
        if settings.weight != usual.weight:
            name, weight = label(one.collection, 40), numeral(settings.weight, 2)
            told = tr("Use {weight} for “{name}”", weight=weight, name=name)
            hint = tr("Every question in this collection is searched by it.")
            if st.button(told, icon=":material/check:", help=hint):
                library.fix_weight(one.collection, settings.weight)
                st.rerun()
        elif one.fixed is not None and st.button(tr("Let the weight be tuned again"), icon=":material/autorenew:"):
            library.fix_weight(one.collection, None)
            st.rerun()
        st.caption(_weight(one))


def _weight(one: CollectionWeight) -> str:
    return tr("“{name}”: {told}", name=label(one.collection, 40), told=weight_line.told(one))


def _back() -> None:
    st.session_state[_ROUND] += 1
