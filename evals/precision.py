"""What half precision and int8 cost the reranker and the reader: what ships beside the same weights run in float32."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from evals.config import Config
from evals.datasets import Dataset
from evals.runner import Options, run
from indexes.joint_encoder import MiniLMJoint
from indexes.late_weights import FOLDER, JOINT, LATE, comparisons, locator, read_weights
from indexes.minilm import whole_vectors
from indexes.token_encoder import MiniLMTokens
from rag.comparing import Comparisons
from rag.late_interaction import LateReader, LateReranker, RankingParts
from rag.locating import Locator
from rag.settings import Settings
from rag.types import Hit

METRICS = ("ndcg@10", "contained", "marked_f1")
Scores = dict[tuple[str, int], float]
"""Question and passage -> the score after reranking, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Figures of the same questions, as they ship and in float32."""

    n: int
    means: Mapping[str, tuple[float, float]]
    """Of those of METRICS that the set can be measured by."""
    n_scores: int
    score: float
    """The largest difference of a passage's score after reranking."""
    chance: float
    """The largest difference of the chance of an answer."""


class _Noting(LateReranker):
    """Remembers the score of each hit that it reranks."""

    def __init__(self, load: Callable[[], RankingParts], scores: Scores) -> None:
        super().__init__(load)
        self._scores = scores

    def rerank(self, query: str, hits: Sequence[Hit], depth: int | None = None) -> list[Hit]:
        found = super().rerank(query, hits, depth)
        self._scores.update({(query, hit.chunk.id): hit.score for hit in found if hit.origin == "reranked"})
        return found


@cache
def _parts(*, is_exact: bool) -> tuple[Comparisons, Locator]:
    if not is_exact:
        return comparisons(), locator()
    tokens, joint = MiniLMTokens(FOLDER / LATE, is_exact=True), MiniLMJoint(FOLDER / JOINT, is_exact=True)
    return Comparisons(tokens, read_weights().rarity), Locator(joint)


@dataclass(frozen=True)
class _Run(Config):
    """The app's, in one of both precisions."""

    is_exact: bool = False
    scores: Scores = field(default_factory=dict)

    def reader(self) -> LateReader:
        return LateReader(*_parts(is_exact=self.is_exact), read_weights(), whole_vectors)

    def reranker(self) -> LateReranker:
        return _Noting(lambda: RankingParts(*_parts(is_exact=self.is_exact), read_weights(), self.name), self.scores)


def measure(dataset: Dataset, settings: Settings, options: Options) -> Loss:
    """Both over the same questions, as `python -m evals run` measures them; the embedder stays as it ships."""
    settings, options = replace(settings, chat_model=""), replace(options, is_timed=True)
    shipped, exact = _Run("shipped", settings), _Run("float32", settings, is_exact=True)
    one, other = (run(dataset, config, options) for config in (shipped, exact))
    means, exact_means = one.metrics or {}, other.metrics or {}
    values = {name: (means[name].mean, exact_means[name].mean) for name in METRICS if name in means}
    chances = [
        abs(first.said.answerability - second.said.answerability)
        for first, second in zip(one.questions, other.questions, strict=True)
        if first.said and second.said
    ]
    both = shipped.scores.keys() & exact.scores.keys()
    scores = [abs(shipped.scores[key] - exact.scores[key]) for key in both]
    return Loss(len(one.questions), values, len(both), max(scores, default=0.0), max(chances, default=0.0))
