"""Sets and files that a command can read but not measure with are refused in a sentence, before it takes its time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.ablation.table import read_rows
from evals.cli import main
from evals.refusal import cases_of
from rag.errors import InputError
from tests.evals import tiny_sets


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command works, with one set of each kind."""
    monkeypatch.chdir(tmp_path)
    tiny_sets.beir(tmp_path / "good")
    tiny_sets.documents(tmp_path / "files")
    (tmp_path / "none").mkdir()
    tiny_sets.jsonl(tmp_path / "refused.jsonl", [{"question": "Why?", "answerable": False, "others": ["Text."]}])
    tiny_sets.jsonl(tmp_path / "bare.jsonl", [{"question": "Why?", "answerable": False}])
    tiny_sets.beir(tmp_path / "empty")
    (tmp_path / "empty/corpus.jsonl").write_text("")
    tiny_sets.beir(tmp_path / "ungiven")
    rows = [{key: value for key, value in row.items() if key != "answers"} for row in tiny_sets.QUESTIONS]
    tiny_sets.jsonl(tmp_path / "ungiven/queries.jsonl", rows)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("run bare.jsonl", "bare.jsonl holds no passage, so there is nothing to be found"),
        ("retrieval empty", "empty holds no passage, so there is nothing to be found"),
        ("weights empty", "empty holds no passage, so there is nothing to be found"),
        ("retrieval refused.jsonl", "refused.jsonl answers none of its questions"),
        ("queries refused.jsonl", "refused.jsonl answers none of its questions"),
        ("weights refused.jsonl", "refused.jsonl answers none of its questions"),
        ("ablate refused.jsonl", "refused.jsonl answers none of its questions"),
        ("queries files", "is about files: name a set that consists of passages"),
        ("embedding files", "files has no passages to embed"),
        ("refusal ungiven", "no question of ungiven has `answers`"),
        ("parsing none", "none holds no file"),
        ("parsing files --json none", "--json none cannot be written"),
        (
            "parsing files --expected files/questions.jsonl",
            "the list of expectations files/questions.jsonl cannot be read",
        ),
        ("ablate good --write", "docs/measured.md has no place for it"),
        ("stages good --write", "docs/measured.md has no place for it"),
        ("ocr none", "none lacks "),
    ],
)
def test_what_cannot_be_measured_is_told(command: str, message: str, capsys: pytest.CaptureFixture[str]):
    assert main(command.split()) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("command", ["weights", "queries", "ablate", "refusal"])
def test_all_sets_are_opened_before_the_first_is_measured(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
):
    assert main([command, "good", "none"]) == 2
    assert "none holds no set of questions" in capsys.readouterr().err
    assert not (folder / "build").exists()


def test_labelled_questions_that_are_no_text_are_told(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "none/lookup.txt").write_bytes(b"what?\n\xff\n")
    assert main(["routes", "--questions", "none"]) == 2
    assert "none/lookup.txt, line 2: not UTF-8 text" in capsys.readouterr().err


def test_questions_after_another_subject_need_no_passage_that_is_gone(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "good/qrels.tsv").write_text("h\nq1\tgone\t1\nq2\tmill\t1\n")
    assert main(["queries", "good"]) == 0
    assert "after another subject" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "[", "{}", "[1]", '[{"set": "x"}]', "[" * 100_000])
def test_rows_of_an_ablation_that_are_none_are_told(folder: Path, content: str):
    (folder / "rows.json").write_text(content)
    with pytest.raises(InputError, match=r"rows\.json does not hold the rows of an ablation"):
        read_rows(folder / "rows.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cases.json, line 1: not JSON"),
        ("[]", "cases.json: not an object with `cases`"),
        ("{}", "cases.json: `cases` is missing or not a list"),
        ('{"cases": [1]}', "cases.json: cases[0]: not an object"),
        ('{"cases": [{"query": "?", "contexts": [1]}]}', "cases.json: cases[0]: `contexts` must be a list of strings"),
        ('{"cases": [{"query": "?"}]}', "cases.json: cases[0]: `contexts` is missing or empty"),
        ('{"cases": [{"contexts": ["x"]}]}', "cases.json: cases[0]: `query` is missing or not a string"),
        ("[" * 100_000, "its lists lie too deep"),
    ],
)
def test_cases_of_another_form_are_told(folder: Path, content: str, message: str):
    path = folder / "cases.json"
    path.write_text(content)
    with pytest.raises(InputError) as error:
        cases_of(path)
    assert message in str(error.value)
    path.write_text(json.dumps({"cases": [{"query": "?", "contexts": ["x"]}]}))
    assert [question for question, _ in cases_of(path)] == ["?"]
