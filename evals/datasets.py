"""This file opens a set of questions, whichever form it has: see `evals/sets/` for what each must hold."""

from __future__ import annotations

from pathlib import Path

from evals.sets.answered import read_rows, read_squad
from evals.sets.beir import LAYOUT, QRELS, read_beir
from evals.sets.files import QUESTION_FILES, files_below, read_over_files
from evals.sets.nouns import Dataset, Passage, Query
from rag.errors import InputError

__all__ = ["Dataset", "Passage", "Query", "open_dataset"]


def open_dataset(path: Path, questions: Path | None = None) -> Dataset:
    """Read questions and judgements; raises InputError naming the file and line that cannot be used.

    A folder in BEIR's layout, a folder of documents with questions.jsonl or questions.csv in it (or `questions`
    beside it), a .json file in SQuAD's form, or a .jsonl file with gold passages.
    """
    if path.is_file():
        if questions is not None:
            raise InputError(f"{path} is a set with questions of its own: --questions goes with a folder of documents")
        return read_squad(path) if path.suffix.lower() == ".json" else read_rows(path)
    if not path.is_dir():
        raise InputError(f"{path} is not a folder: name one with corpus.jsonl, queries.jsonl and qrels.tsv, or a file")
    inside = [path / name for name in QUESTION_FILES if (path / name).is_file()]
    if questions is None and not inside:
        _refuse_without_layout(path)
        return read_beir(path)
    return read_over_files(questions or inside[0], files_below(path))


def _refuse_without_layout(folder: Path) -> None:
    if not any((folder / name).is_file() for name in LAYOUT):
        raise InputError(
            f"{folder} holds no set of questions: there is neither {' nor '.join(QUESTION_FILES)} among its documents "
            f"(--questions FILE of `run` names another one), nor BEIR's corpus.jsonl, queries.jsonl and "
            f"{' or '.join(QRELS)}"
        )
