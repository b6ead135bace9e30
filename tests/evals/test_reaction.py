"""One person in a real browser, over the real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import served
from evals.cli import main
from evals.people import reaction
from evals.people.visitor import Visitor
from rag.errors import StoreError


@pytest.mark.slow
def test_what_a_person_sees_happen_has_its_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    if served.chromium() is None:
        pytest.skip("no Chromium")
    (tmp_path / "otter.md").write_text("Otters sleep on their backs.", "utf-8")
    assert main(["reaction", "--times", "2", "--documents", str(tmp_path), "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert 0 < seen["first_s"] < 60
    assert len(seen["opened_s"]) == 2
    asked = list(zip(seen["emptied_s"], seen["question_s"], seen["answer_s"], strict=True))
    assert len(asked) == 2
    assert all(0 < emptied <= stood < answered for emptied, stood, answered in asked)
    assert list(seen["again_s"]) == list(reaction.PAGES)
    assert all(len(one) == 2 and min(one) > 0 for one in seen["again_s"].values())


@pytest.mark.slow
def test_a_page_without_a_box_is_none_to_ask_on(tmp_path: Path):
    with served.served(tmp_path) as (address, _), Visitor(address, "documents") as page:
        assert page.again() > 0
        with pytest.raises(StoreError, match="no box to ask in"):
            page.ask("Who sleeps?")


def test_without_a_browser_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(reaction, "chromium", lambda: None)
    assert main(["reaction"]) == 2
    assert "no Chromium was found" in capsys.readouterr().err
