"""What an answer is worth beside its gold one: its citations, its faithfulness and relevance, and its context.

The definitions are those of ALCE (Gao et al., 2023) for citations and of RAGAS (Es et al., 2023) for the rest, with
`evals/support.py` and the encoder in the place of the large models that these ask. Values are comparable between runs
of this program, and not with published ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evals.answer_words import contains_answer
from evals.support import Support, sentences_of
from rag.protocols import Embedder
from rag.types import Answer, Chunk, Hit

IsRight = Callable[[Chunk], bool]


class AnswerJudge:
    """Judges one answer at a time."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._support = Support(embedder)

    def citations(self, answer: Answer) -> dict[str, float]:
        """ALCE's, by sentence.

        Recall: share of sentences borne out by the passages that they cite, taken together. Precision: share of
        citations that count: their sentence is borne out, and by them alone or not without them.
        """
        passages = {citation.n: citation.chunk.text for citation in answer.citations}
        held, needed = [], []
        for sentence in answer.sentences:
            cited = [passages[n] for n in sentence.citations]
            is_held = bool(cited) and self._support.is_borne_out(sentence.text, "\n\n".join(cited))
            held.append(is_held)
            needed += [is_held and self._counts(sentence.text, cited, at) for at in range(len(cited))]
        return {"citation_recall": _mean(held), "citation_precision": _mean(needed)}

    def _counts(self, claim: str, cited: Sequence[str], at: int) -> bool:
        others = "\n\n".join([*cited[:at], *cited[at + 1 :]])
        return self._support.is_borne_out(claim, cited[at]) or not self._support.is_borne_out(claim, others)

    def faithfulness(self, answer: Answer) -> float:
        """RAGAS: share of the answer's sentences that the retrieved passages bear out, cited or not."""
        context = "\n\n".join(hit.chunk.text for hit in answer.hits)
        return _mean([self._support.is_borne_out(sentence.text, context) for sentence in answer.sentences])

    def relevance(self, answer: Answer) -> float:
        """How near the answer's sentences are to the question: mean cosine, not below 0.

        RAGAS has a model ask the question that the answer would fit, and compares the two questions by cosine.
        """
        rows = self._embedder.embed_documents([sentence.text for sentence in answer.sentences])
        return max(0.0, float((rows @ self._embedder.embed_query(answer.question)).mean()))

    def context(self, hits: Sequence[Hit], answers: Sequence[str], is_right: IsRight) -> dict[str, float]:
        """RAGAS' context precision, and context recall where there are gold answers.

        Precision: the mean, over the ranks at which a right passage stands, of the share of right ones down to there.
        Recall: share of a gold answer's sentences that the passages hold word for word or bear out; the best answer's.
        """
        right = [is_right(hit.chunk) for hit in hits]
        shares = [sum(right[: at + 1]) / (at + 1) for at, is_one in enumerate(right) if is_one]
        found = {"context_precision": _mean(shares)}
        if answers:
            context = "\n\n".join(hit.chunk.text for hit in hits)
            found["context_recall"] = max(self._attributable(answer, context) for answer in answers)
        return found

    def _attributable(self, answer: str, context: str) -> float:
        if contains_answer(context, [answer]):
            return 1.0
        return _mean([self._support.is_borne_out(sentence, context) for sentence in sentences_of(answer)])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
