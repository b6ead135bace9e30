"""The steps to an answer on the page, while they are done and afterwards."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _in_the_middle() -> None:
    """A page whose answer has come as far as its second step; AppTest runs this text by itself."""
    from types import SimpleNamespace

    import streamlit as st

    from app.components.conversation import Progress, _streamed
    from rag.agent.nouns import Calculation, Step
    from rag.types import Scope

    def stream(*_arguments: object) -> object:
        yield Step("search", "rent in <b>Bergen</b> *now*", n=2)
        yield Step("calculate", "950 + 1120", calculation=Calculation("950 + 1120", "2070"))
        st.session_state["stopped"] = progress.stopped("tiny")
        st.stop()

    progress = Progress("How much together?")
    workspace = SimpleNamespace(answerer=SimpleNamespace(stream=stream))
    _streamed(workspace, progress, Scope())  # type: ignore[arg-type]


def test_the_steps_stand_there_while_they_are_done_and_in_what_was_stopped():
    page = AppTest.from_function(_in_the_middle).run()
    assert not page.exception
    (shown,) = [text.value for text in page.text]
    assert shown == "Searched for “rent in <b>Bergen</b> *now*”: 2 passages.\nCalculated 950 + 1120: 2070."
    assert [step.kind for step in page.session_state["stopped"].steps] == ["search", "calculate"]
