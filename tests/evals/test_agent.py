"""The command that measures steps finds by them what one lookup misses, and counts what they cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.agent import Pair, pairs
from evals.cli import main
from evals.datasets import open_dataset

TOWNS = ("Tromsø", "Bergen", "Oslo", "Molde", "Narvik", "Bodø", "Hamar", "Larvik")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus, queries = [], []
    for n, town in enumerate(TOWNS):
        corpus.append({"_id": f"d{n}", "title": town, "text": f"The rent in {town} is {n}50 euros."})
        queries.append({"_id": f"q{n}", "text": f"How much is the rent in {town}?", "answers": [f"{n}50"]})
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    judged = "".join(f"q{n}\td{n}\t1\n" for n in range(len(TOWNS)))
    (tmp_path / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}")
    return tmp_path


def test_the_pairs_are_of_two_passages_each(folder: Path):
    made = pairs(open_dataset(folder), ", and ", "", 3)
    assert len(made) == 3
    assert all(isinstance(pair, Pair) and pair.of[0].id != pair.of[1].id for pair in made)
    assert len({query.id for pair in made for query in pair.of}) == 6


def test_the_command_prints_what_each_way_finds(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FOOTNOTE_RERANKER", "none")
    assert main(["agent", str(folder), "--limit", "4", "--cache", str(tmp_path / "cache")]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [line.rsplit(maxsplit=6) for line in lines if line[:1] in "ops" and len(line.rsplit(maxsplit=6)) == 7]
    by_tools = [row for row in rows if row[0].startswith("steps")]
    assert len(rows) == 10
    assert len(by_tools) == 2
    assert all((row[1], row[2], row[5]) == ("4", "1.000", "2.00") for row in by_tools)
    assert all(row[5] == "0.00" for row in rows if "lookup" in row[0] or "rules" in row[0])
