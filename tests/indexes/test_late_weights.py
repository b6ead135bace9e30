"""The weights that ship, and what becomes of damaged ones."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from indexes.late_weights import FOLDER, JOINT, LATE, check_shipped, read_weights, write_weights
from indexes.support_weights import NAME, read_support, write_support
from indexes.support_weights import RARITY as SUPPORT_RARITY
from indexes.token_encoder import MiniLMTokens
from rag.errors import ModelError


def test_what_is_written_is_read_again(tmp_path: Path):
    weights = read_weights()
    (tmp_path / "new").mkdir()
    for name in (JOINT, LATE):
        shutil.copy(FOLDER / name, tmp_path / "new")
    write_weights(weights, tmp_path / "new")
    again = read_weights(tmp_path / "new")
    for kind in ("states", "words"):
        one, other = getattr(weights, kind), getattr(again, kind)
        for name in ("ranking", "settling", "reading", "answered"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1e-5)
        assert one.near == other.near
    np.testing.assert_allclose(weights.rarity, again.rarity)


def test_every_word_piece_has_a_rarity():
    rarity = read_weights().rarity
    assert rarity.shape == (MiniLMTokens().tokenizer.size(),)
    assert 0 <= rarity.min() < 0.1
    assert 0.9 < rarity.max() <= 1


@pytest.mark.parametrize("damage", ["bit", "gone", "name", "no json", "nan", "a list"])
def test_damaged_weights_are_refused_with_a_sentence(tmp_path: Path, damage: str):
    folder = tmp_path / "weights"
    shutil.copytree(FOLDER, folder)
    rarity, weights = folder / "rarity.npy", folder / "weights.json"
    if damage == "bit":
        content = bytearray(rarity.read_bytes())
        content[-7] ^= 1
        rarity.write_bytes(content)
    elif damage == "gone":
        rarity.unlink()
    elif damage == "name":
        values = json.loads(weights.read_text())
        values["states"]["ranking"]["another"] = 1.0
        weights.write_text(json.dumps(values))
    elif damage == "nan":
        values = json.loads(weights.read_text())
        values["states"]["answered"]["constant"] = float("nan")
        weights.write_text(json.dumps(values))
    elif damage == "a list":
        values = json.loads(weights.read_text())
        values["states"]["ranking"] = []
        weights.write_text(json.dumps(values))
    else:
        weights.write_text("{")
    with pytest.raises(ModelError, match="fetch this version"):
        read_weights(folder)


@pytest.mark.parametrize("name", [JOINT, LATE])
@pytest.mark.parametrize("is_gone", [True, False])
def test_a_trained_model_that_is_another_one_is_told(tmp_path: Path, name: str, is_gone: bool):
    folder = tmp_path / "weights"
    shutil.copytree(FOLDER, folder)
    check_shipped(folder)
    if is_gone:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes((folder / name).read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match=f"{name} .*fetch this version"):
        check_shipped(folder)


@pytest.mark.parametrize("damage", ["cut", "gone", "short"])
def test_what_claims_are_checked_by_is_refused_where_it_is_damaged(tmp_path: Path, damage: str):
    for name in (NAME, SUPPORT_RARITY):
        shutil.copy(FOLDER / name, tmp_path)
    path = tmp_path / SUPPORT_RARITY
    weights, rarity = read_support(tmp_path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:100])
    elif damage == "gone":
        path.unlink()
    else:
        write_support(weights, rarity[:5], tmp_path)
    with pytest.raises(ModelError, match="fetch this version"):
        read_support(tmp_path)
