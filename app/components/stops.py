"""Streamlit's Stop as it is meant here: it ends the writing of an answer. Whatever else a run does goes on to its end,
or files on their way and all of the page that is not drawn yet would be gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from app.components.to_the_end import running

_lock = threading.Lock()
_answering: WeakSet[ScriptRunner] = WeakSet()
_wanted: WeakSet[ScriptRunner] = WeakSet()
"""A runner ends with its last run, and what was wanted of it as well."""


def end_answers_alone() -> None:
    """For the server: from now on a person's Stop is heard here. A page that is closed ends its run as ever."""
    AppSession._handle_stop_script_request = _stop  # type: ignore[method-assign, assignment] # noqa: SLF001 - there is no other way
    act = AppSession._handle_rerun_script_request  # noqa: SLF001

    def run_again(session: AppSession, client_state: ClientState | None = None) -> None:
        runner = session._scriptrunner  # noqa: SLF001
        if runner is not None and not (client_state and client_state.is_auto_rerun):
            with _lock:
                _wanted.discard(runner)  # a person wants something else by now
        act(session, client_state)

    AppSession._handle_rerun_script_request = run_again  # type: ignore[method-assign, assignment] # noqa: SLF001


def _stop(session: AppSession) -> None:
    runner = session._scriptrunner  # noqa: SLF001
    if runner is not None:
        with _lock:
            _wanted.add(runner)
            if runner in _answering:
                runner.request_stop()


@contextmanager
def answering() -> Iterator[None]:
    """While this lasts Stop ends the run; one that came before ends it at once."""
    runner = running()
    if runner is None:  # nothing runs that could be stopped
        yield
        return
    with _lock:
        _answering.add(runner)
        if runner in _wanted:
            runner.request_stop()
    try:
        yield
    finally:
        with _lock:
            _answering.discard(runner)


def is_wanted() -> bool:
    """Whether Stop was pressed since the last click, so that a question that is on its way is not to be answered."""
    runner = running()
    with _lock:
        return runner is not None and runner in _wanted
