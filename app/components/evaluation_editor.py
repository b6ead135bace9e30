"""The questions of a set as a table that can be written in, so many at a time; what is saved can be taken back once."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.evaluation_stores import attempt, show_trouble, sources
from app.components.plain_text import label
from app.evaluation.sets import QuestionSet, QuestionSets
from app.evaluation.taking import Taken, taken_from_table
from app.question_sets.fields import HALF_PAIR
from app.question_sets.rows import SetQuestion
from app.words import tr

_ON_A_PAGE = 200
_SETTLE_S = 0.5
"""Streamlit keeps edits of a table back for 0.15 s."""
_ROUND, _TABLE = "evaluation-editor-round", "evaluation-editor-table"
_BEGUN, _WISHED = "evaluation-editor-begun", "evaluation-editor-wished"
_COLUMNS = ("question", "answers", "documents", "pages", "answerable")


@dataclass(frozen=True, slots=True)
class _Begun:
    """What the table on the page began with: its edits are those of these rows alone."""

    id: str
    version: str
    questions: Sequence[SetQuestion]


@dataclass(frozen=True, slots=True)
class _Wish:
    """That the table be saved in the place of this version; since when, by the clock that only goes on."""

    version: str
    at: float


def show(sets: QuestionSets, one: QuestionSet) -> None:
    """Draw the table with its buttons."""
    st.header(label(one.name), anchor=False)
    st.caption(
        tr(
            "About {collection}. Right is an answer that holds one of the answers; found is what stands in one of the "
            "documents, on one of the pages, as far as these are named. Mark rows at the left to delete them.",
            collection=label(one.collection),
        )
    )
    show_trouble()
    begun = _begun(sets, one.id)
    n_pages = max(1, -(-len(begun.questions) // _ON_A_PAGE))
    page = _page(n_pages) if n_pages > 1 else 1
    part = slice((page - 1) * _ON_A_PAGE, page * _ON_A_PAGE)
    drawn = [row_of(question) for question in begun.questions[part]] or [row_of(SetQuestion("", ""))]
    rows = st.data_editor(
        drawn,
        num_rows="dynamic",
        key=_key(f"editor-{one.id}-{page}", len(drawn)),
        width="stretch",
        height=520,
        column_order=_COLUMNS,
        column_config=_config(),
        alt=tr("The questions of the set {name}", name=one.name),
    )
    version = sets.version(one.id)
    if version == begun.version:
        _show_buttons(sets, one, version)
    else:
        _show_choice(version)
    if (wish := st.session_state.get(_WISHED)) is None:
        return
    if _is_settled(wish):
        del st.session_state[_WISHED]
        if wish.version == version:
            before, after = begun.questions[: part.start], begun.questions[part.stop :]
            taken = taken_rows(rows, [*before, *after], sources(one.collection))
            _save(sets, one.id, version, taken, (before, after))
    else:
        st.fragment(_settle, run_every=_SETTLE_S)(wish)


def _page(n_pages: int) -> int:
    """Which part of the set is in the table; it stays there while something is edited, which would go with it."""
    if is_edited := _is_edited():
        st.caption(tr("Save what you have edited before you turn to other questions."))
    return st.pagination(n_pages, key=f"editor-page-{n_pages}", disabled=is_edited)


def _show_buttons(sets: QuestionSets, one: QuestionSet, version: str) -> None:
    with st.container(horizontal=True):
        st.button(tr("Save"), icon=":material/save:", key="editor-save", on_click=_wish, args=(version,))
        if one.has_before:
            st.button(
                tr("Undo the last save"),
                icon=":material/undo:",
                key="editor-undo",
                on_click=_undo,
                args=(sets, one.id, version),
                disabled=_is_edited(),
            )


def _show_choice(version: str) -> None:
    """Of a set that was changed elsewhere since its table was begun, which stays as it is until this is chosen."""
    st.warning(
        tr(
            "This set was changed elsewhere meanwhile. What you have edited is on this page alone: save it in the "
            "place of theirs, which undoing brings back, or show theirs without your edits."
        ),
        icon=":material/sync_problem:",
    )
    with st.container(horizontal=True):
        st.button(tr("Save mine instead"), icon=":material/save:", key="editor-mine", on_click=_wish, args=(version,))
        st.button(tr("Show theirs"), icon=":material/refresh:", key="editor-theirs", on_click=_begin_anew)


def _wish(version: str) -> None:
    """Save in the place of this version, which is the one that was seen."""
    st.session_state[_WISHED] = _Wish(version, time.monotonic())


def _is_settled(wish: _Wish) -> bool:
    """Whether the last edit is here, which the browser sends after the press on the button that ended it."""
    return time.monotonic() - wish.at >= _SETTLE_S


def _settle(wish: _Wish) -> None:
    """Run the page when it is."""
    if _is_settled(wish):
        st.rerun()


def _begun(sets: QuestionSets, id: str) -> _Begun:
    """What the table begins with: what the set is now, or was when what is edited was begun."""
    begun: _Begun | None = st.session_state.get(_BEGUN)
    if begun is not None and begun.id == id and (_is_edited() or _WISHED in st.session_state):
        return begun
    version = sets.version(id)  # before its questions: a change in between is told at saving, not overwritten
    if begun is None or (begun.id, begun.version) != (id, version):
        _begin_anew()
        begun = st.session_state[_BEGUN] = _Begun(id, version, sets.questions(id))
    return begun


def _is_edited() -> bool:
    """Whether the table on the page has edits that are not saved."""
    return any((st.session_state.get(st.session_state.get(_TABLE, "")) or {}).values())


def _begin_anew() -> None:
    """Forget what was edited: the table is another one, with what the set is then."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_BEGUN, None)
    st.session_state.pop(_TABLE, None)


