"""The joint layers as OpenVINO runs them, held against the same in PyTorch, with weights that were never trained."""

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from indexes.joint_encoder import MiniLMJoint, inputs_of
from indexes.minilm import model_directory
from indexes.token_encoder import MiniLMTokens
from rag.interaction import Floats, matches_of, piece_values
from rag.types import TokenStates
from training.joint_model import JointModel

QUESTION = "Who was the keeper of the lighthouse?"
TEXTS = ["The keeper was Ada Moor.", "Bread is baked from flour, water and salt. " * 9, "Lamps."]


@pytest.fixture(scope="module")
def model() -> JointModel:
    torch.manual_seed(5)
    model = JointModel()
    model.start_from(model_directory() / "model.safetensors")
    return model.eval()


@pytest.fixture(scope="module")
def joint(model: JointModel, tmp_path_factory: pytest.TempPathFactory) -> MiniLMJoint:
    path = tmp_path_factory.mktemp("joint") / "joint.safetensors"
    save_file(model.weights(), path)
    return MiniLMJoint(path)


def prepared(*texts: str) -> tuple[TokenStates, list[TokenStates], list[Floats]]:
    question, *passages = MiniLMTokens().encode([QUESTION, *texts])
    weights = np.linspace(0.1, 1, len(question.ids), dtype=np.float32)
    return question, passages, [piece_values(match, weights) for match in matches_of(question, passages)]


def test_it_tells_what_the_trained_model_tells(model: JointModel, joint: MiniLMJoint):
    question, passages, values = prepared(*TEXTS)
    found = joint.read(question, passages, values)
    with torch.no_grad():
        inputs = inputs_of([(question, passage) for passage in passages], values)
        relevance, spans = model(*map(torch.from_numpy, inputs))
    start = len(question.ids)
    for row, (one, passage) in enumerate(zip(found, passages, strict=True)):
        n = len(passage.ids)
        assert one.starts.shape == one.ends.shape == (n,)
        assert one.relevance == pytest.approx(float(relevance[row]), abs=0.05)
        wanted = spans[row, start : start + n].numpy()
        np.testing.assert_allclose(np.stack([one.starts, one.ends], axis=1), wanted, atol=0.15)


def test_a_passage_tells_the_same_alone_and_among_others(joint: MiniLMJoint):
    together = joint.read(*prepared(*TEXTS))
    for text, among in zip(TEXTS, together, strict=True):
        [alone] = joint.read(*prepared(text))
        assert alone.relevance == pytest.approx(among.relevance, abs=0.05)
        np.testing.assert_allclose(alone.starts, among.starts, atol=0.15)


def test_empty_texts_tell_something_finite(joint: MiniLMJoint):
    [empty, other] = joint.read(*prepared("", "Lamps."))
    assert len(empty.starts) == 0
    assert np.isfinite([empty.relevance, other.relevance]).all()
