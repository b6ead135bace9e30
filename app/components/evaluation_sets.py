"""Sets of questions: the list of all, and the ways to a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app.components import evaluation_editor, evaluation_progress
from app.components.evaluation_stores import (
    attempt,
    collections,
    draw,
    show_trouble,
    sources,
    stores,
    telling,
    try_to,
    turn_to,
)
from app.components.plain_text import label, sentence
from app.components.upload_name import upload_name
from app.evaluation import tasks
from app.evaluation.sets import QuestionSet
from app.evaluation.taking import ENDINGS, taken_from_file
from app.question_sets.rows import SetQuestion
from app.words import msgid, tr, trn
from ingest.kept import listed_name

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

OPEN = "evaluation-set"
_RENAMED = "evaluation-set-renamed"
_MAKE, _FILE, _WRITE = msgid("Make from documents"), msgid("Take from a file"), msgid("Write")
_MOST_MB = 50
_TOLD, _TAKEN, _ROUND = "evaluation-set-told", "evaluation-files-taken", "evaluation-files-round"
_HELP = msgid(
    "A question a row: JSONL or CSV with the columns `question`, `answers` (words that stand in the documents), "
    "`documents`, `pages` and `answerable`; of CSV several values are separated by |. Or SQuAD’s JSON."
)


def show() -> None:
    """The set that is open in the editor, or all of them."""
    if id := st.session_state.get(OPEN):
        st.button(
            tr("All sets"), icon=":material/arrow_back:", key="sets-back", type="tertiary", on_click=_open, args=(None,)
        )
        evaluation_editor.show(stores().sets, stores().sets.one(id))
        return
    _new()
    if told := st.session_state.pop(_TOLD, ""):
        st.success(told, icon=":material/check:")
    is_moving = any(one.task and one.task.is_moving for one in stores().sets.all())
    st.fragment(draw, run_every=1.0 if is_moving else None)(_list, was_moving=is_moving)
    if id := st.session_state.get(_RENAMED):
        st.dialog(tr("Rename the set"), on_dismiss=_renamed)(_rename)(id)


def _new() -> None:
    with st.container(border=True, key="new-set"):
        st.session_state.setdefault("new-set-way", _MAKE)
        way = st.segmented_control(
            tr("A new set"),
            [_MAKE, _FILE, _WRITE],
            format_func=tr,
            required=True,
            key="new-set-way",
            label_visibility="collapsed",
        )
        about, name = st.columns(2)
        collection = about.selectbox(
            tr("About the collection"), collections(), key="new-set-collection", persist_state="page"
        )
        file = st.session_state.get(_file_key()) if way == _FILE else None
        usual = (
            Path(listed_name(upload_name(file.name))).stem
            if file
            else tr("Questions on {collection}", collection=collection)
        )
        called = name.text_input(tr("Name"), key="new-set-name", placeholder=usual, max_chars=100)
        called = called.strip() or usual[:100]
        {_MAKE: _make, _FILE: _from_file, _WRITE: _written}[way or _MAKE](called, collection)


def _make(name: str, collection: str) -> None:
    many, chance = st.columns(2)
    n = many.number_input(tr("Questions"), 1, 5000, 50, key="new-set-n")
    seed = chance.number_input(
        tr("Seed"), 0, 10**6, 0, key="new-set-seed", help=tr("The same number chooses the same passages again")
    )
    st.caption(
        tr(
            "Where a chat model is set up it writes them, and those are kept whose answer stands in the passage. "
            "Otherwise a word is left out of sentences: good for comparing settings, easier than what people ask."
        )
    )
    if st.button(tr("Make questions"), icon=":material/auto_awesome:", key="new-set-make"):
        with telling():
            stores().sets.make(name, collection, int(n), int(seed))
            st.rerun()


def _from_file(name: str, collection: str) -> None:
    """Of a file one set is made, however often the button is pressed; then the box is empty again."""
    file = st.file_uploader(tr("Questions"), list(ENDINGS), key=_file_key(), max_upload_size=_MOST_MB)
    st.caption(tr(_HELP))
    if file is None or not st.button(tr("Take them"), icon=":material/upload_file:", key="new-set-take"):
        return
    with telling():
        _take(file, name, collection)


def _take(file: UploadedFile, name: str, collection: str) -> None:
    done: dict[str, str] = st.session_state.setdefault(_TAKEN, {})
    if file.file_id not in done:
        taken = taken_from_file(file.name, file.getvalue(), sources(collection))
        if taken.errors:
            st.error("\n".join([tr("Nothing was taken, since these rows cannot be used:"), "", *_lines(taken.errors)]))
            return
        told, sets = _told_taken(name, len(taken.questions)), stores().sets
        sets.create(name, collection, taken.questions)
        done[file.file_id] = told  # at once: another press ends this run where it next speaks to Streamlit
    st.session_state[_TOLD] = done[file.file_id]
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.rerun()


def _file_key() -> str:
    return f"new-set-file-{st.session_state.get(_ROUND, 0)}"


def _told_taken(name: str, n: int) -> str:
    return trn(n, "{n} question taken into “{name}”.", "{n} questions taken into “{name}”.", name=label(name))


def _lines(errors: tuple[str, ...]) -> list[str]:
    return [f"- {sentence(error, 300)}" for error in errors]


def _written(name: str, collection: str) -> None:
    question = st.text_input(tr("Question"), key="new-set-question", max_chars=4000)
    answer = st.text_input(
        tr("Answer"), key="new-set-answer", max_chars=1000, help=tr("Words that a right answer has in it")
    )
    st.caption(
        tr("The first of them; more can be written in the table. Without an answer it counts as one to be refused.")
    )
    if st.button(tr("Make the set"), icon=":material/edit:", key="new-set-write") and question.strip():
        answers = (answer.strip(),) if answer.strip() else ()
        first = SetQuestion("q1", question.strip(), answers, is_answerable=bool(answers))
        with telling():
            _open(stores().sets.create(name, collection, [first]))
            st.rerun()


def _list(*, was_moving: bool) -> None:
    sets = stores().sets.all()
    if was_moving != any(one.task and one.task.is_moving for one in sets):
        st.rerun()
    if not sets:
        st.markdown(tr("**No sets yet.** A set holds questions, and what would be right."))
    for one in sets:
        with st.container(key=f"set-of-{one.id}", border=True, gap="small"):
            _row(one)
    if removed := stores().sets.folders.removed():
        act = stores().sets.folders.restore
        st.button(
            tr("Take back the last removal"),
            key="set-restore",
            icon=":material/undo:",
            on_click=try_to,
            args=(act, removed),
        )


def _row(one: QuestionSet) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{label(one.name)}**  \n:gray[:small[{told(one)}]]", width="stretch")
        with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
            _buttons(one)
    evaluation_progress.show(one.task)
    if 0 < one.n < one.wished:
        told_few = trn(
            one.wished,
            "{n} question was wished, but no other passage gave one that can be kept.",
            "{n} questions were wished, but no other passage gave one that can be kept.",
        )
        st.caption(told_few)


def told(one: QuestionSet) -> str:
    """What is in it, in a line of Markdown."""
    n = trn(one.n, "{n} question", "{n} questions")
    few = one.n_unanswerable
    none = trn(few, ", {n} of them without an answer", ", {n} of them without an answer") if few else ""
    return n + none + tr(" · about {collection}", collection=label(one.collection))


def _buttons(one: QuestionSet) -> None:
    if one.task and one.task.is_moving:
        folder = stores().sets.folders.folder(one.id)
        st.button(
            tr("Cancel"), key=f"set-cancel-{one.id}", type="tertiary", on_click=try_to, args=(tasks.cancel, folder)
        )
        return
    if one.n:
        args: tuple[str, str] = (OPEN, one.id)
        st.button(tr("Edit"), key=f"set-edit-{one.id}", icon=":material/table_edit:", on_click=turn_to, args=args)
    elif one.task:
        again = stores().sets.make_again
        st.button(tr("Make again"), key=f"set-again-{one.id}", type="tertiary", on_click=try_to, args=(again, one.id))
    with st.popover(
        tr("More"), icon=":material/more_horiz:", type="tertiary", key=f"more-set-{one.id}", help=tr("More")
    ):
        key, args = f"set-rename-{one.id}", (_RENAMED, one.id)
        st.button(tr("Rename"), key=key, icon=":material/edit:", type="tertiary", on_click=turn_to, args=args)
        if one.n:
            st.download_button(
                tr("Download"),
                stores().sets.path(one.id).read_bytes,
                file_name="questions.jsonl",
                mime="application/jsonl",
                key=f"set-download-{one.id}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
        remove = stores().sets.remove
        st.button(
            tr("Remove"),
            key=f"set-remove-{one.id}",
            icon=":material/delete:",
            type="tertiary",
            on_click=try_to,
            args=(remove, one.id),
        )


def _renamed() -> None:
    st.session_state[_RENAMED] = None


def _rename(id: str) -> None:
    name = st.text_input(tr("Name"), stores().sets.one(id).name, key=f"set-name-{id}", max_chars=100)
    if st.button(tr("Rename"), key="set-renamed") and attempt(stores().sets.rename, id, name):
        _renamed()
        st.rerun()
    show_trouble()


def _open(id: str | None) -> None:
    st.session_state[OPEN] = id
