"""Each file that is taken in leaves a span at a real collector, without its name or a word of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.cli import main
from tests.collector import Collector


def test_files_leave_spans_and_unchanged_ones_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "private-folder"
    folder.mkdir()
    (folder / "letter.md").write_text("# Harbour\n\nThe harbour opens at six.\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    with Collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.url)
        assert main(["add", str(folder)]) == 1
        first = collector.spans()
        main(["add", str(folder)])
        assert len(collector.spans()) == len(first)
    assert {seen.name for seen in first} == {"ingest"}
    ready, failed = sorted(first, key=lambda seen: seen.has_failed)
    assert ready.attributes == {"footnote.outcome": "ready", "footnote.pages": 0, "footnote.passages": 1}
    assert (failed.attributes["footnote.outcome"], failed.attributes["error.type"]) == ("failed", "Unreadable")
    assert ready.seconds > 0
    held = b"".join(collector.bodies)
    assert not [word for word in (b"private-folder", b"letter", b"arbour", b"broken") if word in held]
