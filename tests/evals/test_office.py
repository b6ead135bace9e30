"""The command that asks about documents of households and firms, with the real reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cli import main
from evals.office import SETS, measure, questions, table
from indexes.home import load_settings


def test_every_question_is_what_it_should_be():
    for path in SETS.glob("*.jsonl"):
        texts = " ".join(" ".join(one.read_text("utf-8").split()) for one in (SETS / path.stem).iterdir())
        for one in questions(path):
            assert one.kind in {"one", "whole", "faq", "prose", "none"}
            assert bool(one.holds) != (one.kind == "none"), one
            assert one.kind != "none" or one.near or path.stem == "household"
            assert len(texts) > 10_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "soup.md").write_text(
        "# Soup\n\n## Ingredients\n\n- 2 carrots\n- 1 onion\n\nIt keeps 3 days."
    )
    return tmp_path / "files"


def test_complete_refused_and_wrong_are_counted(folder: Path, tmp_path: Path):
    rows = [
        {"question": "What are the ingredients of the soup?", "kind": "whole", "holds": ["2 carrots", "1 Onion"]},
        {
            "question": "What are the ingredients of the soup?",
            "kind": "whole",
            "holds": ["carrot"],
            "wrong": ["1 onion"],
        },
        {"question": "Who invented the steam engine in 1712?", "kind": "none", "holds": [], "near": "elsewhere"},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps({"wrong": []} | row) for row in rows))
    outcomes = list(measure(folder, questions(path), load_settings()))
    found = [(one.is_complete, one.answer.refused, one.is_wrong) for one in outcomes]
    assert found == [(True, False, False), (False, False, True), (False, True, False)]
    lines = [line.split() for line in table(outcomes)]
    assert lines[1:] == [
        ["whole", "2", "1", "0", "1"],
        ["none:", "elsewhere", "1", "-", "1", "0"],
        ["all", "that", "are", "answered", "2", "1", "0", "1"],
        ["none", "of", "them", "1", "-", "1", "0"],
    ]


@pytest.mark.slow
def test_the_command_tells_of_a_set(capsys: pytest.CaptureFixture[str]):
    assert main(["office", "firm", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 125
    unknown = [row for row in rows if row["kind"] == "none"]
    answered = [row for row in rows if row["kind"] != "none"]
    assert sum(row["refused"] for row in unknown) > 0.65 * len(unknown)
    assert sum(row["complete"] for row in answered) > 0.5 * len(answered)
