"""The joint reader as OpenVINO runs it, held against the same in PyTorch, with heads that were never trained."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from indexes.joint_encoder import LONGEST_QUESTION, MiniLMJoint, inputs_of, joined
from indexes.minilm import digest_of, model_directory
from indexes.word_pieces import WordPieces
from rag.errors import ModelError
from rag.pieces import PieceIds
from training.joint_model import JointModel

QUESTION = "Who was the keeper of the lighthouse?"
TEXTS = ["The keeper was Ada Moor.", "Bread is baked from flour, water and salt. " * 9, "Lamps."]
TOKENIZER = WordPieces(model_directory() / "tokenizer.json")


@pytest.fixture(scope="module")
def model() -> JointModel:
    torch.manual_seed(5)
    return JointModel(model_directory() / "model.safetensors").eval()


@pytest.fixture(scope="module")
def joint(model: JointModel, tmp_path_factory: pytest.TempPathFactory) -> MiniLMJoint:
    path = tmp_path_factory.mktemp("joint") / "joint.safetensors"
    save_file(model.weights(), path)
    return MiniLMJoint(path)


def pieces(*texts: str) -> list[PieceIds]:
    return [np.array(ids, dtype=np.int32) for ids, _ in TOKENIZER.pieces(texts)]


def by_torch(model: JointModel, question: PieceIds, passages: Sequence[PieceIds]):
    start = len(question) + 2
    inputs = inputs_of([joined(question, passage, TOKENIZER.around()) for passage in passages], start)
    with torch.no_grad():
        relevance, spans = model(*map(torch.from_numpy, inputs))
    return relevance.numpy(), [spans[row, start : start + len(of)].numpy() for row, of in enumerate(passages)]


def test_it_tells_what_the_trained_model_tells(model: JointModel, joint: MiniLMJoint):
    question, *passages = pieces(QUESTION, *TEXTS)
    relevance, spans = by_torch(model, question, passages)
    found = joint.read(question, passages)
    np.testing.assert_allclose([one.relevance for one in found], relevance, atol=0.05)
    for one, wanted in zip(found, spans, strict=True):
        np.testing.assert_allclose(np.stack([one.starts, one.ends], axis=1), wanted, atol=0.1)


def test_where_it_is_to_be_exact_it_tells_the_same_in_float32(model: JointModel, tmp_path: Path):
    save_file(model.weights(), tmp_path / "joint.safetensors")
    question, *passages = pieces(QUESTION, *TEXTS)
    relevance, spans = by_torch(model, question, passages)
    found = MiniLMJoint(tmp_path / "joint.safetensors", is_exact=True).read(question, passages)
    np.testing.assert_allclose([one.relevance for one in found], relevance, atol=2e-3)  # its weights are float16
    for one, wanted in zip(found, spans, strict=True):
        np.testing.assert_allclose(np.stack([one.starts, one.ends], axis=1), wanted, atol=4e-3)


def test_markup_in_a_question_is_not_read(joint: MiniLMJoint):
    """A dollar sign around a name had made it another question."""
    plain, marked, *passages = pieces(QUESTION, "Who was the `keeper` of the $lighthouse$?", *TEXTS)
    for one, other in zip(joint.read(plain, passages), joint.read(marked, passages), strict=True):
        assert one.relevance == other.relevance
        assert one.starts.tolist() == other.starts.tolist()


def test_the_head_tells_questions_apart(model: JointModel):
    [first, *passages], [other] = pieces(QUESTION, *TEXTS), pieces("What is bread made of?")
    assert np.abs(by_torch(model, first, passages)[0] - by_torch(model, other, passages)[0]).max() > 0.01


def test_a_passage_tells_the_same_alone_and_among_others(joint: MiniLMJoint):
    question, *passages = pieces(QUESTION, *TEXTS)
    for passage, among in zip(passages, joint.read(question, passages), strict=True):
        [alone] = joint.read(question, [passage])
        assert alone.relevance == pytest.approx(among.relevance, abs=0.05)
        np.testing.assert_allclose(alone.starts, among.starts, atol=0.1)


@pytest.mark.parametrize("damage", ["bit", "gone"])
def test_damaged_weights_are_refused_with_a_sentence(model: JointModel, tmp_path: Path, damage: str):
    path = tmp_path / "joint.safetensors"
    save_file(model.weights(), path)
    sha256 = digest_of(path)
    if damage == "gone":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[-7] ^= 1
        path.write_bytes(content)
    with pytest.raises(ModelError, match="fetch this version"):
        MiniLMJoint(path, sha256).open()


def test_empty_and_endless_texts_tell_something_finite(joint: MiniLMJoint):
    question, empty, short, endless = pieces("why? " * 500, "", "Lamps.", "word " * 254)
    assert len(question) > LONGEST_QUESTION
    found = joint.read(question, [empty, short, endless])
    assert [len(one.starts) for one in found] == [0, len(short), len(endless)]
    assert all(np.isfinite([one.relevance, *one.starts, *one.ends]).all() for one in found)
