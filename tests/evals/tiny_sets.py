"""Sets of a few sentences, written for the tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PASSAGES = {
    "bridge": "The stone bridge over the Wend was finished in 1743. It has nine arches.",
    "mill": "Agnes Holt rebuilt the paper mill with a slate roof after two fires. It makes blotting paper.",
    "ferry": "A ferry crosses the lake at noon. The crossing takes forty minutes in calm weather.",
    "school": "The village school teaches two languages. Its library holds six thousand books.",
    "orchard": "Quince and medlar grow in the orchard behind the chapel. They are picked in October.",
}
QUESTIONS = [
    {"_id": "q1", "text": "When was the stone bridge finished?", "answers": ["1743"]},
    {"_id": "q2", "text": "Who rebuilt the paper mill?", "answers": ["Agnes Holt"]},
    {"_id": "q3", "text": "How long does the ferry crossing take?", "answers": ["forty minutes"]},
    {"_id": "q4", "text": "What is the name of the mayor's horse?", "answerable": False},
]
GOLD = {"q1": "bridge", "q2": "mill", "q3": "ferry"}


def jsonl(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def beir(folder: Path) -> Path:
    folder.mkdir()
    jsonl(folder / "corpus.jsonl", [{"_id": id, "text": text} for id, text in PASSAGES.items()])
    jsonl(folder / "queries.jsonl", QUESTIONS)
    rows = [f"{query}\t{passage}\t1\n" for query, passage in GOLD.items()]
    (folder / "qrels.tsv").write_text("query\tdocument\tgrade\n" + "".join(rows), "utf-8")
    return folder


def documents(folder: Path) -> Path:
    """A file for each passage, and questions about them."""
    folder.mkdir()
    for name, text in PASSAGES.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    rows = [
        {"id": row["_id"], "question": row["text"], "answers": row["answers"], "documents": [f"{GOLD[row['_id']]}.txt"]}
        for row in QUESTIONS[:3]
    ]
    jsonl(folder / "questions.jsonl", rows)
    return folder
