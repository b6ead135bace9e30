"""What a run of the page does to its end, although Streamlit has told it to stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.runtime.scriptrunner import get_script_run_ctx


@contextmanager
def to_the_end() -> Iterator[None]:
    """From a stop on Streamlit would end the run anew at each look into its session, so that nothing could be kept."""
    context = get_script_run_ctx()
    if context is None:  # nothing runs that could be stopped
        yield
        return
    state = context.session_state
    look = state._yield_callback  # noqa: SLF001 - the one place where it asks whether to stop
    object.__setattr__(state, "_yield_callback", lambda: None)  # its own way of setting is that of the session
    try:
        yield
    finally:
        object.__setattr__(state, "_yield_callback", look)
