"""The seam of tracing: what a traced step tells, without the library that sends it anywhere."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

from rag.types import Message

Value = str | int | float | bool | Sequence[str] | None
"""Of an attribute; None is left out."""
T = TypeVar("T")


class Span(Protocol):
    """A step that is traced. Its methods never raise and wait for nothing. Times are those of `time.perf_counter`."""

    def child(
        self, name: str, attributes: Mapping[str, Value], *, at: float | None = None, is_request: bool = False
    ) -> Span:
        """A step of this one, which began `at`, else now. `is_request`: another machine, or process, does it."""
        ...

    def put(self, attributes: Mapping[str, Value]) -> None:
        """Tell more. No texts of people or documents."""
        ...

    def put_texts(self, sent: Sequence[Message], returned: str, ended: str = "") -> None:
        """Tell what was sent and came back; kept only where the settings say so, without secrets."""
        ...

    def fail(self, kind: str) -> None:
        """It has failed; `kind` is the name of an error, never its text."""
        ...

    def end(self, at: float | None = None) -> None:
        """It is over since `at`, else now."""
        ...


class Tracer(Protocol):
    """Where spans go."""

    def begin(self, name: str, attributes: Mapping[str, Value], *, at: float | None = None) -> Span:
        """A span that is no other one's child."""
        ...

    def close(self) -> None:
        """Send what waits, for a few seconds at most, and leave no thread."""
        ...


_current: ContextVar[Span | None] = ContextVar("span", default=None)


def current() -> Span | None:
    """The span of which this thread does a part; None where nothing is traced."""
    return _current.get()


@contextmanager
def inside(span: Span | None) -> Iterator[None]:
    """What this thread does meanwhile is a part of the span. Never yield to a caller inside."""
    token = _current.set(span)
    try:
        yield
    finally:
        _current.reset(token)


def stepped(span: Span | None, events: Iterator[T]) -> Generator[T, None, None]:
    """The same events, each of them made inside of the span; closing this closes them."""
    if span is None:
        yield from events
        return
    try:
        while True:
            with inside(span):
                try:
                    event = next(events)
                except StopIteration:
                    return
            yield event
    finally:
        if isinstance(events, Generator):
            events.close()
