"""The ranking of keyword search stands beside the fused and the reranked one, of the same questions."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from training.card import write_card
from training.cli import _line  # noqa: PLC2701
from training.learning import Worth
from training.report import ndcg_by_words

WORTH = Worth(37, 0.66, 0.692, 0.758)


def example(*right: float, n_right: int = 1, is_answerable: bool = True) -> Any:  # noqa: ANN401
    query = SimpleNamespace(is_answerable=is_answerable)
    return SimpleNamespace(query=query, by_words=np.array(right, dtype=np.float32), n_right=n_right)


@pytest.mark.parametrize(
    ("right", "n_right", "wanted"),
    [
        ((1, 0, 0), 1, 1.0),
        ((0, 1, 0), 1, 1 / np.log2(3)),
        ((0, 0, 0), 1, 0.0),
        ((), 1, 0.0),
        ((1, 0, 0), 2, 1 / (1 + 1 / np.log2(3))),
        ((0,) * 10 + (1,), 1, 0.0),
    ],
)
def test_keyword_search_alone_is_measured_over_ten_documents(right: tuple[float, ...], n_right: int, wanted: float):
    assert ndcg_by_words([example(*right, n_right=n_right)]) == pytest.approx(wanted)


def test_what_nothing_answers_does_not_count():
    assert ndcg_by_words([example(1), example(is_answerable=False)]) == 1


def test_three_rankings_of_the_same_questions_are_told():
    assert _line("scifact", WORTH) == "scifact: 37 questions, nDCG@10 keyword 0.660, fused 0.692, reranked 0.758"


def test_the_card_has_a_column_for_each_ranking(tmp_path: Path):
    write_card(tmp_path, [], {"scifact": WORTH}, n_questions=700, depth=20, has_cases=False)
    lines = (tmp_path / "README.md").read_text("utf-8").splitlines()
    head, marks, row = next(lines[n : n + 3] for n, line in enumerate(lines) if line.startswith("| set"))
    assert head.startswith("| set | questions | nDCG@10 keyword | fused | reranked | contained |")
    assert row.startswith("| scifact | 37 | 0.660 | 0.692 | 0.758 |")
    assert head.count("|") == marks.count("|") == row.count("|")
