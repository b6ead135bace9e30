"""Folders of judged questions: read as they are, or refused with the file and line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from evals.datasets import Dataset, Passage, Query, open_dataset
from rag.errors import InputError

CORPUS = '{"_id": "d1", "title": "T", "text": "x"}\n{"_id": "d2", "text": "y"}\n'
QUERIES = (
    '{"_id": "q1", "text": "one?", "answers": ["x", "z"]}\n{"_id": "q2", "text": "two?"}\n'
    '{"_id": "q3", "text": "three?"}\n'
)
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq3\td2\t0\n"
GOOD = {"corpus.jsonl": CORPUS, "queries.jsonl": QUERIES, "qrels.tsv": QRELS}
SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "retrieval"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read(folder: Path) -> tuple[Dataset, list[Passage]]:
    dataset = open_dataset(folder)
    return dataset, list(dataset.corpus())


def test_a_folder_is_read(tmp_path: Path):
    dataset, corpus = read(write(tmp_path, GOOD))
    assert corpus == [Passage("d1", "T", "x"), Passage("d2", "", "y")]
    assert dataset.queries == (Query("q1", "one?", ("x", "z")),)  # q2 is not judged, nothing is relevant to q3
    assert dataset.qrels == {"q1": {"d1": 2, "d2": 0}}


def test_windows_lines_byte_order_mark_blank_lines_and_the_beir_place_of_qrels(tmp_path: Path):
    files = {
        "corpus.jsonl": b"\xef\xbb\xbf" + CORPUS.replace("\n", "\r\n\r\n").encode(),
        "queries.jsonl": QUERIES,
        "qrels/test.tsv": QRELS.replace("\n", "\r\n"),
    }
    dataset, corpus = read(write(tmp_path, files))
    assert [passage.id for passage in corpus] == ["d1", "d2"]
    assert len(dataset.queries) == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", None, "has no corpus.jsonl"),
        ("queries.jsonl", None, "has no queries.jsonl"),
        ("qrels.tsv", None, "has no qrels.tsv"),
        ("corpus.jsonl", CORPUS + "{oops\n", "corpus.jsonl, line 3: not a JSON object"),
        ("corpus.jsonl", "[1]\n", "corpus.jsonl, line 1: not a JSON object"),
        ("corpus.jsonl", "[" * 100_000, "corpus.jsonl, line 1: not a JSON object"),
        ("corpus.jsonl", '{"_id": "d1"}', "corpus.jsonl, line 1: `text` is missing"),
        ("corpus.jsonl", '{"_id": 7, "text": "x"}', "corpus.jsonl, line 1: `_id` is missing or not a string"),
        ("corpus.jsonl", CORPUS + CORPUS, "corpus.jsonl, line 3: the _id 'd1' stands there a second time"),
        ("corpus.jsonl", b"\xff\xfe\n", "corpus.jsonl, line 1: not UTF-8"),
        ("corpus.jsonl", b"a" * 10_000_001, "corpus.jsonl, line 1: longer than 10 MB"),
        ("queries.jsonl", QUERIES + QUERIES, "queries.jsonl, line 4: the _id 'q1' stands"),
        ("queries.jsonl", '{"_id": "q1", "text": "?", "answers": "x"}', "queries.jsonl, line 1: `answers` must be"),
        (
            "qrels.tsv",
            "h\nq1 d1 1\n",
            "qrels.tsv, line 2: expected query, document and grade separated by tabs, found 1",
        ),
        ("qrels.tsv", "h\nq1\td1\tyes\n", "qrels.tsv, line 2: the grade 'yes' is not a whole number"),
        ("qrels.tsv", "h\nq9\td1\t1\n", "qrels.tsv, line 2: the query 'q9' is not in queries.jsonl"),
        ("qrels.tsv", "h\nq1\td1\t0\n", "judges no passage relevant"),
        ("qrels.tsv", "", "judges no passage relevant"),
        (
            "qrels.tsv",
            f"h\nq1\td1\t{'9' * 30}\n",
            "qrels.tsv, line 2: the grade '999999999999999999999999999999' is not a",
        ),
        ("qrels.tsv", f"h\nq1\td1\t{'9' * 5000}\n", "qrels.tsv, line 2: the grade '9999999999"),
        (
            "qrels.tsv",
            "h\nq1\td\x001\t1\n",
            "qrels.tsv, line 2: `document` 'd\\x001' has a character that no id can have",
        ),
        ("corpus.jsonl", '{"_id": "d\\ud800", "text": "x"}', "corpus.jsonl, line 1: `_id` 'd\\ud800' has a character"),
        ("corpus.jsonl", '{"_id": "d\\u0000", "text": "x"}', "corpus.jsonl, line 1: `_id` 'd\\x00' has a character"),
        ("corpus.jsonl", f'{{"_id": "d", "n": {"9" * 5000}}}', "corpus.jsonl, line 1: not a JSON object that can be"),
        ("queries.jsonl", QUERIES.replace("one?", " "), "queries.jsonl, line 1: the question is empty"),
        ("queries.jsonl", QUERIES.replace("one?", "x" * 4001), "line 1: the question has 4,001 characters"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, name: str, content: str | bytes | None, message: str):
    files = {key: text for key, text in (GOOD | {name: content}).items() if text is not None}
    with pytest.raises(InputError) as error:
        read(write(tmp_path, files))
    assert message in str(error.value)
    assert str(tmp_path) in str(error.value)


def test_a_question_that_nothing_judges_may_be_long(tmp_path: Path):
    long = json.dumps({"_id": "q4", "text": "x" * 4001})
    assert len(read(write(tmp_path, GOOD | {"queries.jsonl": f"{QUERIES}{long}\n"}))[0].queries) == 1


def test_judgements_without_a_header_are_all_read(tmp_path: Path):
    dataset, _ = read(write(tmp_path, GOOD | {"qrels.tsv": QRELS.partition("\n")[2]}))
    assert dataset.qrels == {"q1": {"d1": 2, "d2": 0}}


def test_no_such_folder(tmp_path: Path):
    with pytest.raises(InputError, match="is not a folder"):
        open_dataset(tmp_path / "absent")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the open data sets are not beside the checkout")
@pytest.mark.parametrize(
    ("name", "n_passages", "n_queries"),
    [("scifact_train", 5183, 807), ("xquad_en", 240, 1190), ("fairytaleqa", 4094, 10570)],
)
def test_real_sets(name: str, n_passages: int, n_queries: int):
    dataset, corpus = read(SHARED / name)
    assert (len(corpus), len(dataset.queries)) == (n_passages, n_queries)
    ids = {passage.id for passage in corpus}
    assert all(set(grades) <= ids for grades in dataset.qrels.values())
    assert json.dumps(dataset.queries[0].text)
