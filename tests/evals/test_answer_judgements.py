"""Citations, faithfulness and context judged with the real encoder, and BERTScore's matching by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evals.answer_judgements import AnswerJudge
from evals.bert_score import BertScore, f1
from evals.support import Support
from indexes.embedders import open_embedder
from rag.settings import Settings
from rag.types import Answer, Chunk, Citation, Hit, Sentence, Trace

EMBEDDER = open_embedder(Settings())
BRIDGE = "The stone bridge over the Wend was finished in 1743. It has nine arches."
MILL = "The paper mill burned down twice. Its owner Agnes Holt rebuilt it."


def chunk(id: int, text: str) -> Chunk:
    return Chunk(id, id, 0, 0, len(text), text, "", "", None, None, str(id), "", "")


CHUNKS = (chunk(0, BRIDGE), chunk(1, MILL))


def answer(*sentences: tuple[str, tuple[int, ...]]) -> Answer:
    citations = tuple(Citation(n, of, 0, len(of.text)) for n, of in enumerate(CHUNKS, start=1))
    hits = tuple(Hit(of, 1.0, "fused") for of in CHUNKS)
    return Answer("Q?", "", tuple(Sentence(*one) for one in sentences), citations, hits, Trace())


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("The stone bridge over the Wend was finished in 1743.", True),
        ("In 1743 the stone bridge over the Wend was finished.", True),
        ("The stone bridge over the Wend was finished in 1843.", False),
        ("Agnes Holt painted the ceiling of the chapel.", False),
        ("The mayor keeps a white horse.", False),
    ],
)
def test_a_claim_is_borne_out_or_not(claim: str, *, expected: bool):
    assert Support(EMBEDDER).is_borne_out(claim, BRIDGE) is expected


def test_citations_as_alce_counts_them():
    judged = AnswerJudge(EMBEDDER).citations(
        answer(
            ("The stone bridge was finished in 1743.", (1,)),  # held by what it cites
            ("Agnes Holt rebuilt the paper mill.", (1, 2)),  # held by the second alone: the first is not needed
            ("The bridge has nine arches.", (2,)),  # cites the wrong passage
            ("The mayor keeps a white horse.", ()),  # cites nothing
        )
    )
    assert judged == {"citation_recall": 2 / 4, "citation_precision": 2 / 4}


def test_faithfulness_asks_all_passages_and_not_the_citations():
    said = answer(("The bridge has nine arches.", (2,)), ("The mayor keeps a white horse.", (1,)))
    assert AnswerJudge(EMBEDDER).faithfulness(said) == 0.5


def test_context_precision_and_recall_by_hand():
    hits = answer().hits
    judged = AnswerJudge(EMBEDDER).context(hits, ["Agnes Holt"], lambda of: of.id == 1)
    assert judged == {"context_precision": 1 / 2, "context_recall": 1.0}
    lacking = AnswerJudge(EMBEDDER).context(hits, ["a white horse"], lambda _of: False)
    assert lacking == {"context_precision": 0.0, "context_recall": 0.0}


def test_bert_score_matches_each_token_with_its_nearest():
    text, gold = np.array([[1, 0], [0, 1]], np.float32), np.array([[1, 0]], np.float32)
    assert f1(text, gold) == pytest.approx(2 * 0.5 * 1 / 1.5)
    assert f1(text[:0], gold) == 0


def test_bert_score_puts_the_same_words_first_and_the_same_meaning_second():
    same, near, far, none = BertScore().nearest(
        ["The film was great.", "The movie was great.", "Quinces are picked in October.", ""],
        [["The film was great."]] * 4,
    )
    assert same == pytest.approx(1, abs=1e-3)
    assert same > near > far > none == 0
