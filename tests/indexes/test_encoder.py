"""How texts are put together for the threads of the encoder."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexes.encoder import batches


def padded_work(parts: list[list[int]], lengths: list[int], n_parts: int) -> list[int]:
    """Padded tokens of each thread, where every next batch goes to the one that is free first."""
    work = [0] * n_parts
    for part in parts:
        work[work.index(min(work))] += len(part) * max(lengths[i] for i in part)
    return work


@pytest.mark.parametrize("length", [120, 150, 170, 190, 250])
def test_sixteen_passages_and_a_question_keep_two_threads_equally_long(length: int):
    lengths = [length - n for n in range(16)] + [14]
    work = padded_work(batches([[0] * n for n in lengths], 2), lengths, 2)
    assert max(work) <= 1.15 * sum(work) / 2


@given(st.lists(st.integers(1, 256), max_size=80), st.integers(1, 4))
@example([205, 49, 1, 1, 1], 1)
def test_every_text_is_in_one_batch_and_none_is_too_large(lengths: list[int], n_parts: int):
    parts = batches([[0] * n for n in lengths], n_parts)
    rows = [row for part in parts for row in part]
    assert sorted(rows) == list(range(len(lengths)))
    assert [lengths[row] for row in rows] == sorted(lengths, reverse=True)
    assert all(len(part) * max(lengths[row] for row in part) <= 1024 for part in parts)
