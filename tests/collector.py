"""A trace collector on a real socket that keeps what it is sent, or does everything wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from evals.serving import Serving

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Seen:
    """A span that came."""

    name: str
    id: bytes
    parent: bytes
    kind: int
    seconds: float
    has_failed: bool
    attributes: dict[str, Any]


def takes(request: BaseHTTPRequestHandler) -> None:
    """As a good one."""
    with_status(200)(request)


def with_status(status: int, body: bytes = b"") -> Reply:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return reply


def hangs(request: BaseHTTPRequestHandler) -> None:
    """Until the other side has gone."""
    request.connection.settimeout(60)
    request.connection.recv(1)
    request.close_connection = True


def goes_on(request: BaseHTTPRequestHandler) -> None:
    """For a minute with an answer that has no end."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(600):
        request.wfile.write(b"x: y\r\n")
        time.sleep(0.1)


def talks_nonsense(request: BaseHTTPRequestHandler) -> None:
    """No HTTP at all."""
    request.wfile.write(b"\x00\xffhello\r\n\r\n")
    request.close_connection = True


class Collector(Serving):
    """Gives the replies in order, the last one again and again."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies or (takes,))
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), self._handler()), "/v1/traces")

    def spans(self) -> list[Seen]:
        """In the order in which they came."""
        return [_seen(span) for body in self.bodies for span in _spans(body)]

    def resource(self) -> dict[str, Any]:
        """What the sender says of itself."""
        return _values(ExportTraceServiceRequest.FromString(self.bodies[0]).resource_spans[0].resource.attributes)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                collector.headers.append({name.lower(): value for name, value in self.headers.items()})
                replies = collector.replies
                try:
                    (replies.pop(0) if len(replies) > 1 else replies[0])(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing on the console."""

        return Handler


def _spans(body: bytes) -> list[Any]:
    found = ExportTraceServiceRequest.FromString(body)
    return [span for one in found.resource_spans for scope in one.scope_spans for span in scope.spans]


def _seen(span: Any) -> Seen:  # noqa: ANN401
    seconds = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
    return Seen(
        span.name,
        span.span_id,
        span.parent_span_id,
        span.kind,
        seconds,
        span.status.code == 2,
        _values(span.attributes),
    )


def _values(pairs: Any) -> dict[str, Any]:  # noqa: ANN401
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:  # noqa: ANN401
    kind = value.WhichOneof("value")
    return [_value(one) for one in value.array_value.values] if kind == "array_value" else getattr(value, kind)
