"""What a run of the page does to its end, although Streamlit has told it to stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner


@contextmanager
def to_the_end() -> Iterator[None]:
    """From a stop on Streamlit would end the run anew at each look into its session and at each part that it draws, so
    that nothing could be kept."""
    runner = running()
    if runner is None:  # nothing runs that could be stopped
        yield
        return
    is_asking = runner._execing  # noqa: SLF001 - whether it asks at all if it was told to stop
    runner._execing = False  # noqa: SLF001
    try:
        yield
    finally:
        runner._execing = is_asking  # noqa: SLF001


def run_on() -> None:
    """The same for all that is left of a run: a page that ended at a stop would miss all that is drawn later."""
    if (runner := running()) is not None:
        runner._execing = False  # noqa: SLF001 - as above


def running() -> ScriptRunner | None:
    """What runs the page just now."""
    context = get_script_run_ctx()
    runner = None if context is None else getattr(context._enqueue, "__self__", None)  # noqa: SLF001 - it tells of none
    return runner if isinstance(runner, ScriptRunner) else None
