"""How often the quoted answer holds a gold answer, and how often it refuses: a run in a few figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from evals.config import Config
from evals.datasets import Dataset, Query
from evals.runner import Options, chosen, run
from rag.errors import InputError
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class ReaderResult:
    """Shares of the questions, and the median milliseconds of one."""

    n: int
    contained: float
    refused: float
    longest_words: int
    ms: float


def sample(dataset: Dataset, limit: int | None) -> list[Query]:
    """The questions that have answers, at most `limit` of them, always the same ones; raises InputError for none."""
    found = [query for query in dataset.queries if query.answers]
    if not found:
        raise InputError(f"no question of {dataset.folder} has `answers`, so no answer can be judged")
    return chosen(found, limit, 0)


def measure_reader(dataset: Dataset, settings: Settings, options: Options) -> ReaderResult:
    """Ask every question that has answers as the app would; raises InputError where none has."""
    asked = replace(dataset, queries=tuple(sample(dataset, options.limit)))
    record = run(asked, Config("reader", replace(settings, chat_model="")), replace(options, limit=None, is_timed=True))
    contained = list(record.values("contained").values())
    said = [one.said for one in record.questions if one.said is not None]
    return ReaderResult(
        n=len(said),
        contained=sum(contained) / len(contained),
        refused=sum(one.refused for one in said) / len(said),
        longest_words=max(len(one.text.split()) for one in said),
        ms=median(one.ms for one in said),
    )
