"""A server of this process at a free port of this machine, for models and collectors that are made up."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Serving:
    """Serves while it is entered, in threads that end with the process."""

    def __init__(self, server: ThreadingHTTPServer, path: str = "") -> None:
        """`path`: what stands behind the port in its address."""
        self._server = server
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}{path}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
