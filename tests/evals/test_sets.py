"""Question sets in the other forms: read as they are, or refused with the file and the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.datasets import Passage, Query, open_dataset
from rag.errors import InputError
from tests.evals import tiny_sets

SQUAD = {
    "data": [
        {
            "title": "Wend",
            "paragraphs": [
                {
                    "context": "The bridge was finished in 1743.",
                    "qas": [
                        {"id": "a", "question": "When?", "answers": [{"text": "1743"}, {"text": "1743"}]},
                        {"id": "b", "question": "Why?", "answers": [], "is_impossible": True},
                    ],
                }
            ],
        }
    ]
}


def test_squad(tmp_path: Path):
    path = tmp_path / "set.json"
    path.write_text(json.dumps(SQUAD), "utf-8")
    dataset = open_dataset(path)
    assert list(dataset.corpus()) == [Passage("p1", "Wend", "The bridge was finished in 1743.")]
    unanswered = Query("b", "Why?", (), is_answerable=False, about="p1")
    assert dataset.queries == (Query("a", "When?", ("1743",)), unanswered)
    assert dataset.qrels == {"a": {"p1": 1}}


def test_rows_share_their_passages(tmp_path: Path):
    rows = [
        {"question": "When?", "answers": ["1743"], "passages": ["one"], "others": [{"title": "T", "text": "two"}]},
        {"question": "Who?", "answers": ["Holt"], "passages": [{"title": "T", "text": "two"}, "one"]},
        {"question": "Why?", "answerable": False},
    ]
    dataset = open_dataset(tiny_sets.jsonl(tmp_path / "set.jsonl", rows))
    assert [passage.text for passage in dataset.corpus()] == ["one", "two"]
    assert dataset.qrels == {"q1": {"p1": 1}, "q2": {"p2": 1, "p1": 1}}
    assert [query.is_answerable for query in dataset.queries] == [True, True, False]


def test_questions_over_files_in_csv(tmp_path: Path):
    folder = tiny_sets.documents(tmp_path / "docs")
    (folder / "questions.jsonl").unlink()
    text = 'question,answers,documents,pages\n"Where, then?",1743|nine,bridge.txt | mill.txt,1|2\nWho?,Holt,,\n'
    (folder / "questions.csv").write_text(text, "utf-8")
    dataset = open_dataset(folder)
    assert dataset.queries[0] == Query("q1", "Where, then?", ("1743", "nine"), pages=(1, 2))
    assert dataset.qrels == {"q1": {"bridge.txt": 1, "mill.txt": 1}, "q2": {}}
    assert set(dataset.files or ()) == {f"{name}.txt" for name in tiny_sets.PASSAGES}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", "{\n  oops", "a.json, line 2: not JSON"),
        ("a.json", "[1]", "a.json: not an object with `data`"),
        ("a.json", '{"data": [{"paragraphs": 1}]}', "a.json: data[0]: `paragraphs` is missing or not a list"),
        (
            "a.json",
            '{"data": [{"paragraphs": [{"context": "x", "qas": [{"question": 7, "answers": []}]}]}]}',
            "a.json: data[0].paragraphs[0].qas[0]: `question` is missing or not a string",
        ),
        ("a.json", '{"data": []}', "a.json holds no question"),
        ("a.jsonl", '{"question": "?", "passages": ["x"]}\n{"question": 1}', "a.jsonl, line 2: `question` is missing"),
        ("a.jsonl", '{"question": "?"}', "a.jsonl, line 1: no passage answers it"),
        ("a.jsonl", '{"question": "?", "passages": "x"}', "a.jsonl, line 1: `passages` must be a list of texts"),
        ("a.jsonl", '{"question": "?", "passages": [1]}', "a.jsonl, line 1: `passages` must hold texts"),
        ("a.jsonl", '{"question": "?", "answerable": "no"}', "a.jsonl, line 1: `answerable` must be true or false"),
        ("d/questions.jsonl", '{"question": "?", "documents": ["x.txt"]}', "line 1: there is no document 'x.txt'"),
        ("d/questions.jsonl", '{"question": "?"}', "line 1: neither `answers` nor `documents`"),
        ("d/questions.jsonl", '{"question": "?", "pages": [0]}', "line 1: `pages` must be a list of page numbers"),
        ("d/questions.csv", "q,answers\n?,x\n", "and `question` one of them; 'q' is none of them"),
        ("d/questions.csv", "question,answers\n?,x,y\n", "questions.csv, line 2: more cells than columns"),
        ("d/questions.csv", "question,answers,pages\n?,x,two\n", "questions.csv, line 2: `pages` must be"),
        ("d/questions.csv", f"question,answers,pages\n?,x,{'9' * 5000}\n", "questions.csv, line 2: `pages` must be"),
        ("d/questions.csv", "question,answers,answers\n?,x,y\n", "line 1: the column `answers` stands there twice"),
        ("d/questions.csv", 'question,answers\n" ",x\n', "questions.csv, line 2: `question` is missing"),
        (
            "d/questions.csv",
            f"question,answers\n{'x' * 1_000_000},x\n",
            "questions.csv, line 2: the question has 1,000,000 characters",
        ),
        (
            "d/questions.csv",
            f"question,answers\n{'x' * 10_000_001},x\n",
            "questions.csv, line 2: not CSV in UTF-8 (field larger than field limit (10000000))",
        ),
        ("d/questions.csv", "", "questions.csv, line 1: the columns must be among"),
        ("d/questions.jsonl", "", "questions.jsonl holds no question"),
        ("d/questions.jsonl", '{"question": " ", "answers": ["x"]}', "questions.jsonl, line 1: the question is empty"),
        (
            "d/questions.jsonl",
            json.dumps({"question": "why " * 1001, "answers": ["x"]}),
            "questions.jsonl, line 1: the question has 4,003 characters",
        ),
        (
            "d/questions.jsonl",
            '{"question": "?", "documents": ["bridge\\udc00.txt"]}',
            "no document 'bridge\\udc00.txt'",
        ),
        ("d/other.txt", "text", "d holds no set of questions: there is neither questions.jsonl nor questions.csv"),
        ("d/other.txt", "text", "nor BEIR's corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv"),
        ("a.jsonl", "", "a.jsonl holds no question"),
        ("a.jsonl", '{"question": "", "passages": ["x"]}', "a.jsonl, line 1: the question is empty"),
        (
            "a.jsonl",
            f'{{"question": "?", "pages": {"9" * 5000}}}',
            "a.jsonl, line 1: not a JSON object that can be used",
        ),
        (
            "a.jsonl",
            '{"id": "a\\ud800", "question": "?", "passages": ["x"]}',
            "a.jsonl, line 1: `id` 'a\\ud800' has a character that no id can have, U+D800",
        ),
        ("a.json", "", "a.json, line 1: not JSON"),
        (
            "a.json",
            f'{{"version": {"9" * 5000}, "data": []}}',
            "a.json: not a JSON object that can be used: a number has",
        ),
        ("a.json", "[" * 100_000, "a.json: not a JSON object that can be used: its lists lie too deep"),
        (
            "a.json",
            '{"data": [{"paragraphs": [{"context": "x", "qas": [{"question": " ", "answers": []}]}]}]}',
            "a.json: data[0].paragraphs[0].qas[0]: the question is empty",
        ),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, name: str, content: str, message: str):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, "utf-8")
    if path.parent != tmp_path:
        (path.parent / "bridge.txt").write_text("text", "utf-8")
    with pytest.raises(InputError) as error:
        open_dataset(path if path.parent == tmp_path else path.parent)
    assert message in str(error.value)


def test_halves_of_surrogate_pairs_are_left_out_of_texts_as_readers_of_documents_do_it(tmp_path: Path):
    half = "\\ud800"
    passage = f'{{"title": "T{half}", "text": "{half}x"}}'
    row = f'{{"question": "Wh{half}en?", "answers": ["17{half}43"], "passages": [{passage}]}}'
    path = tmp_path / "set.jsonl"
    path.write_text(row, "utf-8")
    dataset = open_dataset(path)
    assert dataset.queries == (Query("q1", "When?", ("1743",)),)
    assert list(dataset.corpus()) == [Passage("p1", "T", "x")]
    path.write_text(row.replace(half, "\\ud83d\\ude00"), "utf-8")  # a whole pair is a letter
    assert open_dataset(path).queries == (Query("q1", "Wh\U0001f600en?", ("17\U0001f60043",)),)


def test_questions_beside_a_set_that_has_its_own_are_refused(tmp_path: Path):
    path = tiny_sets.jsonl(tmp_path / "set.jsonl", [{"question": "?", "passages": ["x"]}])
    with pytest.raises(InputError, match=r"set\.jsonl is a set with questions of its own"):
        open_dataset(path, path)
