"""What every Reranker promises, and what a cross-encoder says that cannot be used; with a real model of two layers."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexes.cross_encoder import CrossEncoderReranker
from indexes.minilm import model_directory
from indexes.rerankers import open_reranker
from rag.errors import ModelError
from rag.protocols import Reranker
from rag.settings import Settings
from rag.types import Hit
from tests.indexes import tiny_cross_encoder
from tests.rag.hits import a_hit

TEXTS = ["the bee", "boat at six", "the harbour", "the boat opens", "harbour harbour harbour", "bee"]
BY_LIKING = [5, 3]
"""Numbers of the hits that the model likes, best first."""


def hits() -> list[Hit]:
    return [a_hit(n, text, score=1 - n / 10) for n, text in enumerate(TEXTS, start=1)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_cross_encoder.write(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(params=["cross-encoder"])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    """One of each kind: the next line of the registry is the next name here."""
    found = open_reranker(Settings(reranker=str(request.getfixturevalue("folder"))))
    assert found is not None
    return found


@pytest.mark.slow
class TestContract:
    def test_the_same_hits_come_back_with_scores_that_fall(self, reranker: Reranker):
        found = reranker.rerank("harbour", hits())
        assert sorted(hit.chunk.id for hit in found) == [1, 2, 3, 4, 5, 6]
        scores = [hit.score for hit in found]
        assert scores == sorted(scores, reverse=True)
        assert 0 <= min(scores) <= max(scores) <= 1
        assert {hit.origin for hit in found} == {"reranked"}

    def test_few_hits_are_no_special_case(self, reranker: Reranker):
        assert reranker.rerank("harbour", []) == []
        assert [hit.chunk.id for hit in reranker.rerank("harbour", hits()[:1])] == [1]

    def test_so_many_are_read_as_are_wished(self, reranker: Reranker):
        given = [hit.chunk.id for hit in hits()]
        assert [[hit.chunk.id for hit in reranker.rerank("six", hits(), n)][n:] for n in (1, 2)] == [
            given[1:],
            given[2:],
        ]
        assert [hit.chunk.id for hit in reranker.rerank("six", hits())] != given

    def test_a_question_repeats_exactly(self, reranker: Reranker):
        assert reranker.rerank("harbour", hits()) == reranker.rerank("harbour", hits())

    def test_a_text_that_is_too_long_is_cut(self, reranker: Reranker):
        long = a_hit(7, "harbour boat " * 5000, score=0.2)
        assert len(reranker.rerank("the harbour " * 300, [*hits(), long])) == 7

    def test_the_fingerprint_stays(self, reranker: Reranker):
        reranker.open()
        assert reranker.fingerprint == reranker.fingerprint


@pytest.mark.slow
def test_the_order_is_that_of_the_model_where_it_has_the_whole_weight(folder: Path):
    found = CrossEncoderReranker(str(folder), device="cpu", weight=1).rerank("six", hits())
    assert [hit.chunk.id for hit in found[:2]] == BY_LIKING


@pytest.mark.slow
def test_scores_are_the_models_own_as_probabilities(folder: Path):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model, words = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        logits = model.eval()(**words(["six"] * len(TEXTS), TEXTS, padding=True, return_tensors="pt")).logits
    found = CrossEncoderReranker(str(folder), device="cpu").scores([("six", text) for text in TEXTS])
    assert found == pytest.approx(torch.sigmoid(logits[:, 0]).numpy(), abs=0.01)
    assert np.ptp(found) > 0.2


@pytest.mark.slow
def test_the_search_has_its_share_of_the_order(folder: Path):
    found = CrossEncoderReranker(str(folder), device="cpu", weight=0).rerank("six", hits())
    assert [hit.chunk.id for hit in found] == [1, 2, 3, 4, 5, 6]


@pytest.mark.slow
def test_hits_beyond_the_depth_stay_below_as_they_were(folder: Path):
    found = CrossEncoderReranker(str(folder), device="cpu", depth=3, weight=1).rerank("six", hits())
    assert [hit.chunk.id for hit in found[3:]] == [4, 5, 6]  # although the model would like the fifth best
    assert found[0].chunk.id == 3
    assert found[3:] == hits()[3:]
    assert found[2].score >= found[3].score


@pytest.mark.slow
def test_the_heading_is_read_with_the_text(folder: Path):
    plain = hits()[:2]
    headed = [plain[0], replace(plain[1], chunk=replace(plain[1].chunk, heading="harbour harbour"))]
    model = CrossEncoderReranker(str(folder), device="cpu", weight=1)
    assert [hit.chunk.id for hit in model.rerank("six", headed)] == [2, 1]


@pytest.mark.slow
def test_another_file_or_depth_is_another_fingerprint(folder: Path, tmp_path: Path):
    same = tiny_cross_encoder.write(tmp_path / "same")
    first = CrossEncoderReranker(str(folder)).fingerprint
    assert CrossEncoderReranker(str(same)).fingerprint == first
    assert CrossEncoderReranker(str(same), depth=3).fingerprint != first
    (same / "config.json").write_text((same / "config.json").read_text() + " ")
    assert CrossEncoderReranker(str(same)).fingerprint != first


@pytest.mark.slow
def test_a_model_with_several_labels_is_refused(tmp_path: Path):
    folder = tiny_cross_encoder.write(tmp_path / "nli", n_labels=3)
    with pytest.raises(ModelError, match=r"'.*nli' gives 3 numbers for a passage .* a single label"):
        CrossEncoderReranker(str(folder)).rerank("six", hits())


@pytest.mark.slow
def test_pickled_weights_are_refused(tmp_path: Path):
    import torch
    from safetensors.torch import load_file

    folder = tiny_cross_encoder.write(tmp_path / "pickled")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"pickled' cannot be loaded .*model\.safetensors"):
        CrossEncoderReranker(str(folder)).open()


@pytest.mark.slow
def test_a_function_that_the_configuration_names_is_not_called(tmp_path: Path):
    folder = tiny_cross_encoder.write(tmp_path / "odd")
    config = json.loads((folder / "config.json").read_text())
    config["sentence_transformers"] = {"activation_fn": "torch.nn.modules.activation.Hardsigmoid", "version": "6"}
    (folder / "config.json").write_text(json.dumps(config))
    plain = CrossEncoderReranker(str(tiny_cross_encoder.write(tmp_path / "plain")), device="cpu")
    pairs = [("six", text) for text in TEXTS]
    assert CrossEncoderReranker(str(folder), device="cpu").scores(pairs) == pytest.approx(plain.scores(pairs), abs=0.01)


@pytest.mark.slow
def test_weights_that_give_no_numbers_are_told(tmp_path: Path):
    import torch
    from safetensors.torch import load_file, save_file

    folder = tiny_cross_encoder.write(tmp_path / "nan")
    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"] = torch.tensor([float("nan")])
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="scores that are no numbers"):
        CrossEncoderReranker(str(folder), device="cpu").rerank("six", hits())


@pytest.mark.slow
def test_an_embedder_is_no_reranker():
    """transformers would give it a head of random numbers, and the order would be drawn by lot."""
    with pytest.raises(ModelError, match="is no cross-encoder"):
        CrossEncoderReranker(str(model_directory())).open()


@pytest.mark.parametrize("name", ["no-such-model", "a/b/c", "../x", "~nobody/x", "x" * 5000, " "])
def test_a_name_that_is_no_model_is_one_sentence(name: str):
    with pytest.raises(ModelError, match=r"FOOTNOTE_RERANKER=.* choose none"):
        _ = CrossEncoderReranker(name).folder


@pytest.mark.slow
def test_a_model_that_failed_is_tried_again_only_after_a_while(tmp_path: Path):
    folder = tmp_path / "later"
    later, soon = (CrossEncoderReranker(str(folder), device="cpu", retry_s=s) for s in (1000, 0))
    for reranker in (later, soon):
        with pytest.raises(ModelError, match="is no folder"):
            reranker.open()
    tiny_cross_encoder.write(folder)
    soon.open()
    with pytest.raises(ModelError, match="is no folder"):
        later.open()


def test_none_is_no_reranker_and_others_load_nothing_before_they_are_asked():
    assert open_reranker(Settings(reranker="none")) is None
    code = (
        "import sys; from indexes.rerankers import open_reranker; from rag.settings import Settings;"
        "open_reranker(Settings(reranker='cross-encoder/any'));"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers', 'huggingface_hub'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
