"""A real web server on this machine, whose answers a test writes down path by path."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """What the server answers, and what it was asked."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def page(self, path: str, body: bytes | str = b"<p>words</p>", *, status: int = 200, **headers: str) -> str:
        """Answer with this body; `content_type="text/plain"` and the like are headers. Gives the address."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"content-type": "text/html", "content-length": str(len(data))} | named

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in named.items():
                if value:
                    handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(data)

        self.answers[path] = answer
        return self.url(path)

    def moved(self, path: str, to: str, status: int = 302) -> str:
        """Redirect to another address."""
        return self.page(path, b"", status=status, location=to)

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """The address of a path of this site."""
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, without the rules of the site."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site that is up until the block ends; unknown paths answer 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - named by the library
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            path = self.path.split("?", maxsplit=1)[0]
            if path in site.answers:
                site.answers[path](self)
            else:
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Visitors that hang up are what is tested."""

    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
