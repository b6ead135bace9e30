"""A chat endpoint on a real socket that answers exactly what a test tells it to."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evals.serving import Serving

Reply = Callable[[BaseHTTPRequestHandler], None]
DONE = b"data: [DONE]\n\n"


def event(text: str = "", **fields: Any) -> bytes:  # noqa: ANN401
    """One event of a streamed completion; `finish_reason` and `delta` go into the choice, the rest beside it."""
    choice = {
        "index": 0,
        "delta": fields.pop("delta", {"content": text}),
        "finish_reason": fields.pop("finish_reason", None),
    }
    body = {"object": "chat.completion.chunk", "choices": [choice], **fields}
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


def usage(prompt: int, completion: int) -> bytes:
    return event(choices=[], usage={"prompt_tokens": prompt, "completion_tokens": completion})


def says(*texts: str, finish_reason: str = "stop") -> Reply:
    """A stream in good order."""
    return streams(*map(event, texts), event(finish_reason=finish_reason), usage(11, len(texts)), DONE)


def call_pieces(*calls: tuple[str, str], ids: Sequence[str] = ()) -> list[bytes]:
    """Events of calls, (name, arguments as they are written) each: its beginning, then the arguments bit by bit."""
    pieces = []
    for n, (name, arguments) in enumerate(calls):
        begin = {"index": n, "id": ids[n] if n < len(ids) else f"call-{n}", "type": "function"}
        pieces.append({**begin, "function": {"name": name, "arguments": ""}})
        bits = [arguments[at : at + 7] for at in range(0, len(arguments), 7)]
        pieces += [{"index": n, "function": {"arguments": bit}} for bit in bits]
    return [event(delta={"tool_calls": [piece]}) for piece in pieces]


def calls(*made: tuple[str, str], text: str = "", ids: Sequence[str] = ()) -> Reply:
    """A stream that calls tools, in good order."""
    said = [event(text)] if text else []
    return streams(*said, *call_pieces(*made, ids=ids), event(finish_reason="tool_calls"), usage(11, 5), DONE)


def answers(status: int, body: str | dict[str, Any] = "", **headers: str) -> Reply:
    """A whole response; a dict becomes JSON, names of headers are written with underscores."""
    is_json = isinstance(body, dict)
    payload = (json.dumps(body) if is_json else str(body)).encode()
    named = {"content-type": "application/json" if is_json else "text/html"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {**named, "content-length": str(len(payload))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(payload)

    return reply


def streams(*parts: bytes | float, is_chunked: bool = True, ends: bool = True) -> Reply:
    """Bytes as they are given, one chunk each; a number is a pause in seconds. Without `ends` the connection is cut."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("content-type", "text/event-stream")
        request.send_header(*(("transfer-encoding", "chunked") if is_chunked else ("connection", "close")))
        request.end_headers()
        for part in parts:
            if isinstance(part, bytes):
                request.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if is_chunked else part)
            else:
                time.sleep(part)
        if is_chunked and ends:
            request.wfile.write(b"0\r\n\r\n")
        request.close_connection = not (is_chunked and ends)

    return reply


def hangs_up(request: BaseHTTPRequestHandler) -> None:
    """Not even a status."""
    request.connection.shutdown(socket.SHUT_RDWR)  # closing alone does nothing while the handler's files are open
    request.close_connection = True


def stays_silent(seconds: float) -> Reply:
    """Accepts the request and says nothing for so long, then hangs up."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        hangs_up(request)

    return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up between two requests is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class FakeEndpoint(Serving):
    """Gives the replies in order, the last one again and again; remembers what it was asked and who hung up.

    `pages`: what it says of itself, by the paths.
    """

    def __init__(self, *replies: Reply, models: Sequence[str] = (), pages: Mapping[str, Reply] | None = None) -> None:
        self.replies = list(replies)
        self.models = models
        self.pages = dict(pages or {})
        self.looks: list[tuple[str, dict[str, str]]] = []
        """Path and headers of every question about itself."""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.hung_up = threading.Event()
        super().__init__(_Server(("127.0.0.1", 0), self._handler()), "/v1")

    def of_itself(self, request: BaseHTTPRequestHandler) -> Reply | None:
        """What it says at this path of itself, if anything."""
        if request.command == "GET" or request.path in self.pages:
            self.looks.append((request.path, _headers(request)))
        return self.pages.get(request.path)

    def listed(self) -> Reply:
        """Its models, at whatever path."""
        if not self.models:
            return answers(404, {"error": "no such page"})
        return answers(200, {"data": [{"id": name} for name in self.models]})

    def next_reply(self, request: BaseHTTPRequestHandler, asked: dict[str, Any]) -> Reply:
        """The one for this request, which is kept."""
        self.headers.append(_headers(request))
        self.requests.append(asked)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._give(endpoint.of_itself(self) or endpoint.listed())

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self._give(endpoint.of_itself(self) or endpoint.next_reply(self, asked))

            def _give(self, reply: Reply) -> None:
                try:
                    reply(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                    endpoint.hung_up.set()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing on the console."""

        return Handler


def _headers(request: BaseHTTPRequestHandler) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
