"""This file sends traces to a collector by OpenTelemetry's protocol, and is the home of that library.

Its own exporter and queue are not used: they wait half a minute at the end of a process, and read all that a collector
sends. Here a thread, started by the first span, posts what has gathered; what it cannot post in time is dropped.
"""

from __future__ import annotations

import atexit
import json
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.trace import Span as LibrarySpan
from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace import Tracer as LibraryTracer

from indexes.patience import LOOK_SECONDS
from indexes.redaction import without_secrets
from indexes.spans import Value
from indexes.trace_poster import Poster
from rag.settings import Settings
from rag.types import Message

SEND_SECONDS = 10.0
"""For one batch with all its tries."""
CLOSE_SECONDS = 2.0
"""For what waits when a process ends, and as many more for a connection that is being made then."""
_GATHER_SECONDS = 0.5
_MOST_WAITING = 2_048
_BATCH = 512
_MOST_CHARACTERS = 32_000


class OtlpTracer:
    """A Tracer. Threads may share it."""

    def __init__(self, settings: Settings, *, seconds: float = SEND_SECONDS, closing: float = CLOSE_SECONDS) -> None:
        """Raises ConfigError for an address that cannot be used."""
        traces = settings.traces
        self._has_texts = traces.has_texts
        self._secrets = settings.secrets
        self._queue = _Queue(Poster(traces.url, dict(traces.headers), seconds), closing)
        provider = TracerProvider(resource=Resource.create(dict(traces.attributes)), shutdown_on_exit=False)
        provider.add_span_processor(self._queue)
        self._tracer = provider.get_tracer("footnote")
        atexit.register(self.close)

    def begin(self, name: str, attributes: Mapping[str, Value], *, at: float | None = None) -> OtlpSpan:
        """A span that is no other one's child."""
        offset = time.time_ns() - time.perf_counter_ns()
        span = self._tracer.start_span(name, start_time=_nanoseconds(at, offset))
        made = OtlpSpan(self._tracer, span, offset, self._secrets, self._has_texts)
        made.put(attributes)
        return made

    def close(self) -> None:
        """Send what waits, for a few seconds at most, and leave no thread."""
        atexit.unregister(self.close)
        self._queue.shutdown()


class OtlpSpan:
    """A Span of that library."""

    def __init__(
        self, tracer: LibraryTracer, span: LibrarySpan, offset: int, secrets: Sequence[str], has_texts: bool
    ) -> None:
        """`offset`: nanoseconds from the clock of steps to that of the world."""
        self._tracer = tracer
        self._span = span
        self._offset = offset
        self._secrets = secrets
        self._has_texts = has_texts

    def child(
        self, name: str, attributes: Mapping[str, Value], *, at: float | None = None, is_request: bool = False
    ) -> OtlpSpan:
        """A step of this one."""
        kind = SpanKind.CLIENT if is_request else SpanKind.INTERNAL
        within_this, start = set_span_in_context(self._span), _nanoseconds(at, self._offset)
        span = self._tracer.start_span(self._clean(name), within_this, kind, start_time=start)
        made = OtlpSpan(self._tracer, span, self._offset, self._secrets, self._has_texts)
        made.put(attributes)
        return made

    def put(self, attributes: Mapping[str, Value]) -> None:
        """Tell more."""
        for name, value in attributes.items():
            if value is not None:
                self._span.set_attribute(name, self._cleaned(value))

    def put_texts(self, sent: Sequence[Message], returned: str, ended: str = "") -> None:
        """In the form that the conventions have for it."""
        if not self._has_texts:
            return
        spoken = [{"role": one.role, "parts": self._parts(one.content)} for one in sent]
        reply: dict[str, Any] = {"role": "assistant", "parts": self._parts(returned), "finish_reason": ended or "stop"}
        for name, said in (("gen_ai.input.messages", spoken), ("gen_ai.output.messages", [reply])):
            self._span.set_attribute(name, json.dumps(said, ensure_ascii=False))

    def fail(self, kind: str) -> None:
        """It has failed."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR)

    def end(self, at: float | None = None) -> None:
        """It is over."""
        self._span.end(_nanoseconds(at, self._offset))

    def _parts(self, text: str) -> list[dict[str, str]]:
        return [{"type": "text", "content": self._clean(text)}]

    def _cleaned(self, value: str | float | Sequence[str]) -> Any:  # noqa: ANN401 - one of a dozen kinds there
        if isinstance(value, str):
            return self._clean(value)
        return value if isinstance(value, int | float) else [self._clean(one) for one in value]

    def _clean(self, text: str) -> str:
        return without_secrets(text, self._secrets)[:_MOST_CHARACTERS]


def _nanoseconds(at: float | None, offset: int) -> int:
    return offset + (time.perf_counter_ns() if at is None else int(at * 1e9))


class _Queue(SpanProcessor):
    """Spans that have ended, on their way to the thread that posts them; of too many the oldest are dropped."""

    def __init__(self, poster: Poster, closing: float) -> None:
        self._poster = poster
        self._closing = closing
        self._waiting: deque[ReadableSpan] = deque(maxlen=_MOST_WAITING)
        self._has_work = threading.Event()
        self._is_closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def on_end(self, span: ReadableSpan) -> None:
        """Called by the library."""
        if self._is_closed.is_set() or not (span.context and span.context.trace_flags.sampled):
            return
        self._waiting.append(span)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._post, name="traces", daemon=True)
                self._thread.start()
        self._has_work.set()

    def shutdown(self) -> None:
        """Called by the library, too. Waits for so many seconds; then the connection is closed, which ends the thread
        as soon as the collector sends one more byte, or none for a moment."""
        self._poster.give_up_in(self._closing)
        self._is_closed.set()
        self._has_work.set()
        if self._thread is not None:
            self._thread.join(self._closing + LOOK_SECONDS)
        self._poster.close()
        if self._thread is not None:
            self._thread.join(self._closing)

    def _post(self) -> None:
        while not self._is_closed.is_set():
            self._has_work.wait()
            self._is_closed.wait(_GATHER_SECONDS)
            self._has_work.clear()
            while self._waiting:
                spans = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                self._poster.post(encode_spans(spans).SerializeToString())
