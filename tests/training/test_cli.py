"""`python -m training` refuses numbers that make no sense, and sets that are too small, in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evals.datasets import open_dataset
from rag.late_interaction import ANSWERED_VALUES, READING_VALUES
from tests.evals import tiny_sets
from training.cli import main
from training.examples import Example
from training.fitting import fit_chance, fit_lists
from training.learning import chance_worth, check_measurable
from training.report import answered_rows
from training.too_few import TooFew

COUNT = "must be a whole number from 1 to"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["weights", "SET", "--questions", "0"], f"argument --questions: {COUNT}"),
        (["weights", "SET", "--questions", "-3"], f"argument --questions: {COUNT}"),
        (["weights", "SET", "--depth", "0"], f"argument --depth: {COUNT}"),
        (["support", "SET", "--passages", "0"], f"argument --passages: {COUNT}"),
        (["topic", "SET", "--passages", "1_0"], f"argument --passages: {COUNT}"),
        (["joint", "SET", "--threads", "0"], f"argument --threads: {COUNT}"),
        (["late", "SET", "--threads", "two"], f"argument --threads: {COUNT}"),
        (["joint", "SET", "--made", "-1"], "argument --made: must be a whole number from 0 to"),
        (["joint", "SET", "--minutes", "inf"], "argument --minutes: must be a number above 0"),
        (["joint", "SET", "--minutes", "0"], "argument --minutes: must be a number above 0"),
        (["joint", "SET", "--kept", "1.5"], "argument --kept: must be from 0 to 1"),
    ],
)
def test_a_number_that_makes_no_sense_is_told(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("questions", ["1", "1200"])
def test_a_set_too_small_to_measure_on_is_told(questions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tiny_sets.beir(tmp_path / "tiny")
    rows = [row for row in tiny_sets.QUESTIONS if row["_id"] == "q3"]  # whose passage has taught the joint layers
    tiny_sets.jsonl(folder / "queries.jsonl", rows)
    (folder / "qrels.tsv").write_text("query\tdocument\tgrade\nq3\tferry\t1\n", "utf-8")
    command = ["weights", str(folder), "--as-they-are", "--questions", questions, "--cache", str(tmp_path / "cache")]
    assert main(command) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "training: tiny has no answerable question that taught nothing, to measure on: "
        "name larger sets, or ask for more of them"
    )


def test_claims_need_a_second_passage(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["support", str(tiny_sets.beir(tmp_path / "tiny")), "--passages", "1"]) == 2
    assert "training: claims are made of two passages or more" in capsys.readouterr().err


def an_example(tiny: Path, *, answers: tuple[str, ...], is_answerable: bool = True) -> Example:
    """Of a question for which nothing was found."""
    query = replace(open_dataset(tiny).queries[0], answers=answers, is_answerable=is_answerable)
    nothing = np.zeros(0, dtype=np.float32)
    return Example(query, (), (), nothing, nothing, 1, None, None, None, words_only=True)  # type: ignore[arg-type]


def test_what_is_measured_on_is_checked_before_anything_is_learned(tmp_path: Path):
    tiny = tiny_sets.beir(tmp_path / "tiny")
    answered, plain = an_example(tiny, answers=("1743",)), an_example(tiny, answers=())
    lacking = an_example(tiny, answers=(), is_answerable=False)
    check_measurable({"one": [answered], "ranking alone": [plain]}, {})
    check_measurable({"one": [answered, lacking]}, {"ranking alone": [plain]})
    for sets, checked, message in (
        ({"one": []}, {}, "one has no answerable question"),
        ({"one": [lacking, answered]}, {}, "one has no answerable question"),
        ({"one": [answered]}, {"other": [lacking]}, "other has no answerable question"),
        ({"one": [plain]}, {"other": [answered]}, "to measure a chance on: name larger sets"),
    ):
        with pytest.raises(TooFew, match=message):
            check_measurable(sets, checked)


def test_what_teaches_nothing_at_all_is_told(tmp_path: Path):
    rows, ones = np.ones((2, 3), np.float32), np.ones(2, np.float32)
    with pytest.raises(TooFew, match="what is right and what is wrong to learn from"):
        fit_lists([[(rows, ones)], []], 1.0)
    for sets in ([], [(rows, ones)], [(rows[:0], ones[:0])]):
        with pytest.raises(TooFew, match="one of the two kinds"):
            fit_chance(sets, 1.0)
    found = [an_example(tiny_sets.beir(tmp_path / "tiny"), answers=(), is_answerable=False)]
    values, labels = answered_rows(found, np.ones(len(READING_VALUES), np.float32))
    assert (values.shape, labels.shape) == ((0, len(ANSWERED_VALUES)), (0,))
    with pytest.raises(TooFew, match="to measure the chance of an answer on"):
        chance_worth(labels, labels)
