"""What every Embedder promises: the bundled model, sentence-transformers, and OpenAI's endpoint on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.cli import main as app
from indexes.embedders import open_embedder
from indexes.gpu_minilm import GpuMiniLM
from indexes.minilm import MiniLM, model_directory
from indexes.prefixes import FAMILIES, prefixes_of
from indexes.sentence_transformer import SentenceTransformerEmbedder
from ingest.cli import main as ingest
from rag.errors import ModelError
from rag.protocols import Embedder
from rag.settings import Settings
from tests.indexes.openai_endpoint import embeddings_endpoint

TEXTS = [
    "The Eiffel Tower was finished in 1889.",
    "x",
    "Water boils at 100 °C at sea level, naïve café, 東京は日本の首都です。 " * 12,
    "The quokka is a small marsupial of Western Australia.",
]


@pytest.fixture(scope="module")
def sentence_transformer() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(str(model_directory()), device="cpu")


@pytest.fixture(params=["bundled", "gpu code on a cpu", "sentence-transformers", "openai"])
def embedder(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    if request.param == "openai":
        request.getfixturevalue("token_table")
        with embeddings_endpoint() as url:
            openai = open_embedder(Settings(embedder="text-embedding-3-small", base_url=url))
            yield openai
            openai.close()  # type: ignore[attr-defined]
    elif request.param == "bundled":
        yield MiniLM()
    elif request.param == "gpu code on a cpu":
        yield GpuMiniLM(device="cpu")
    else:
        yield request.getfixturevalue("sentence_transformer")


@pytest.mark.slow
def test_rows_are_unit_finite_and_in_order(embedder: Embedder):
    rows = embedder.embed_documents(TEXTS * 20)
    assert rows.shape == (80, embedder.dim)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-4)
    for text, row in zip(TEXTS, rows[:4], strict=True):
        assert embedder.embed_documents([text])[0] @ row == pytest.approx(1, abs=2e-3)
    assert embedder.embed_documents([]).shape == (0, embedder.dim)
    assert embedder.embed_query(TEXTS[0]).shape == (embedder.dim,)


@pytest.mark.slow
def test_tokens_are_spans_in_order_and_never_cut(embedder: Embedder):
    for text in [*TEXTS, "word " * 20_000, ""]:
        spans = embedder.tokenizer.offsets(text)
        assert spans.shape == (len(spans), 2)
        assert (np.diff(spans[:, 0]) >= 0).all()
        assert len(spans) == 0 or (spans[:, 0] < len(text)).all()
    assert len(embedder.tokenizer.offsets("word " * 20_000)) >= 20_000
    assert embedder.max_tokens > 200


@pytest.mark.slow
def test_the_same_model_gives_the_same_vectors_whoever_runs_it(sentence_transformer: SentenceTransformerEmbedder):
    texts = TEXTS * 20
    bundled = MiniLM().embed_documents(texts)
    for other in (sentence_transformer, GpuMiniLM(device="cpu")):
        assert (other.embed_documents(texts) * bundled).sum(axis=1).min() >= 0.999
    assert GpuMiniLM.fingerprint == MiniLM.fingerprint


@pytest.mark.slow
def test_another_file_of_the_model_is_another_fingerprint(
    sentence_transformer: SentenceTransformerEmbedder, tmp_path: Path
):
    for path in model_directory().rglob("*"):
        if path.is_file():
            copy = tmp_path / "all-MiniLM-L6-v2" / path.relative_to(model_directory())
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    copied = SentenceTransformerEmbedder(str(tmp_path / "all-MiniLM-L6-v2"))
    assert copied.fingerprint == sentence_transformer.fingerprint
    changed = tmp_path / "all-MiniLM-L6-v2" / "config.json"
    changed.write_text(changed.read_text() + " ")
    assert SentenceTransformerEmbedder(str(changed.parent)).fingerprint != copied.fingerprint


@pytest.mark.slow
def test_prefixes_are_embedded_and_counted(tmp_path: Path):
    """The bundled weights under another family's name: their vectors show what was put in front."""
    folder = tmp_path / "e5-small-v2"
    folder.symlink_to(model_directory(), target_is_directory=True)
    e5, plain = SentenceTransformerEmbedder(str(folder), device="cpu"), MiniLM()
    assert e5.embed_query("six") @ plain.embed_query("query: six") == pytest.approx(1, abs=1e-3)
    assert e5.embed_documents(["six"])[0] @ plain.embed_query("passage: six") == pytest.approx(1, abs=1e-3)
    assert e5.max_tokens == plain.max_tokens - 2
    assert e5.fingerprint != SentenceTransformerEmbedder(str(model_directory())).fingerprint


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("intfloat/e5-base-v2", "e5"),
        ("intfloat/multilingual-e5-small", "e5"),
        ("BAAI/bge-small-en-v1.5", "bge-en"),
        ("BAAI/bge-large-zh-v1.5", "bge-zh"),
        ("BAAI/bge-m3", "bge-m3"),
        ("sentence-transformers/all-MiniLM-L12-v2", "minilm"),
        ("/models/all-mpnet-base-v2/", "mpnet"),
        ("sentence-transformers/multi-qa-mpnet-base-dot-v1", "mpnet"),
    ],
)
def test_families_get_their_prefixes(name: str, family: str):
    assert prefixes_of(name) == FAMILIES[family]


@pytest.mark.parametrize("name", ["intfloat/e5-mistral-7b-instruct", "minilm-bge/other", "nomic-embed-text-v1.5"])
def test_an_unknown_family_gets_none_of_the_table(name: str):
    assert prefixes_of(name) is None


@pytest.mark.parametrize("name", ["no-such-model", "a/b/c", "../x", "minlm", ""])
def test_a_name_that_is_no_model_is_one_sentence(name: str):
    with pytest.raises(ModelError, match="minilm"):
        _ = SentenceTransformerEmbedder(name or " ").folder


@pytest.mark.slow
def test_a_folder_that_is_no_model_is_one_sentence(tmp_path: Path):
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        SentenceTransformerEmbedder(str(tmp_path)).embed_query("x")
    (tmp_path / "tokenizer.json").write_bytes((model_directory() / "tokenizer.json").read_bytes())
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceTransformerEmbedder(str(tmp_path)).embed_query("x")


@pytest.mark.slow
@pytest.mark.usefixtures("token_table")
def test_documents_stay_with_their_embedder_until_they_are_moved_to_another(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
):
    samples = Path(__file__).parents[2] / "samples" / "documents"
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    with embeddings_endpoint() as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        monkeypatch.setenv("FOOTNOTE_EMBEDDER", "text-embedding-3-small")
        assert ingest(["add", str(samples), "--json"]) == 0
        assert app(["search", "self-locking nuts", "--json"]) == 0
        capsys.readouterr()
        monkeypatch.setenv("FOOTNOTE_EMBEDDER", "minilm")
        assert app(["search", "self-locking nuts"]) == 0
        said = caplog.text
        assert "embedded by 'text-embedding-3-small', so that one is used" in said
        assert "reindex" in said
        capsys.readouterr()
        assert ingest(["status"]) == 0
        assert capsys.readouterr().out.count("stale (tokenizer, embedder): 5 documents: ") == 1
        assert ingest(["reindex", "--json"]) == 0
        assert ingest(["doctor"]) == 0
        assert ingest(["status"]) == 0
        assert "stale" not in capsys.readouterr().out
    assert app(["search", "self-locking nuts"]) == 0
    assert "AMT General Handbook, page 1" in capsys.readouterr().out
