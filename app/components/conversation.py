"""The questions and answers of this session."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import RerunException, StopException

from app.components import answer_card, answer_tools, kept, page_turns, sampling_choice, scope_choice, source_view
from app.components.growing_text import growing
from app.components.kept import turns
from app.components.plain_text import label
from app.components.progress import Progress
from app.components.stops import answering
from app.components.to_the_end import run_on, to_the_end
from app.personal import PersonalWorkspace
from app.words import numeral, tr, trn
from indexes.patience import looking
from rag.agent.nouns import Step
from rag.errors import FootnoteError, InputError, TooSoon, as_notice
from rag.inert import inert, visible
from rag.thinking import grown
from rag.types import Answer, Retrieval, Scope, Turn
from rag.verification.verified import Checked
from rag.whole.nouns import PassagesRead

_DRAW_EVERY_S = 0.05
_KEEP_EVERY_S = 2.0
"""So much of what is written a server that is killed may lose."""
_follow = st.components.v2.component("footnote_follow", js=Path(__file__).with_name("follow.js").read_text("utf-8"))
_INTERRUPTED, _TOLD_WITH, _ON_ITS_WAY = "interrupted-question", "told-with-question", "question-on-its-way"


@dataclass(frozen=True, slots=True)
class Thread:
    """Where the turns are drawn, each in a place of its own: Streamlit leaves what the run before drew at a place until
    it is drawn over, so that in one list parts of an answer would stand in the next question."""

    turns: DeltaGenerator
    below: DeltaGenerator
    """What the last one leads to."""


def show(*, is_asking: bool) -> Thread:
    """Draw the latest turns. `is_asking`: another question follows in this run, so the last one here is none."""
    _show_earlier()
    thread = Thread(st.container(), st.empty())
    is_new = st.session_state.pop(kept.IS_NEW, False)
    for number, turn in enumerate(turns(), start=page_turns.n_before()):
        put, place = _places(thread)
        with put.container():
            _question(turn.question)
        if not turn.waits_for and not (number == page_turns.n_turns() - 1 and kept.is_asked_elsewhere()):
            is_last = not is_asking and number == page_turns.n_turns() - 1
            with place.container():
                _answer(turn, number, is_last=is_last, is_new=is_last and is_new)
    if not is_asking:
        with thread.below.container():
            kept.show_asked_elsewhere()
            _lead_on()
    return thread


def _places(thread: Thread) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Of a question and of its answer."""
    with thread.turns.container():
        return st.empty(), st.empty()


def _show_earlier() -> None:
    """Above them: the way to those before, or that there is none."""
    gone = kept.n_gone()
    if first := page_turns.n_before() - gone:
        some = numeral(min(first, page_turns.PART))
        name = trn(first, "Show {some} of {n} earlier question", "Show {some} of {n} earlier questions", some=some)
        st.button(name, key="earlier", type="tertiary", on_click=kept.show_more)
    elif gone:
        st.caption(trn(gone, "Not kept, and gone: {n} earlier question", "Not kept, and gone: {n} earlier questions"))


def ask(
    thread: Thread,
    workspace: PersonalWorkspace,
    question: str,
    scope: Scope,
    notice: str = "",
    *,
    has_waited: bool = False,
) -> None:
    """Answer while it is drawn, and keep the turn; a question whose answer was stopped is kept as well, with what there
    was of it. `notice` is told with the answer. One that `has_waited` is asked by one tab of those that show it."""
    put, place = put_below(thread, question)
    is_alone = question == st.session_state.pop("alone", "")
    told_before = st.session_state.pop(_TOLD_WITH, "")
    progress = Progress(question, history=() if is_alone else tuple(turns()), told=notice or told_before)
    with kept.asked(progress.turn(progress.lost(), scope), is_shared=has_waited) as is_mine:
        seen_to()
        if not is_mine:
            st.rerun()
        told = _answered(place, workspace, progress, scope, is_alone=is_alone)
    _show_asked(question, scope, put, place)
    with thread.below.container():
        if told:
            st.warning(inert(told, escape_dollars=True), icon=":material/warning:")
        _lead_on()


