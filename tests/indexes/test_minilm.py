from pathlib import Path

import numpy as np
import pytest

from indexes.minilm import MiniLM, checked_weights, model_directory
from indexes.minilm_graph import compiled
from indexes.token_encoder import MiniLMTokens
from rag.errors import ModelError

TEXTS = [
    "The Eiffel Tower was finished in 1889.",
    "Boiling point of water: 100 °C at sea level; | a | b |\n|---|---|\n| 1 | 2 |",
    "東京は日本の首都です。 Naïve café, e.g. 3.14 %.",
    "Renewable energy rose to 23 % in 2022, as Regulation 2018/1999 asks of every member state of the Union. " * 12,
    "x",
    "?",
    "2019",
    "What is it?",
    "It was the thirty-first of " + "May, " * 12,
]


@pytest.fixture(scope="module")
def embedder() -> MiniLM:
    return MiniLM()


def test_rows_are_unit_and_in_the_order_given(embedder: MiniLM):
    rows = embedder.embed_documents(TEXTS)
    assert rows.shape == (len(TEXTS), embedder.dim)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-4)
    for text, row in zip(TEXTS, rows, strict=True):
        assert embedder.embed_query(text) @ row == pytest.approx(1, abs=2e-3)


def test_nothing_in_nothing_out(embedder: MiniLM):
    assert embedder.embed_documents([]).shape == (0, embedder.dim)


def test_meaning_is_near(embedder: MiniLM):
    question = embedder.embed_query("When was the Eiffel Tower built?")
    assert int((embedder.embed_documents(TEXTS) @ question).argmax()) == 0


def test_offsets_are_never_cut(embedder: MiniLM):
    text = "word " * 400
    offsets = embedder.tokenizer.offsets(text)
    assert offsets.shape == (400, 2)
    assert text[slice(*offsets[-1])] == "word"
    assert embedder.tokenizer.offsets("").shape == (0, 2)


def test_altered_weights_are_refused(tmp_path: Path):
    altered = tmp_path / "model.safetensors"
    altered.write_bytes(b"\0" * 100)
    with pytest.raises(ModelError, match="published"):
        checked_weights(altered)
    altered.unlink()
    altered.symlink_to(model_directory() / "model.safetensors")
    assert checked_weights(altered) == altered, "it is looked at again when it has changed"


def test_the_tokenizer_is_read_once():
    assert MiniLM().tokenizer is MiniLM().tokenizer is MiniLMTokens().tokenizer


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_vectors_agree_with_sentence_transformers(embedder: MiniLM):
    from sentence_transformers import SentenceTransformer

    samples = sorted((Path(__file__).parents[2] / "samples").rglob("*.md"))
    texts = TEXTS + [part for path in samples for part in path.read_text("utf-8").split("\n\n") if len(part) > 80]
    reference = SentenceTransformer(str(model_directory()), device="cpu").encode(texts, normalize_embeddings=True)
    assert (embedder.embed_documents(texts) * reference).sum(axis=1).min() >= 0.999


def test_the_faster_graph_agrees_with_the_exact_one(embedder: MiniLM):
    exact = compiled(model_directory() / "model.safetensors", 2, is_packed=False, precision="f32")
    for text in TEXTS:
        ids = np.array(embedder.tokenizer.ids([text]), np.int32)[:, :256]
        row = exact([ids, np.ones(ids.shape, np.float32)])[0][0]
        assert row @ embedder.embed_documents([text])[0] >= 0.999