def _key(table: str, n_rows: int) -> str:
    """The key of a table; another one, so that it begins anew, where its edits cannot be those of so many rows."""
    round = st.session_state[_ROUND]
    if not is_fitting(st.session_state.get(f"{table}-{round}"), n_rows):
        round = st.session_state[_ROUND] = round + 1
    key = st.session_state[_TABLE] = f"{table}-{round}"
    return key


def is_fitting(edits: Mapping[str, Any] | None, n_rows: int) -> bool:
    """Whether what the browser says was edited, as Streamlit keeps it, names rows and columns that there are, in
    characters that can be kept: anything else would end the page."""
    if edits is None:
        return True
    rows = [*edits["edited_rows"], *edits["deleted_rows"]]
    columns = {name for row in (*edits["edited_rows"].values(), *edits["added_rows"]) for name in row}
    is_text = HALF_PAIR.search(json.dumps(edits, ensure_ascii=False)) is None
    return is_text and columns <= {"id", *_COLUMNS} and all(row in range(n_rows) for row in rows)


def _config() -> Mapping[str, Any]:
    return {
        "question": st.column_config.TextColumn(tr("Question"), width=330, required=True),
        "answers": st.column_config.ListColumn(
            tr("Answers"), help=tr("Words that a right answer has in it"), width=180
        ),
        "documents": st.column_config.ListColumn(tr("Documents"), help=tr("Names of files"), width=180),
        "pages": st.column_config.ListColumn(tr("Pages"), help=tr("Numbers, counted from 1"), width=85),
        "answerable": st.column_config.CheckboxColumn(tr("Answerable"), default=True, width=115),
    }


def row_of(question: SetQuestion) -> dict[str, Any]:
    """A question as the table shows it; its id is there, and not shown."""
    pages = [str(page) for page in question.pages]
    lists = {"answers": list(question.answers), "documents": list(question.documents), "pages": pages}
    return {"id": question.id, "question": question.text, **lists, "answerable": question.is_answerable}


def taken_rows(rows: Sequence[Mapping[str, Any]], others: Sequence[SetQuestion], documents: frozenset[str]) -> Taken:
    """What the rows of the table say. New ones get ids that none of `others`, the rest of the set, has."""
    used = {row.get("id") for row in rows} | {question.id for question in others}
    free = (f"q{n}" for n in range(1, len(used) + len(rows) + 2) if f"q{n}" not in used)
    plain = []
    for row in rows:
        lists = {key: list(row.get(key) or ()) for key in ("answers", "documents", "pages")}
        pages = [int(page) if str(page).isdecimal() and len(str(page)) < 10 else page for page in lists.pop("pages")]
        is_answerable = row.get("answerable") is not False
        text = (row.get("question") or "").strip()
        if text or any(lists.values()):
            told = {"id": row.get("id") or next(free), "question": text, "pages": pages, "answerable": is_answerable}
            plain.append(told | lists)
    return taken_from_table(plain, documents)


def _save(
    sets: QuestionSets, id: str, version: str, taken: Taken, others: tuple[Sequence[SetQuestion], Sequence[SetQuestion]]
) -> None:
    """Save what was taken between the `others`, which are on other pages of the table."""
    if taken.errors:
        told = [f"- {label(error, 300)}" for error in taken.errors]
        st.error("\n".join([tr("Nothing was saved, since these rows cannot be used:"), "", *told]))
    elif attempt(sets.save, id, [*others[0], *taken.questions, *others[1]], version):
        _begin_anew()
        st.toast(tr("Saved"), icon=":material/check:")
        st.rerun()
    show_trouble()


def _undo(sets: QuestionSets, id: str, version: str) -> None:
    if attempt(sets.undo, id, version):
        _begin_anew()