def put_below(thread: Thread, question: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Draw a question that is asked now, in view: its place, and that of its answer."""
    put, place = _places(thread)
    with put.container():
        _question(question)
    follow()
    return put, place


def follow() -> None:
    """Keep the end of the page in view while it grows, until the reader goes elsewhere."""
    _follow(data={"asked": page_turns.n_turns()}, key="follow")


def _answered(
    place: DeltaGenerator,
    workspace: PersonalWorkspace,
    progress: Progress,
    scope: Scope,
    *,
    is_alone: bool,
) -> str:
    """Draws the answer and keeps it, or what there is of it; why there is none, where the answer stays in whose place
    it was to come."""
    try:
        with place.container(), answering():
            answer = _streamed(workspace, progress, scope)
    except StopException:  # by a person, or the page was left
        run_on()  # wherever it stood, all that is below must be drawn
        _keep_stopped(progress, workspace, scope)
    except FootnoteError as error:  # a limit, a model that is out of reach: the page stays whole
        with to_the_end():
            if not _keep_stopped(progress, workspace, scope, why=_lasting(error)):
                return as_notice(error)
            _tell_wait(error)
    except BaseException as error:
        with to_the_end():
            _keep_interrupted(progress, workspace, scope, error, is_alone=is_alone)
        raise
    else:
        with to_the_end():
            answer = replace(answer, notice=" ".join(filter(None, [answer.notice, progress.told])))
            kept.add(progress.turn(answer, scope, workspace.next_questions(answer, turns())))
    return ""


def _lasting(error: FootnoteError) -> str:
    """Why there is no answer, as it is kept."""
    return as_notice(InputError(error.reason) if isinstance(error, TooSoon) else error)


def _tell_wait(error: FootnoteError) -> None:
    """For as long as it is."""
    if isinstance(error, TooSoon):
        told = trn(error.seconds, "Ask again in {n} second.", "Ask again in {n} seconds.")
        st.toast(told, icon=":material/hourglass:", duration=error.seconds)


def _keep_interrupted(
    progress: Progress, workspace: PersonalWorkspace, scope: Scope, error: BaseException, *, is_alone: bool
) -> None:
    """What there is where a click elsewhere on the page, or an error that nobody foresaw, ended the run; after a click
    a question of which nothing stood there yet is asked by the next run."""
    if progress.written or isinstance(error, RerunException):
        _keep_stopped(progress, workspace, scope)
    if isinstance(error, RerunException) and not progress.written and progress.answer is None:
        st.session_state[_INTERRUPTED] = (kept.number(), page_turns.n_turns(), progress.question, is_alone)
        st.session_state[_TOLD_WITH] = progress.told


def _keep_stopped(progress: Progress, workspace: PersonalWorkspace, scope: Scope, *, why: str = "") -> bool:
    """What there is of an answer, and `why` that is all; False where nothing is, and the one stays in whose place it
    was to come."""
    has_begun = progress.written or progress.answer is not None
    if not has_begun and kept.put_back():
        return False
    answer = progress.answer or progress.stopped(workspace.settings.chat_model, why)
    kept.add(progress.turn(answer, scope))
    return True


def _show_asked(question: str, scope: Scope, put: DeltaGenerator, place: DeltaGenerator) -> None:
    """The last turn: the question that was put at one place, or that of the turn that has stayed instead, and below it
    the answer."""
    turn = turns()[-1]
    st.session_state["narrow"] = question if turn.answer.refused and scope != Scope() else ""
    if turn.question != question:
        with put.container():
            _question(turn.question)
    with place.container():
        _answer(turn, page_turns.n_turns() - 1, is_last=True, is_new=True)


def draw_anew() -> None:
    """Run the page again after a question; its answer is as new as it was, for it may not have been seen yet."""
    st.session_state[kept.IS_NEW] = True
    st.rerun()


def suggest(question: str) -> None:
    """Ask this in the run that follows."""
    st.session_state["suggested"] = question


def _again(turn: Turn, number: int, question: str) -> None:
    """Ask this in the place of the last turn, if that is still this one: a second click comes when it is gone."""
    if turns() and turns()[-1] is turn:
        kept.rewind_to_replace(number)
        suggest(question)


def _ask_alone(question: str) -> None:
    """The same, with nothing added to it from the questions before."""
    suggest(question)
    st.session_state["alone"] = question


def put(given: str) -> str:
    """The question to be asked now: one that was typed, one that a button has put, or one whose answer this run has
    interrupted before anything stood there, as long as its conversation is on the page."""
    suggested: str = st.session_state.pop("suggested", "")
    on_its_way: tuple[int | None, int, str] = st.session_state.pop(_ON_ITS_WAY, (None, 0, ""))
    asked = given or suggested or (on_its_way[2] if on_its_way[:2] == here() else "")
    conversation, n_turns, question, is_alone = st.session_state.pop(_INTERRUPTED, (None, 0, "", False))
    if question and (conversation, n_turns) == here() and asked in {"", question}:
        kept.rewind_to_replace(n_turns - 1)  # a second click on what puts a question has ended the run of the first
        if not asked:
            st.session_state["alone"] = question if is_alone else ""
        asked = question
    st.session_state[_ON_ITS_WAY] = (*here(), asked)  # until it is kept a click elsewhere may end the run
    return asked


def here() -> tuple[int | None, int]:
    """The conversation on the page, and how far it has come."""
    return kept.number(), page_turns.n_turns()


def seen_to() -> None:
    """The question that was put is kept elsewhere from now on, as one that is asked or waits."""
    for key in (_ON_ITS_WAY, "waited-question", "asked-at-once"):
        st.session_state.pop(key, None)


def unput() -> None:
    """Forget what a button has put: nothing is asked while a question waits."""
    seen_to()
    st.session_state.pop("suggested", None)
    st.session_state.pop("alone", None)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where what happens before an answer stands is drawn."""

    reading: DeltaGenerator
    """Steps, and passages read so far."""
    words: DeltaGenerator
    """What has been written."""
    turning: ExitStack
    """The spinner."""

    def turn(self, told: str) -> None:
        """Let it tell this from now on; nothing: what it tells already."""
        if told:
            self.turning.close()
            self.turning.enter_context(st.spinner(told))


def _question(question: str) -> None:
    with st.chat_message("user"):
        st.text(question, width="stretch")


def _answer(turn: Turn, number: int, *, is_last: bool, is_new: bool = False) -> None:
    with st.chat_message("assistant"):
        opened = answer_card.show(turn.answer, key=f"answer-{number}", ask=_ask_alone, is_new=is_new)
        answer_tools.show(turn, number, _again if is_last else None)
    if opened is not None:
        source_view.open_with(opened, turn.answer.citations)


def _lead_on() -> None:
    """From the last answer."""
    kept.show_not_kept()
    _wider()
    _next()


def _wider() -> None:
    """After a refusal among chosen collections or documents: the way to the others."""
    question = st.session_state.get("narrow")
    if question and turns() and not turns()[-1].waits_for:
        st.button(tr("Search all documents"), key="wider", icon=":material/travel_explore:", on_click=_widen)


def _next() -> None:
    """Below the last answer: what may be asked next."""
    if not turns() or not turns()[-1].next_questions:
        return
    with st.container(key="next", gap="small"):
        st.caption(tr("Ask next"))
        for i, question in enumerate(turns()[-1].next_questions):
            key, icon = f"next-{page_turns.n_turns()}-{i}", ":material/arrow_outward:"
            st.button(label(question, 120), key=key, icon=icon, on_click=_ask_alone, args=(question,))


def _widen() -> None:
    scope_choice.widen()
    suggest(st.session_state["narrow"])


def _streamed(workspace: PersonalWorkspace, progress: Progress, scope: Scope) -> Answer:
    """The Answer; what a chat model writes is drawn as it comes, some twenty times a second."""
    with st.chat_message("assistant"):
        reading = st.empty()  # above the spinner, which stands at the end of what is seen
        return _drawn(workspace, progress, scope, reading)


def _drawn(workspace: PersonalWorkspace, progress: Progress, scope: Scope, reading: DeltaGenerator) -> Answer:
    with ExitStack() as turning:
        places = _Places(reading, st.empty(), turning)
        places.turn(tr("Searching your documents"))
        try:
            return _followed(workspace, progress, scope, places)
        except StopException:
            run_on()  # from here, or the spinner would turn for good
            places.words.empty()
            raise


def _followed(workspace: PersonalWorkspace, progress: Progress, scope: Scope, places: _Places) -> Answer:
    drawn_at = 0.0
    events = workspace.answerer.stream(
        progress.question, scope, progress.history, sampling=sampling_choice.chosen(workspace)
    )
    with (
        closing(events),
        looking(lambda: _grow(places.words, workspace, progress, scope)),
    ):  # drawing ends it when a person has left
        for event in events:
            if isinstance(event, Answer):
                progress.answer = event
                return event
            if isinstance(event, Step):
                progress.steps.append(event)
                places.reading.text("\n".join(visible(str(step)) for step in progress.steps))
                continue
            if isinstance(event, Retrieval):
                progress.retrieval = event
                places.turn(tr("Writing the answer") if workspace.settings.chat_model else "")
                continue
            if isinstance(event, PassagesRead):
                drawn_at = _read_so_far(places.reading, event, drawn_at)
                continue
            if isinstance(event, Checked):
                progress.checked = event
            else:
                progress.written = grown(progress.written, event)
            if time.monotonic() - drawn_at > _DRAW_EVERY_S:
                _grow(places.words, workspace, progress, scope)
                drawn_at = time.monotonic()
    raise TypeError("a stream of events ends with its Answer")


def _grow(place: DeltaGenerator, workspace: PersonalWorkspace, progress: Progress, scope: Scope) -> None:
    """Draw what is written so far, and now and then keep it."""
    _draw(place, progress)
    if progress.written and time.monotonic() - progress.kept_at > _KEEP_EVERY_S:
        kept.so_far(progress.turn(progress.stopped(workspace.settings.chat_model), scope))
        progress.kept_at = time.monotonic()


def _draw(place: DeltaGenerator, progress: Progress) -> None:
    if progress.written:
        place.markdown(growing(progress.written, progress.checked))
    else:
        place.empty()


def _read_so_far(place: DeltaGenerator, read: PassagesRead, drawn_at: float) -> float:
    """Tells how far reading has come, at most some twenty times a second; when it was told last."""
    if time.monotonic() - drawn_at <= _DRAW_EVERY_S:
        return drawn_at
    place.caption(
        trn(read.total, "Reading {done} of {n} passage", "Reading {done} of {n} passages", done=numeral(read.n))
    )
    return time.monotonic()
