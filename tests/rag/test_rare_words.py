"""Words of several pieces are looked for as they are written; those that many passages hold tell nothing."""

import numpy as np
import pytest

from indexes.late_weights import token_encoder
from rag.rare_words import held, in_pieces
from tests.rag.hits import a_hit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What does error E0382 mean?", {"e0382"}),
        ("Where is no. 20240815 from Kuechly?", {"20240815", "kuechly"}),
        ("Who keeps the harbour?", set()),
        ("", set()),
    ],
)
def test_words_of_several_pieces(text: str, words: set[str]):
    [asked] = token_encoder().encode([text])
    assert in_pieces(text, asked.offsets) == words


def test_pieces_are_told_from_words_by_their_places():
    assert in_pieces("ab cd", np.array([[0, 1], [1, 2], [3, 5]])) == {"ab"}
    assert in_pieces("ab cd", np.zeros((0, 2), dtype=np.int64)) == frozenset()


def test_whole_words_of_text_and_headings_count_where_few_hold_them():
    texts = ("zz7 and zz8", "zz77 alone", "ZZ7, here", "nothing")
    chunks = [a_hit(n, text).chunk for n, text in enumerate(texts)]
    assert held(frozenset({"zz7", "zz8"}), chunks, 2) == [2, 0, 1, 0]
    assert held(frozenset({"zz7", "zz8"}), chunks, 1) == [1, 0, 0, 0]
    assert held(frozenset({"doc"}), chunks[:1], 1) == [1], "a title"
    assert held(frozenset(), chunks, 2) == [0, 0, 0, 0]
