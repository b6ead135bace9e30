"""Which metrics a run will have, told before it begins; `tests/evals/test_run.py` holds them to what runs have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.answer_metrics import WORDS
from evals.datasets import Query
from evals.metrics import RETRIEVAL
from evals.refusal_curve import REFUSAL

_RIGHT_FILE = "document@5"
_OF_SENTENCES = ("citation_recall", "citation_precision", "faithfulness", "answer_relevance")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked, and how answers are judged."""

    queries: Sequence[Query]
    has_files: bool
    """Whether the set names the files that are right."""
    has_answers: bool
    """Whether questions are answered, and not only ranked."""
    is_quoting: bool
    """Whether the documents answer, so that each question can be asked without its passages, too."""
    is_judged: bool
    is_scored: bool
    """Whether the perplexity is asked for."""

    def metrics(self) -> tuple[str, ...]:
        """Names that the run can have; those of answers are missing where every question is refused."""
        return (*self._of_rankings(), *(self._of_answers() if self.has_answers else ()))

    def _of_rankings(self) -> Iterator[str]:
        if self._some_answerable:
            yield from (*RETRIEVAL, *([_RIGHT_FILE] if self.has_files else []))

    def _of_answers(self) -> Iterator[str]:
        has_gold = any(query.answers for query in self.queries)
        if has_gold:
            yield from ("contained", *WORDS, "marked_f1", "bert_score")
        if self._some_answerable:
            yield from ("context_precision", *(["context_recall"] if has_gold else []))
        yield from _OF_SENTENCES
        if self.is_judged:
            yield from (*(["judge_correct"] if has_gold else []), "judge_grounded", "judge_relevant")
        if self.is_scored:
            yield "perplexity"
        if self.is_quoting or not all(query.is_answerable for query in self.queries):
            yield from REFUSAL

    @property
    def _some_answerable(self) -> bool:
        return any(query.is_answerable for query in self.queries)
