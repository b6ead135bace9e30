"""A home with one short document, and a workspace over it with a fake chat endpoint or without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.wiring import Workspace
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint, Reply

TEXT = "The lighthouse of Varn is 41 metres high."
QUESTION = "How high is the lighthouse of Varn?"


@contextmanager
def asking(home: Path, *replies: Reply, text: str = TEXT, **settings: Any) -> Iterator[tuple[Workspace, FakeEndpoint]]:  # noqa: ANN401
    """Without replies there is no chat model. Each call is as a new process over the same home."""
    with FakeEndpoint(*replies) as endpoint:
        given = Settings(home=home, base_url=endpoint.url, chat_model="tiny" if replies else "")
        given = replace(given, **settings)
        workspace = Workspace(given)
        if not workspace.library.catalogue.n_chunks():
            note = home / "note.txt"
            note.write_text(text)
            list(Pipeline(workspace.library, "default").add([File(note, "note.txt")]))
        try:
            yield workspace, endpoint
        finally:
            workspace.close()
