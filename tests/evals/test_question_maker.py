"""Questions from somebody's own documents: with gaps, by a model, and all the way to a run over them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.chat_model import OpenAIChatModel
from evals.answer_metrics import contains_answer
from evals.cli import main
from evals.datasets import open_dataset
from evals.question_maker import GAP, asked_questions, gap_questions, in_turns
from evals.record_file import read
from indexes.library import Library
from ingest.files import File
from ingest.pipeline import Pipeline
from rag.settings import Settings
from rag.types import Chunk
from tests.evals import tiny_sets
from tests.fake_endpoint import FakeEndpoint, says


def chunk(id: int, document: int, text: str) -> Chunk:
    return Chunk(id, document, id, 0, len(text), text, "", "", 3, 3, f"{document}.pdf", "", "")


LONG = "In {} the stone bridge over the {} was finished by Agnes Holt after nine years. "
RIVERS = ("Wend", "Aller", "Severn", "Tyne")
CHUNKS = [chunk(n, n // 2, LONG.format(1700 + n, river) * 4) for n, river in enumerate(RIVERS)]


def test_a_gap_is_the_sentence_without_the_word():
    made = list(gap_questions(CHUNKS, 2, seed=0))
    assert len(made) == 2
    for question in made:
        assert question.question.count(GAP) == 1
        assert " ".join(question.question.replace(GAP, question.answer).split()) in " ".join(
            question.chunk.text.split()
        )
    assert made == list(gap_questions(CHUNKS, 2, seed=0))


NO_PROSE = (
    "| [MS MARCO](https://example.org/msmarco) triplets of a question and two of its passages | 9,144,553 |",
    "More on how all of this was made by hand is told at https://example.org/how and nowhere else.",
)


@pytest.mark.parametrize("text", NO_PROSE)
def test_no_gap_is_made_in_what_is_no_prose(text: str):
    assert list(gap_questions([chunk(1, 1, text)], 1, seed=0)) == []


def test_a_gap_is_a_whole_word():
    text = "As we moved on into the 21st and then the 22nd century, it was told to all of us again."
    made = list(gap_questions([chunk(1, 1, text)], 1, seed=0))
    assert all(f" {one.answer}" in text and not re.search(rf"{GAP}\w", one.question) for one in made) and made


UNSPACED = (
    ("温德河上的石桥于1743年建成，共有九个拱，由当地石匠用砂岩砌成。", "1743"),
    ("阿格尼丝霍尔特在两次火灾之后，和 Agnes Holt 一起重建了造纸厂。", "Agnes"),
    ("温德河上的石桥共有九个拱，由当地石匠用砂岩砌成。", None),
    ("石造りの橋は長い年月をかけて完成し、今も川に架かっています。", None),
    ("สะพานหินข้ามแม่น้ำเวนด์สร้างเสร็จในปี 1743 และมีเก้าซุ้มโค้ง", "1743"),
)


@pytest.mark.parametrize(("text", "answer"), UNSPACED)
def test_a_gap_is_made_where_a_script_has_no_blanks(text: str, answer: str | None):
    [made] = gap_questions([chunk(1, 1, text)], 1, seed=0)
    assert made.answer == (answer or made.answer)
    assert answer or len(made.answer) == 2
    assert made.question.replace(GAP, made.answer) == text
    assert contains_answer(text, [made.answer])


@pytest.mark.parametrize("text", ["石桥有九个拱。", "The bridge has nine arches.", "渡船" * 100])
def test_no_gap_is_made_in_a_sentence_too_short_or_too_long(text: str):
    assert list(gap_questions([chunk(1, 1, text)], 1, seed=0)) == []


def test_a_model_is_asked_about_a_passage_of_few_signs_that_say_as_much():
    text = "温德河上的石桥于一七四三年建成，共有九个拱。" * 4
    assert len(text) < 100
    with FakeEndpoint(says('{"question": "石桥何时建成？", "answer": "一七四三年"}')) as endpoint:
        model = OpenAIChatModel(base_url=endpoint.url, model="m")
        made = list(asked_questions(model, [chunk(1, 1, text)], 1, 0, lambda _text: None))
    assert [one.answer for one in made] == ["一七四三年"]


def test_a_folder_in_a_script_without_blanks_is_asked_about_and_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder, questions = tmp_path / "my docs", tmp_path / "own.jsonl"
    folder.mkdir()
    for n, (text, _) in enumerate(UNSPACED[:3]):
        (folder / f"{n}.txt").write_text(text, "utf-8")
    command = [str(folder), "--cache", str(tmp_path / "cache")]
    assert main(["questions", *command, "--out", str(questions)]) == 0
    assert f"measure with: python -m evals run '{folder}' --questions {questions}\n" in capsys.readouterr().out
    out = tmp_path / "out"
    assert main(["run", *command, "--questions", str(questions), "--only", "retrieval", "--out", str(out)]) == 0
    assert read(out).values("success@5") == {"q1": 1, "q2": 1, "q3": 1}


def test_every_document_has_its_turn():
    assert {of.document_id for of in in_turns(CHUNKS, seed=1)[:2]} == {0, 1}


def test_a_model_writes_and_what_does_not_stand_there_is_left_out():
    replies = [
        says('{"question": "Who finished the bridge?", "answer": "Agnes Holt"}'),
        says('{"question": "Who paid?", "answer": "the king"}'),
        says("no"),
        says('{"question": "How long did it take?", "answer": "nine years"}'),
    ]
    with FakeEndpoint(*replies) as endpoint:
        model = OpenAIChatModel(base_url=endpoint.url, model="m")
        made = list(asked_questions(model, CHUNKS, 2, 0, lambda _text: None))
    assert [question.answer for question in made] == ["Agnes Holt", "nine years"]
    assert made[0].row("q1") | {"documents": []} == {
        "id": "q1",
        "question": "Who finished the bridge?",
        "answers": ["Agnes Holt"],
        "documents": [],
        "pages": [3],
    }


def test_a_folder_is_asked_about_and_run(tmp_path: Path):
    folder = tiny_sets.documents(tmp_path / "docs")
    (folder / "questions.jsonl").unlink()
    questions, cache = tmp_path / "own.jsonl", ["--cache", str(tmp_path / "cache")]
    assert main(["questions", str(folder), "--out", str(questions), "--limit", "3", *cache]) == 0
    assert len(open_dataset(folder, questions).queries) == 3
    assert main(["run", str(folder), "--questions", str(questions), "--out", str(tmp_path / "out"), *cache]) == 0
    assert (read(tmp_path / "out").metrics or {})["success@5"].mean == 1


def test_a_collection_of_the_home_is_asked_about_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tiny_sets.documents(tmp_path / "docs")
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    library = Library(Settings(home=tmp_path / "home"))
    files = [File(path, str(path)) for path in sorted(folder.glob("*.txt"))]
    assert [outcome.state for outcome in Pipeline(library, "mine").add(files)] == ["ready"] * 5
    library.close()
    questions, cache = tmp_path / "own.jsonl", ["--cache", str(tmp_path / "cache")]
    assert main(["questions", "--collection", "mine", "--out", str(questions)]) == 0
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    assert {row["documents"][0] for row in rows} <= {file.source for file in files}
    command = ["run", "--collection", "mine", "--questions", str(questions), "--out", str(tmp_path / "out"), *cache]
    assert main(command) == 0
    assert (read(tmp_path / "out").metrics or {})["document@5"].mean == 1
