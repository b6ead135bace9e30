"""A chat endpoint that misbehaves on purpose, as a process of its own: `python -m evals.endpoint.misbehaving`.

The first part of a path names what it does: `/cut/v1/chat/completions`. It prints its port, and tells at `/told` how
many connections and requests are open, and when it got and answered each question that says `case N`.
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import unquote

_LONGEST_S = 60.0
"""No fault lasts longer by itself: whoever has not given up by then never would."""
_CASE = re.compile(rb"case (\d+)")


class Told:
    """What the endpoint has seen so far."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.counts = {"connections": 0, "requests": 0}
        self.cases: dict[str, dict[str, float]] = {}
        """Number in a question -> monotonic seconds of what became of it: received, first, last, gone."""

    @contextmanager
    def counted(self, name: str) -> Iterator[None]:
        """One more of these meanwhile."""
        with self._lock:
            self.counts[name] += 1
        try:
            yield
        finally:
            with self._lock:
                self.counts[name] -= 1

    def begin(self, asked: bytes) -> dict[str, float]:
        """The times of the case that a request is about, which begin anew."""
        times = {"received": time.monotonic()}
        with self._lock:
            self.cases |= {number.decode(): times for number in _CASE.findall(asked)[-1:]}
        return times

    def page(self) -> bytes:
        """All of it as JSON."""
        with self._lock:
            return json.dumps({**self.counts, "cases": self.cases}).encode()


class Exchange:
    """One request, and all that can be done to who sent it."""

    def __init__(self, handler: BaseHTTPRequestHandler, times: dict[str, float]) -> None:
        self._handler = handler
        self._times = times

    def begin(self, status: int = 200, media_type: str = "text/event-stream", **headers: str) -> None:
        """Status and headers; what follows is sent in chunks unless a length is given."""
        self._handler.send_response(status)
        named = {"content-type": media_type} | {name.replace("_", "-"): value for name, value in headers.items()}
        if "content-length" not in named:
            named["transfer-encoding"] = "chunked"
        for name, value in named.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def chunk(self, part: bytes) -> None:
        """A piece of the body."""
        self.raw(b"%x\r\n%s\r\n" % (len(part), part))

    def words(self, *texts: str) -> None:
        """Each as an event of a stream."""
        for text in texts:
            part = event(text)
            self._times.setdefault("first", time.monotonic())
            self.chunk(part)

    def end(self, *parts: bytes) -> None:
        """The last pieces, and the mark of the end."""
        for part in parts:
            self.chunk(part)
        self.raw(b"0\r\n\r\n")

    def whole(self, status: int, body: bytes, media_type: str = "application/json", **headers: str) -> None:
        """A response of known length."""
        self.begin(status, media_type, content_length=str(len(body)), **headers)
        self.raw(body)

    def raw(self, part: bytes) -> None:
        """Bytes as they are."""
        self._handler.wfile.write(part)

    def pause(self, seconds: float) -> None:
        """Wait; raises ConnectionResetError as soon as the other side hangs up."""
        connection = self._handler.connection
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([connection], [], [], left)[0] and not connection.recv(1, socket.MSG_PEEK):
                raise ConnectionResetError

    def hang_up(self) -> None:
        """End the connection in the middle."""
        self._handler.close_connection = True
        with suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def forever(self, part: bytes, every: float = 0.0) -> None:
        """The same bytes again and again."""
        end = time.monotonic() + _LONGEST_S
        while time.monotonic() < end:
            self.raw(part)
            if every:
                self.pause(every)
        self.hang_up()


Reply = Callable[[Exchange], None]


def event(text: str = "", finish_reason: str | None = None) -> bytes:
    """One event of a streamed completion."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish_reason}
    body = {"object": "chat.completion.chunk", "choices": [choice]}
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


class Server(ThreadingHTTPServer):
    """The endpoint at a free port of this machine; `replies` by the first part of a path."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = replies
        self.told = Told()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        if self.connection.recv(5, socket.MSG_PEEK) == b"GET /":  # whoever looks is not counted
            return super().handle()
        with self.server.told.counted("connections"):
            return super().handle()

    def do_GET(self) -> None:
        exchange = Exchange(self, {})
        if self.path == "/told":
            exchange.whole(200, self.server.told.page())
        else:
            exchange.whole(404, b'{"error": "no such page"}')

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["content-length"]))
        times = self.server.told.begin(asked)
        try:
            with self.server.told.counted("requests"):
                self.server.replies[unquote(self.path.split("/")[1])](Exchange(self, times))
            times["last"] = time.monotonic()
        except ConnectionError:
            times["gone"] = time.monotonic()
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Say nothing on the console."""


def main() -> None:
    """Serve until the standard input is closed."""
    from threading import Thread

    from evals.endpoint.faults import REPLIES

    endpoint = Server(REPLIES)
    Thread(target=endpoint.serve_forever, args=(0.05,), daemon=True).start()
    sys.stdout.write(f"{endpoint.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
