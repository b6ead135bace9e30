"""States of word pieces by the real model."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from indexes.late_weights import FOLDER, LATE
from indexes.minilm import MiniLM, digest_of, model_directory
from indexes.token_encoder import MiniLMTokens
from rag.errors import ModelError

TEXTS = ["Steel melts.", "The harbour opens at six, and boats leave with the tide.", "Bees dance.", "x " * 700]


def test_every_piece_has_a_unit_row_after_both_layers():
    encoder = MiniLMTokens()
    for text, states in zip(TEXTS, encoder.encode(TEXTS), strict=True):
        n = min(MiniLM.max_tokens, len(encoder.tokenizer.offsets(text)))
        assert states.ids.shape == (n,)
        assert states.offsets.tolist() == encoder.tokenizer.offsets(text)[:n].tolist()
        for rows in (states.lower, states.upper):
            assert rows.shape == (n, MiniLM.dim)
            np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
        assert not np.allclose(states.lower, states.upper, atol=0.05)


def test_states_are_those_of_the_exact_model_after_its_second_and_third_layer():
    """By transformers' own, which runs all layers in float32."""
    from transformers import BertModel

    text = "The harbour of Ostend was enlarged twice in the nineteenth century, and ships load coal there. " * 3
    [states] = MiniLMTokens().encode([text])
    ids = torch.tensor([[101, *states.ids.tolist(), 102]])
    with torch.no_grad():
        exact = BertModel.from_pretrained(model_directory())(ids, output_hidden_states=True).hidden_states
    for rows, of in ((states.lower, exact[2]), (states.upper, exact[3])):
        wanted = torch.nn.functional.normalize(of[0, 1:-1], dim=1).numpy()
        assert float((rows * wanted).sum(axis=1).min()) > 0.99


def test_where_it_is_to_be_exact_it_is_nearer_to_float32():
    from transformers import BertModel

    text = "The harbour of Ostend was enlarged twice in the nineteenth century, and ships load coal there. " * 3
    [states] = MiniLMTokens(is_exact=True).encode([text])
    ids = torch.tensor([[101, *states.ids.tolist(), 102]])
    with torch.no_grad():
        exact = BertModel.from_pretrained(model_directory())(ids, output_hidden_states=True).hidden_states
    wanted = torch.nn.functional.normalize(exact[3][0, 1:-1], dim=1).numpy()
    assert np.abs(states.upper - wanted).max() < 1e-4


def test_a_text_has_the_same_states_alone_and_among_others():
    together = MiniLMTokens().encode(TEXTS)
    for text, states in zip(TEXTS, together, strict=True):
        [alone] = MiniLMTokens().encode([text])
        assert float((alone.upper * states.upper).sum(axis=1).min()) > 0.99


def test_the_last_texts_are_kept_and_older_ones_are_forgotten():
    encoder = MiniLMTokens(n_kept=2)
    first = encoder.encode(TEXTS[:2])
    again = encoder.encode(TEXTS[:2])
    assert [a is b for a, b in zip(first, again, strict=True)] == [True, True]
    encoder.encode(TEXTS[2:3])
    [kept] = encoder.encode(TEXTS[:1])
    assert kept is not first[0]
    encoder.keep(0)
    encoder.keep(2)
    assert encoder.encode(TEXTS[:1])[0] is not kept


def test_threads_may_ask_at_once():
    encoder = MiniLMTokens(n_kept=0)
    wanted = encoder.encode(TEXTS)
    with ThreadPoolExecutor(6) as pool:
        for found in pool.map(lambda _: encoder.encode(TEXTS), range(12)):
            for one, other in zip(found, wanted, strict=True):
                assert one.ids.tolist() == other.ids.tolist()
                assert float((one.upper * other.upper).sum(axis=1).min()) > 0.99


@pytest.mark.parametrize("damage", ["bit", "gone", "a folder"])
def test_damaged_weights_are_refused_with_a_sentence(tmp_path: Path, damage: str):
    path = Path(shutil.copy(FOLDER / LATE, tmp_path))
    sha256 = digest_of(path)
    if damage == "bit":
        content = bytearray(path.read_bytes())
        content[-7] ^= 1
        path.write_bytes(content)
    else:
        path.unlink()
    if damage == "a folder":
        path.mkdir()
    with pytest.raises(ModelError, match="fetch this version"):
        MiniLMTokens(path, sha256).encode(TEXTS)
