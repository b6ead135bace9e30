"""The values of late interaction, held against the same written as plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.interaction import PASSAGE_VALUES, SENTENCE_VALUES, Floats, compare, spans_of
from rag.pieces import TokenStates

DIM = 5
PIECES = 8


def states(ids: list[int], seed: int) -> TokenStates:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(2, len(ids), DIM)).astype(np.float32)
    lower, upper = rows / np.linalg.norm(rows, axis=2, keepdims=True)
    places = np.arange(len(ids))
    return TokenStates(np.array(ids, np.int32), np.stack([2 * places, 2 * places + 1], axis=1), lower, upper)


def spans(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def by_name(names: tuple[str, ...], row: Floats) -> dict[str, float]:
    return dict(zip(names, row.tolist(), strict=True))


ids_lists = st.lists(st.integers(0, PIECES - 1), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(ids_lists.filter(lambda ids: len(ids) < 7), ids_lists, st.integers(0, 99), st.data())
def test_the_values_are_those_of_plain_loops(asked: list[int], held: list[int], seed: int, data: st.DataObject):
    question, passage = states(asked, seed), states(held, seed + 1)
    rarity = np.linspace(0.1, 1, PIECES, dtype=np.float32)
    cut = data.draw(st.integers(1, len(held)))
    sentences = [(0, cut), (cut, len(held))] if cut < len(held) else [(0, cut)]
    beside = states([0, *asked], seed + 2)  # what stands before and behind it changes nothing
    _, found, _ = compare(
        question, [beside, passage, beside], [spans((0, 1)), spans(*sentences), spans((0, 1))], rarity
    )
    values = by_name(PASSAGE_VALUES, found.passage)
    weights = [float(rarity[i]) for i in asked]

    def met(layer: str, start: int, end: int) -> list[float]:
        rows, others = getattr(question, layer), getattr(passage, layer)
        return [max(float(row @ other) for other in others[start:end]) for row in rows]

    def rare(values: list[float]) -> float:
        return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)

    for layer in ("lower", "upper"):
        best = met(layer, 0, len(held))
        assert values[f"{layer}_rare"] == pytest.approx(rare(best), abs=1e-4)
        assert values[f"{layer}_mean"] == pytest.approx(sum(best) / len(best), abs=1e-4)
        assert values[f"{layer}_worst"] == pytest.approx(min(best), abs=1e-4)
        inside = [rare(met(layer, *sentence)) for sentence in sentences]
        assert values[f"{layer}_sentence"] == pytest.approx(max(inside), abs=1e-4)
        for row, one in zip(found.sentences, inside, strict=True):
            assert by_name(SENTENCE_VALUES, row)[f"{layer}_rare"] == pytest.approx(one, abs=1e-4)
    uppers = [by_name(SENTENCE_VALUES, row)["upper_rare"] for row in found.sentences]
    for row, before, after in zip(found.sentences, [0, *uppers], [*uppers[1:], 0], strict=False):
        assert by_name(SENTENCE_VALUES, row)["before"] == pytest.approx(before, abs=1e-6)
        assert by_name(SENTENCE_VALUES, row)["after"] == pytest.approx(after, abs=1e-6)
    same = [float(i in held) for i in asked]
    assert values["same_rare"] == pytest.approx(rare(same), abs=1e-4)
    for row, (start, end) in zip(found.sentences, sentences, strict=True):
        new = sum(i not in asked for i in held[start:end]) / (end - start)
        assert by_name(SENTENCE_VALUES, row)["new"] == pytest.approx(new, abs=1e-4)


def test_neighbours_are_pairs_that_stand_together():
    rarity = np.ones(PIECES, dtype=np.float32)
    question = states([1, 2, 3], 0)
    for held, share in (([1, 2, 3], 1.0), ([1, 2, 0, 3], 0.5), ([3, 2, 1], 0.0), ([2, 3, 1], 0.5)):
        passage = states(held, 1)
        [found] = compare(question, [passage], [spans((0, len(held)))], rarity)
        assert by_name(PASSAGE_VALUES, found.passage)["neighbours"] == pytest.approx(share)


def test_a_window_rewards_what_stands_close_together():
    rarity = np.ones(PIECES, dtype=np.float32)
    question, values = states([1, 2], 0), []
    for held in ([1, *[0] * 60, 2], [0] * 30 + [1, 2] + [0] * 30):
        passage = states(held, 1)
        [found] = compare(question, [passage], [spans((0, 60))], rarity)
        values.append(by_name(PASSAGE_VALUES, found.passage))
    assert [one["same_window"] for one in values] == [pytest.approx(0.5), pytest.approx(1.0)]
    assert [one["same_rare"] for one in values] == [pytest.approx(1.0)] * 2


def test_what_is_empty_meets_nothing():
    empty, other = states([], 0), states([1, 2], 1)
    rarity = np.ones(PIECES, dtype=np.float32)
    for question, passage in ((empty, other), (other, empty)):
        [found] = compare(question, [passage], [spans((0, 1))], rarity)
        assert not found.passage.any()
        assert found.sentences.shape == (1, len(SENTENCE_VALUES))
    assert compare(empty, [], [], rarity) == []


def test_passages_that_are_compared_together_are_compared_each_for_itself():
    question, rarity = states([1, 2, 3], 0), np.ones(PIECES, dtype=np.float32)
    passages = [states([1, 4, 2], 1), states([5], 2), states([], 4), states([2, 3, 3, 1], 3)]
    sentences = [spans((0, 1), (1, 3)), spans((0, 1)), spans((0, 1)), spans((0, 2), (2, 3), (3, 4))]
    together = compare(question, passages, sentences, rarity)
    for one, passage, own in zip(together, passages, sentences, strict=True):
        [alone] = compare(question, [passage], [own], rarity)
        np.testing.assert_allclose(one.passage, alone.passage, atol=1e-6)
        np.testing.assert_allclose(one.sentences, alone.sentences, atol=1e-6)


def test_characters_become_pieces():
    offsets = spans((0, 3), (4, 7), (7, 9), (10, 12))
    found = spans_of(spans((0, 8), (4, 7), (9, 10), (10, 12)), offsets)
    assert found.tolist() == [[0, 3], [1, 2], [3, 4], [3, 4]]
