"""An OpenAI-compatible endpoint of this process, on a real socket, whose model is a function of the request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evals.serving import Serving


class ScriptedEndpoint(Serving):
    """Serves while it is entered. `n_requests` counts what it was asked."""

    def __init__(self, answered: Callable[[dict[str, Any]], Iterator[bytes]]) -> None:
        """`answered`: the events of the reply to a request, as `words` and `calls` make them."""
        self.n_requests = 0
        self._answered = answered
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), self._handler()), "/v1")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                endpoint.n_requests += 1
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                for event in endpoint._answered(asked):
                    self.wfile.write(event)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def words(said: str, each: str = r"\s*\S+") -> Iterator[bytes]:
    """The words one by one, as endpoints stream them, or whatever else the pattern of `each` finds."""
    for word in re.findall(each, said):
        yield _event({"content": word}, None)
    yield _event({}, "stop")
    yield b"data: [DONE]\n\n"


def calls(made: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[bytes]:
    """Calls of tools, each a name and its arguments."""
    for n, (name, arguments) in enumerate(made):
        function = {"name": name, "arguments": json.dumps(arguments)}
        yield _event({"tool_calls": [{"index": n, "id": f"call_{n}", "type": "function", "function": function}]}, None)
    yield _event({}, "tool_calls")
    yield b"data: [DONE]\n\n"


def _event(delta: dict[str, Any], finish_reason: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return b"data: " + json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"
