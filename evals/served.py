"""Starts the app as `make run` does, for measurements and tests that need the real server."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexes.home import environment
from rag.errors import StoreError

_ROOT = Path(__file__).parents[1]
_PATIENCE_S = 60
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For the browser of a measurement: it runs in a container, and asks nobody anything by itself."""


@contextmanager
def served(home: Path, **settings: str) -> Iterator[tuple[str, int]]:
    """The address and the process id of a server over `home`; it is ended afterwards. `settings`: variables of its
    environment. Raises StoreError.
    """
    port = int(settings.get("PORT") or free_port())
    variables = environment() | {"FOOTNOTE_HOME": str(home), "HOST": "127.0.0.1", "PORT": str(port)} | settings
    server = subprocess.Popen([sys.executable, "-m", "app.serve"], cwd=_ROOT, env=variables, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(20)


def chromium() -> str | None:
    """Where the system's browser is, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def free_port() -> int:
    """One of this machine at which nothing listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while server.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise StoreError("the app's server did not start: try `make run` to see what it says")
