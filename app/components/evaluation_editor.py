"""The questions of a set as a table that can be written in, so many at a time; what is saved can be taken back once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
_VERSION = "evaluation-editor-version"
_COLUMNS = ("question", "answers", "documents", "pages", "answerable")


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
    questions = sets.questions(one.id)
    n_pages = max(1, -(-len(questions) // _ON_A_PAGE))
    page = st.pagination(n_pages, key=f"editor-page-{n_pages}") if n_pages > 1 else 1
    part = slice((page - 1) * _ON_A_PAGE, page * _ON_A_PAGE)
    drawn = [row_of(question) for question in questions[part]] or [row_of(SetQuestion("", ""))]
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
    with st.container(horizontal=True):
        is_saved = st.button(tr("Save"), icon=":material/save:", key="editor-save")
        if one.has_before:
            st.button(
                tr("Undo the last save"), icon=":material/undo:", key="editor-undo", on_click=_undo, args=(sets, one.id)
            )
    if is_saved:
        _save(sets, one, questions, part, rows)


def _key(table: str, n_rows: int) -> str:
    """The key of a table; another one, so that it begins anew, where its edits cannot be those of so many rows."""
    version = st.session_state.setdefault(_VERSION, 0)
    if not is_fitting(st.session_state.get(f"{table}-{version}"), n_rows):
        version = st.session_state[_VERSION] = version + 1
    return f"{table}-{version}"


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
    sets: QuestionSets,
    one: QuestionSet,
    questions: Sequence[SetQuestion],
    part: slice,
    rows: Sequence[Mapping[str, Any]],
) -> None:
    before, after = questions[: part.start], questions[part.stop :]
    taken = taken_rows(rows, [*before, *after], sources(one.collection))
    if taken.errors:
        told = [f"- {label(error, 300)}" for error in taken.errors]
        st.error("\n".join([tr("Nothing was saved, since these rows cannot be used:"), "", *told]))
    elif attempt(sets.save, one.id, [*before, *taken.questions, *after]):
        st.session_state[_VERSION] += 1  # a table that begins with what was saved
        st.toast(tr("Saved"), icon=":material/check:")
        st.rerun()
    show_trouble()


def _undo(sets: QuestionSets, id: str) -> None:
    if attempt(sets.undo, id):
        st.session_state[_VERSION] += 1
