"""A home with one note, the misbehaving endpoint, and questions that go the app's own way between them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.wiring import Workspace
from evals.endpoint.faults import DOWN
from indexes.home import load_settings
from ingest.discovery import find
from ingest.pipeline import Pipeline
from rag.errors import StoreError
from rag.settings import Settings

_ROOT = Path(__file__).parents[2]
_NOTE = """# Harbour rules

The harbour of Fowey opens at six in the morning. Boats leave with the tide.

The lighthouse shows two white flashes every ten seconds.
"""


class Misbehaving:
    """The endpoint of `misbehaving` in its own process."""

    def __init__(self, port: int, unused: int) -> None:
        self._port = port
        self._unused = unused

    def url(self, kind: str) -> str:
        """Where it behaves so."""
        if kind == DOWN:
            return f"http://127.0.0.1:{self._unused}/v1"
        return f"http://127.0.0.1:{self._port}/{quote(kind)}/v1"

    def told(self) -> dict[str, Any]:
        """What it has seen: open connections and requests, and the times of each case."""
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=10)) as connection:
            connection.request("GET", "/told")
            found: dict[str, Any] = json.load(connection.getresponse())
            return found


@contextmanager
def misbehaving() -> Iterator[Misbehaving]:
    """The endpoint, ended afterwards. Raises StoreError where it does not start."""
    server = subprocess.Popen(
        [sys.executable, "-m", "evals.endpoint.misbehaving"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server, socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and never listens
        try:
            port = server.stdout.readline() if server.stdout else ""
            if not port:
                raise StoreError("the misbehaving endpoint did not start: its reason stands above")
            yield Misbehaving(int(port), unused.getsockname()[1])
        finally:
            server.terminate()


@contextmanager
def home_of(files: Path | None = None) -> Iterator[Settings]:
    """Settings of a home that holds these files, or one note; it is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as folder:
        root = Path(folder)
        settings = Settings(home=root / "home", max_file_mb=load_settings().max_file_mb)
        if files is None:
            files = root / "note.md"
            files.write_text(_NOTE, encoding="utf-8")
        with opened(settings) as workspace:
            for _ in Pipeline(workspace.library, "eval").add(find([str(files)]).files):
                pass
            workspace.library.checkpoint()
        yield settings


@contextmanager
def opened(settings: Settings) -> Iterator[Workspace]:
    """A workspace, closed afterwards."""
    workspace = Workspace(settings)
    try:
        yield workspace
    finally:
        workspace.close()
