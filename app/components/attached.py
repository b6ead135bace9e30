"""Files given with a question: they are taken in at once, told of in the thread, and the question is asked about them
as soon as the last one is through. So waits a question that comes before the first files of a library are through. What
waits is a turn of the conversation, so it outlasts the page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from app.components import conversation, document_choice, job_rows, kept, page_turns, stops, untaken
from app.components.job_text import without_subject
from app.components.plain_text import label, names
from app.components.resources import board, personal
from app.components.to_the_end import to_the_end
from app.components.upload_name import upload_name
from app.words import msgid, numeral, tr, trn
from indexes.job_records import Job
from rag.inert import visible
from rag.types import Answer, Scope, Trace, Turn

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_ALONE, _AT_ONCE, _GIVEN, _READY = "attached-alone", "asked-at-once", "files-given", "waited-question"
_FIRST = 20
"""So many documents make a library that is worth asking while more come in."""
_NONE_READ = msgid("None of the files could be read, so nothing was asked.")
_NONE_TAKEN = msgid("None of the files could be taken, so nothing was asked.")
_ENDED = {"failed": msgid("failed"), "cancelled": msgid("cancelled")}


@dataclass(frozen=True, slots=True)
class Ready:
    """A question to be asked now; empty where there is none."""

    question: str
    notice: str = ""
    """Which of its files could not be taken or read, and why."""
    has_waited: bool = False
    """As a turn of the conversation, which other tabs may show."""
    files: Sequence[UploadedFile] = ()
    """Given with it, and to be taken in first; the question may be empty then."""


def give(files: Sequence[UploadedFile], question: str) -> None:
    """Keep files, and the question about them, until they are taken: a click elsewhere may end this run before."""
    st.session_state[_GIVEN] = Ready(question, files=files)


def given() -> Ready | None:
    """The files that are to be taken now."""
    ready: Ready | None = st.session_state.get(_GIVEN)
    return ready


def take(thread: conversation.Thread, files: Sequence[UploadedFile], question: str, scope: Scope) -> None:
    """Take files in before the eyes of whoever gave them, but for those that are there already; the page runs again,
    and the question waits for them."""
    with to_the_end():
        st.session_state.pop(_GIVEN, None)
        place = conversation.put_below(thread, question)[1] if question else thread.below
        with place.container(), st.spinner(trn(len(files), "Taking in {n} file", "Taking in {n} files")):
            _take(files, question, scope)
    st.rerun()


def _take(files: Sequence[UploadedFile], question: str, scope: Scope) -> None:
    if too_many := _too_many(len(files)):
        if question:
            _refuse(question, too_many, scope)
        else:
            _toast(too_many)
        return
    content = {file.file_id: sha256(file.getbuffer()).hexdigest() for file in files}
    known = {one: board().known(one) for one in content.values()}
    fresh = [file for file in files if not known[content[file.file_id]]]
    given = [(upload_name(file.name), file.getbuffer()) for file in fresh]
    jobs, failed = board().add_each(given, _collection(scope)) if given else ([], [])
    there = tuple(dict.fromkeys(number for found in known.values() for number in found))
    if question and jobs and not stops.is_wanted():
        contents, waiting = tuple(content[file.file_id] for file in fresh), _waiting(question, len(jobs))
        asked = Turn(question, replace(waiting, notice=untaken.told(failed)), scope=Scope(documents=there))
        kept.add(replace(asked, waits_for=tuple(jobs), contents=contents))
        return
    if question and failed and not there:
        _refuse(question, tr(_NONE_TAKEN), scope, untaken.told(failed))
        return
    if failed:
        _toast(untaken.told(failed))
    document_choice.choose(there)
    st.session_state[_ALONE] = tuple(jobs)
    conversation.suggest(question)


def _too_many(n: int) -> str:
    """Why so many files are not taken with one question; empty where they may be."""
    most = personal().settings.max_question_files
    if n <= most:
        return ""
    return trn(
        most,
        "{given} files are too many: {n} file may be given at once here, so none was taken. Add them on the page "
        "“Documents”, or give fewer.",
        "{given} files are too many: {n} files may be given at once here, so none was taken. Add them on the page "
        "“Documents”, or give fewer.",
        given=numeral(n),
    )


def _refuse(question: str, why: str, scope: Scope, notice: str = "") -> None:
    """Keep a question that is not asked."""
    answer = Answer(question, why, (), (), (), Trace(), refused=True, notice=notice)
    kept.add(Turn(question, answer, scope=scope))


def _toast(sentence: str) -> None:
    st.toast(label(sentence, 400), icon=":material/error:")


def is_at_once(question: str) -> bool:
    """Whether this question has waited, and is asked without its files; until it is kept a click elsewhere may end the
    run, and the next one has to know."""
    return bool(question) and question == st.session_state.get(_AT_ONCE, "")


def hold(question: str, scope: Scope) -> bool:
    """Whether the question waits from now on, since all that is to be searched has only begun to come in."""
    n = sum(personal().catalogue.collections().values())
    if stops.is_wanted() or n >= _FIRST or n > board().n_ready():
        return False
    jobs = tuple(job.id for job in board().on_their_way(_FIRST - n))
    if jobs:
        kept.add(Turn(question, _waiting(question, len(jobs)), scope=scope, waits_for=jobs))
    return bool(jobs)


def _collection(scope: Scope) -> str:
    """Where files are put: into the one collection that is asked, where they may be, or else where most go."""
    catalogue = personal().catalogue
    is_one = len(scope.collections) == 1 and scope.collections[0] in catalogue.editable()
    return scope.collections[0] if is_one else catalogue.usual


def waited_for() -> tuple[int, ...]:
    """The numbers of the files that the last question waits for; empty where it waits for none."""
    turns = kept.turns()
    return turns[-1].waits_for if turns else ()


def ready() -> Ready | None:
    """The question that has waited long enough, taken out of the conversation to be asked now; once more where a click
    elsewhere has ended the run before it was."""
    found: Ready | None
    where, found = st.session_state.pop(_READY, (None, None))
    if where != conversation.here():
        found = _taken_out()
    if found:
        st.session_state[_READY] = conversation.here(), found
    return found


def _taken_out() -> Ready | None:
    """One that is about files of which nothing is known any more is asked of all that is there, and so is one that was
    never about them."""
    jobs = _jobs(waited_for())
    if not waited_for() or not all(job.is_finished for job in jobs):
        return None
    turn = kept.turns()[-1]
    found, n_gone = _became(turn, jobs)
    notice = " ".join(filter(None, [turn.answer.notice, _failures(jobs, n_gone)]))
    documents = [*turn.scope.documents, *found] if turn.contents else []
    kept.rewind(page_turns.n_turns() - 1)
    if not board().former_failures():  # they are told with the answer; what failed before is not
        board().dismiss(time.time())
    may_ask_all = (n_gone or not turn.contents) and personal().catalogue.n_chunks()
    if not documents and not may_ask_all:
        kept.add(
            replace(turn, answer=replace(turn.answer, text=tr(_NONE_READ), notice=notice), waits_for=()), is_shared=True
        )
        return None
    if turn.contents:
        document_choice.choose(documents)
    return Ready(turn.question, notice, has_waited=True)


def _became(turn: Turn, jobs: Sequence[Job]) -> tuple[list[int], int]:
    """The documents that the files of a turn became, and how many files neither the list nor their bytes tell of."""
    listed = {job.id for job in jobs}
    n_gone = sum(number not in listed for number in turn.waits_for)
    documents = _documents(jobs)
    if not n_gone:
        return documents, 0
    told = [
        found for one in dict.fromkeys(turn.contents) if (found := board().known(one)) and found[0] not in documents
    ]
    return [*documents, *(number for found in told for number in found)], max(0, n_gone - len(told))


def settle() -> None:
    """Files that came without a question: once they are through, the next question is about them."""
    numbers: tuple[int, ...] = st.session_state.get(_ALONE, ())
    jobs = _jobs(numbers)
    if numbers and all(job.is_finished for job in jobs):
        st.session_state[_ALONE] = ()
        if documents := _documents(jobs):
            document_choice.choose([*document_choice.chosen(), *documents])
        if failed := _failures(jobs, len(set(numbers) - {job.id for job in jobs})):
            _toast(failed)


def show() -> None:
    """The rows of the files that are waited for; the page runs again once the last one is through."""
    if numbers := waited_for() or st.session_state.get(_ALONE, ()):
        if waited_for():
            conversation.follow()
        st.fragment(_rows, run_every=1.0)(numbers)


def is_shown() -> bool:
    """Whether files are told of in the thread."""
    return bool(waited_for() or st.session_state.get(_ALONE))


def _rows(numbers: Sequence[int]) -> None:
    jobs = _jobs(numbers)
    if all(job.is_finished for job in jobs):
        st.rerun()
    job_rows.show_some(jobs)
    with st.container(horizontal=True, vertical_alignment="center"):
        told = tr("Added to the collection “{collection}”.", collection=label(jobs[0].collection))
        st.caption(told, width="content")
        may_ask = waited_for() and personal().catalogue.n_chunks()
        if may_ask and st.button(tr("Ask without waiting"), key="ask-now", type="tertiary"):
            _ask_now()
            st.rerun()  # the whole page: what is clicked here runs these rows alone


def _ask_now() -> None:
    """The question alone, about all that is there; the files come in all the same."""
    turn = kept.turns()[-1]
    kept.rewind(page_turns.n_turns() - 1)
    st.session_state[_AT_ONCE] = turn.question
    conversation.suggest(turn.question)


def _jobs(numbers: Sequence[int]) -> list[Job]:
    """Of the files and of those inside of them, as far as they are on the list."""
    return board().family(dict.fromkeys(numbers)) if numbers else []


def _documents(jobs: Sequence[Job]) -> list[int]:
    """What became of the files."""
    found = [job.document for job in jobs if job.document is not None]
    there = personal().catalogue.listed.there(found)
    return [number for number in found if number in there]


def _failures(jobs: Sequence[Job], n_gone: int) -> str:
    """A sentence for each file that is not there to be asked."""
    told = [_failure(job) for job in jobs if job.state in _ENDED]
    if n_gone:
        told.append(trn(n_gone, "{n} file no more on the list of files", "{n} files no more on the list of files"))
    return visible(". ".join(one.rstrip(".") for one in told) + "." if told else "")


def _failure(job: Job) -> str:
    name, reason = names(job.source)[0], without_subject(job.reason, job.source)
    return f"{name}: {reason or tr(_ENDED[job.state])}" if reason == job.reason else f"{name} {reason}"


def _waiting(question: str, n: int) -> Answer:
    text = trn(n, "This question waits for {n} file.", "This question waits for {n} files.")
    return Answer(question, text, (), (), (), Trace(), refused=True)
