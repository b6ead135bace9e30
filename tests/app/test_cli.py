"""The command line of questions, over the sample documents and the real model."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from app.wiring import THRESHOLD
from ingest.cli import main as ingest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "documents"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_HOME", str(home))
        assert ingest(["add", str(SAMPLES), "--json"]) == 0
    return home


@pytest.fixture(autouse=True)
def in_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))


def test_search_prints_hits(capsys: pytest.CaptureFixture[str]):
    assert main(["search", "why do nuts lock themselves", "--k", "3", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["rank"] for row in rows] == [1, 2, 3]
    place = ["rank", "document", "source", "page", "start", "end"]
    assert list(rows[0]) == [*place, "text", "score", "origin", "older_content", "gives_orders"]
    assert rows[0]["source"].endswith("self-locking-nuts.pdf")
    assert rows[0]["page"] == 1
    assert len(rows[0]["text"]) == rows[0]["end"] - rows[0]["start"]


def test_search_within_one_document_or_a_few_passages_of_each(capsys: pytest.CaptureFixture[str]):
    assert main(["search", "nuts and sleighs", "--document", "1", "--json"]) == 0
    assert {row["document"] for row in json.loads(capsys.readouterr().out)} == {1}
    assert main(["search", "nuts and sleighs", "--per-document", "1", "--json"]) == 0
    documents = [row["document"] for row in json.loads(capsys.readouterr().out)]
    assert len(documents) == len(set(documents)) > 1


def test_ask_prints_an_answer_with_its_sources(capsys: pytest.CaptureFixture[str]):
    assert main(["ask", "What does the model map sentences to?", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert {"question", "answer", "refused", "sentences", "citations", "hits", "trace"} <= row.keys()
    assert not row["refused"]
    assert THRESHOLD <= row["chance"] <= 1
    assert "384" in row["answer"]
    numbers = {citation["n"] for citation in row["citations"]}
    assert all(set(sentence["citations"]) <= numbers for sentence in row["sentences"])
    assert set(row["citations"][0]) == {"n", "document", "source", "page", "start", "end", "quote"}


def test_a_summary_says_how_much_it_read(capsys: pytest.CaptureFixture[str]):
    assert main(["ask", "Summarise word-processors.pdf", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    read = row["coverage"]
    assert read["read"] == read["of"] > 5
    assert read["text"] == f"Read {read['of']} of {read['of']} passages of The Evolution of the Word Processor."
    assert len(row["outline"]["sections"]) > 5
    said = [one for section in row["outline"]["sections"] for cell in section["cells"] for one in cell]
    assert said == row["sentences"]
    assert main(["ask", "Summarise word-processors.pdf"]) == 0
    out = capsys.readouterr().out
    assert f"{read['text']}\n" in out
    assert "The Rise of Personal Computers (1980s):\n" in out


def test_ask_is_readable_too(capsys: pytest.CaptureFixture[str]):
    assert main(["ask", "What does the model map sentences to?"]) == 0
    out = capsys.readouterr().out
    assert "[1]" in out
    assert "all-MiniLM-L6-v2.md" in out


def test_a_file_of_questions_gives_a_line_each(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    questions = tmp_path / "questions.txt"
    questions.write_text("What is a self-locking nut?\n\nWhat is tobogganing?\n")
    assert main(["ask", "--questions", str(questions)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["question"] for row in rows] == ["What is a self-locking nut?", "What is tobogganing?"]


@pytest.mark.parametrize(
    "argv",
    [
        ["ask", ""],
        ["ask"],
        ["ask", "why " * 30_000],
        ["ask", "why", "--collection", "none"],
        ["ask", "--questions", "/no"],
        ["search", "why", "--document", "999"],
    ],
)
def test_wrong_use_is_one_sentence(capsys: pytest.CaptureFixture[str], argv: list[str]):
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1


@pytest.mark.slow
def test_an_endpoint_that_is_down_still_gets_an_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_CHAT_MODEL", "any")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert main(["ask", "What is a self-locking nut?", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["citations"]
    assert "127.0.0.1:9" in row["notice"]


def test_a_question_that_cannot_be_asked_does_not_end_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    questions = tmp_path / "questions.txt"
    questions.write_text("\ufeffWhat is a self-locking nut?\n" + "why " * 2000 + "\nWhat is tobogganing?\n")
    assert main(["ask", "--questions", str(questions)]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [("error" in row, row["question"][:7]) for row in rows] == [
        (False, "What is"),
        (True, "why why"),
        (False, "What is"),
    ]


def test_a_search_without_its_reranker_finds_the_same_and_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_RERANKER", "none")
    assert main(["search", "self-locking nuts", "--json"]) == 0
    plain = capsys.readouterr().out
    monkeypatch.setenv("FOOTNOTE_RERANKER", "no-such-model")
    assert main(["search", "self-locking nuts", "--json"]) == 0
    out, err = capsys.readouterr()
    assert out == plain
    assert "FOOTNOTE_RERANKER='no-such-model' is no folder" in err


@pytest.mark.parametrize("gone", ["weights.json", "rarity.npy", "joint.safetensors", "late.safetensors"])
def test_a_search_without_the_weights_that_ship_finds_the_same_and_says_so(  # noqa: PLR0917
    gone: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_RERANKER", "none")
    assert main(["search", "self-locking nuts", "--json"]) == 0
    plain = capsys.readouterr().out
    for layer in ("rag", "indexes", "ingest", "app"):  # the same program, but for one file
        shutil.copytree(ROOT / layer, tmp_path / layer, copy_function=os.symlink, ignore=lambda *_: ["__pycache__"])
    (tmp_path / "indexes/late_interaction" / gone).unlink()
    environment = {
        **os.environ,
        "FOOTNOTE_HOME": str(home),
        "FOOTNOTE_RERANKER": "late",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    search = run("search", "self-locking nuts", "--json")
    assert (search.returncode, search.stdout) == (0, plain)
    assert "fetch this version" in search.stderr
    assert "The order of the passages is that of the search." in search.stderr
    ask = run("ask", "Why do nuts lock themselves?")
    assert (ask.returncode, ask.stdout, ask.stderr.count("\n")) == (1, "", 1)
    assert "fetch this version" in ask.stderr
