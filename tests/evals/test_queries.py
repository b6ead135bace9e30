"""`python -m evals queries`: the questions that it makes, and what it prints, with the real encoder."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from evals.cli import main
from evals.datasets import open_dataset
from evals.follow_ups import follow_ups
from evals.typos import is_function, misspelt
from rag.query.edits import edits
from tests.evals.tiny_sets import jsonl

PASSAGES = {
    "bridge": "The stone bridge over the Wend was finished in 1743. It has nine arches.",
    "mill": "Agnes Holt rebuilt the paper mill with a slate roof after two fires. It makes blotting paper.",
    "ferry": "A ferry crosses the lake at noon. The crossing takes forty minutes in calm weather.",
}
QUESTIONS = [
    ("When was the stone bridge finished?", "bridge", ["1743"]),
    ("How many arches does the stone bridge have?", "bridge", ["nine"]),
    ("Who rebuilt the paper mill?", "mill", ["Agnes Holt"]),
    ("What does the paper mill make?", "mill", ["blotting paper"]),
    ("When does the ferry cross?", "ferry", ["noon"]),
]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    jsonl(folder / "corpus.jsonl", [{"_id": id, "text": text} for id, text in PASSAGES.items()])
    rows = [{"_id": f"q{n}", "text": text, "answers": answers} for n, (text, _, answers) in enumerate(QUESTIONS)]
    jsonl(folder / "queries.jsonl", rows)
    judged = "".join(f"q{n}\t{passage}\t1\n" for n, (_, passage, _) in enumerate(QUESTIONS))
    (folder / "qrels.tsv").write_text(f"query\tdocument\tgrade\n{judged}", "utf-8")
    return folder


def test_a_typo_is_one_slip_in_a_content_word():
    text = "When was the stone bridge finished?"
    found = {misspelt(text, random.Random(seed)) for seed in range(50)}
    assert len(found) > 20
    for one in found:
        (changed,) = [(a, b) for a, b in zip(text.split(), one.split(), strict=True) if a != b]
        assert changed[0] in ("stone", "bridge", "finished?")
        assert edits(*changed, 1) == 1
    assert misspelt(text, random.Random(1)) == misspelt(text, random.Random(1))
    assert misspelt("Who is it?", random.Random(1)) == "Who is it?"


def test_a_typo_hits_the_words_that_it_is_told():
    found = {misspelt("When was the stone bridge finished?", random.Random(seed), is_function) for seed in range(50)}
    assert len(found) > 5
    assert all(one.endswith(" was the stone bridge finished?") for one in found)


def test_follow_ups_point_at_what_both_questions_name(tiny: Path):
    made = follow_ups(open_dataset(tiny))
    assert [(one.text, one.history[0].question, one.is_same_passage) for one in made] == [
        ("How many arches does it have?", "When was the stone bridge finished?", True),
        ("What does it make?", "Who rebuilt the paper mill?", True),
    ]
    assert made[1].history[0].answer.sentences[0].text.startswith("Agnes Holt rebuilt the paper mill")


def test_the_command_prints_every_way(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_RERANKER", "none")
    command = ["queries", str(tiny), "--cache", str(tmp_path / "cache")]
    assert main([*command, "--json"]) == 0
    rows = {(row["group"], row["name"]): row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert rows["of the same passage", "completed"]["changed"] == 1
    assert rows["with a typo", "spelled as the documents"]["value"] >= rows["with a typo", ""]["value"]
    assert rows["with a typo in a word that says nothing", "spelled as the documents"]["changed"] > 0
    assert rows["after another subject", "completed"]["changed"] == 0
    assert main(command) == 0
    assert "of the same passage: completed" in capsys.readouterr().out
