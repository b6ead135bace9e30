"""Whole questions by depth are the app's own, asked as they stand and with nothing known of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from evals import stages
from indexes.late_weights import late_reranker
from rag.errors import InputError

QUESTIONS = [f"Who kept lighthouse {n}?" for n in range(9)]


class Told:
    """What was asked and forgotten, in order."""

    def __init__(self, reranker: Any) -> None:  # noqa: ANN401
        self.reranker = reranker
        self.events: list[tuple[str, int] | str] = []

    def forget(self) -> None:
        self.events.append("forgotten")

    def ask(self, question: str) -> None:
        self.events.append((question, self.reranker.depth))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told(late_reranker())
    monkeypatch.setattr(stages, "forget", told.forget)
    monkeypatch.setattr(stages.minilm, "forget", told.forget)
    return told


def by_depth(told: Told, reranker: Any) -> dict[int, list[float]]:  # noqa: ANN401
    library = SimpleNamespace(reranker=reranker, dense=told)
    return stages._by_depth(SimpleNamespace(library=library, answerer=told), QUESTIONS, lambda _: None)  # noqa: SLF001


def test_every_depth_is_asked_the_question_itself_after_all_was_forgotten(told: Told):
    found = by_depth(told, told.reranker)
    asked = [event for event in told.events if event != "forgotten"]
    assert sorted(asked) == sorted((question, depth) for question in QUESTIONS for depth in stages.DEPTHS)
    assert told.events[0::4] == told.events[1::4] == told.events[2::4] == ["forgotten"] * len(asked)
    assert {depth: len(times) for depth, times in found.items()} == dict.fromkeys(stages.DEPTHS, 6)


def test_no_depth_is_always_the_first(told: Told):
    by_depth(told, told.reranker)
    firsts = told.events[3 :: 4 * len(stages.DEPTHS)]
    assert [depth for _, depth in firsts][: len(stages.DEPTHS)] == list(stages.DEPTHS)


def test_without_late_interaction_there_are_no_depths(told: Told):
    with pytest.raises(InputError, match="FOOTNOTE_RERANKER=late"):
        by_depth(told, None)
