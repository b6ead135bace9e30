"""This file sends traces to a collector by OpenTelemetry's protocol, and is the home of that library.

Its own exporter and queue are not used: they wait half a minute at the end of a process, and read all that a collector
sends. Here a thread, started by the first span, posts what has gathered; what it cannot post in time is dropped.
"""

from __future__ import annotations

import atexit
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx2
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.trace import Span as LibrarySpan
from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace import Tracer as LibraryTracer

from indexes.connection import Refused, open_client, refuse
from indexes.endpoint import CHAT, Endpoint, reason_in
from indexes.patience import LOOK_SECONDS, looking, pause, within
from indexes.redaction import without_secrets
from indexes.spans import Value
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
_MAY_PASS = frozenset({429, 502, 503, 504})
_TRACES = replace(CHAT, name="trace collector", url_setting="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_log = logging.getLogger("footnote")


class OtlpTracer:
    """A Tracer. Threads may share it."""

    def __init__(self, settings: Settings, *, seconds: float = SEND_SECONDS, closing: float = CLOSE_SECONDS) -> None:
        """Raises ConfigError for an address that cannot be used."""
        traces = settings.traces
        self._has_texts = traces.has_texts
        self._secrets = settings.secrets
        self._queue = _Queue(_Poster(traces.url, dict(traces.headers), seconds), closing)
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

    def __init__(self, poster: _Poster, closing: float) -> None:
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
                self._poster.post([self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))])


class _TooLate(Exception):
    """The process ends."""


class _Poster:
    """Posts spans to the collector, in one thread."""

    def __init__(self, url: str, headers: Mapping[str, str], seconds: float) -> None:
        self._endpoint = Endpoint(url, "", "", _TRACES)
        self._url = httpx2.URL(url).copy_with(username="", password="")
        self._headers = {**headers, "content-type": "application/x-protobuf"}
        self._timeout = httpx2.Timeout(seconds, connect=CLOSE_SECONDS)
        self._seconds = seconds
        self._end = float("inf")
        self._is_failing = False
        self._client = open_client(url, self._endpoint, seconds)
        self._client.event_hooks = {"response": [refuse]}

    def post(self, spans: Sequence[ReadableSpan]) -> None:
        """Tells of the first failure in a row; raises nothing that a collector can do."""
        if time.monotonic() >= self._end:
            return
        body = encode_spans(spans).SerializeToString()
        try:
            with looking(self._look), within(self._seconds):
                self._tried(body)
        except Refused as error:
            reason = self._endpoint.redacted(reason_in(error.body))[:200]
            self._tell(f"answers with status {error.response.status_code}{f' ({reason})' if reason else ''}")
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            is_late = isinstance(error, httpx2.TimeoutException) or time.monotonic() >= self._end
            self._tell("does not take them in time" if is_late else "is not there")
        except _TooLate:
            self._tell("does not take them in time")
        else:
            self._is_failing = False

    def _tried(self, body: bytes) -> None:
        """Again after what may pass, as long as this thread's clock lasts."""
        wait = 0.5
        while True:
            try:
                with self._client.stream(
                    "POST", self._url, content=body, headers=self._headers, timeout=self._timeout
                ) as response:
                    for _ in zip(range(4), response.iter_raw(), strict=False):
                        pass  # a short answer is read to its end, so that the connection serves again
                return
            except Refused as error:
                if error.response.status_code not in _MAY_PASS or wait > self._seconds / 4:
                    raise
            except httpx2.NetworkError:
                if wait > self._seconds / 4:
                    raise
            pause(wait)
            wait *= 2

    def _look(self) -> None:
        if time.monotonic() >= self._end:
            raise _TooLate

    def _tell(self, what: str) -> None:
        if not self._is_failing:
            self._is_failing = True
            _log.warning("The trace collector at %s %s: these traces are dropped.", self._endpoint.address, what)

    def give_up_in(self, seconds: float) -> None:
        """What is not posted by then is dropped."""
        self._end = time.monotonic() + seconds

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
