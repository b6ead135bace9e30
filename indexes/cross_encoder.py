"""Any cross-encoder of Hugging Face as a Reranker, by its name on the hub or the folder that it lies in.

`model_folder.py` says what of a model is read, and when it is downloaded.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexes.bfloat16 import pays, precision
from indexes.model_folder import digest_of, loading, model_folder, safely
from rag.embedding_text import text_of
from rag.errors import ModelError
from rag.reranking import reordered
from rag.types import Hit

DEPTH = 20
"""Hits that are read. Two CPU cores score about 40 pairs of 256 tokens a second with six layers of 384 numbers: half a
second a question, which is what somebody who asks for a cross-encoder may be made to wait."""
WEIGHT = 0.5
"""The model's share of a blended score. It is not fitted, since no published cross-encoder was within reach."""
MOST_TOKENS = 512
"""Of a question and a text together: longer ones are cut, also for models that could read more."""
RETRY_S = 60.0
"""A model that could not be opened is left alone for so long: no question should wait for a network that is away."""

_BATCH = {"cpu": 8, "cuda": 256}
_AGREES = 0.999
"""Correlation of the scores in bfloat16 with the exact ones."""
_QUESTION = "How much did the share of renewable energy in final consumption rise in 2022?"
_TRIAL = [
    (_QUESTION, " ".join([sentence] * n))
    for sentence in (
        "The share of renewable energy in final consumption rose to 23 % in 2022, from 21.9 % a year before.",
        "Final consumption of energy fell in most years, while that of electricity grew slowly but steadily again.",
        "The harbour opens at six in the morning, and boats leave with the tide as they have done for centuries.",
        "A honey bee visits about fifty flowers on a single flight, and dances to tell the others where they are.",
    )
    for n in (4, 8)
]
"""Texts that answer, come near, and have nothing to do with the question: their scores should lie apart."""

Model = Any
"""A CrossEncoder; its types would import torch."""
Pair = tuple[str, str]
Scores = NDArray[np.float32]
S = TypeVar("S")


class CrossEncoderReranker:
    """Reads the question with each of the first `depth` hits; on a GPU in half precision, on a CPU in bfloat16 where
    that is faster. The blend of its scores with the search's is the new order; the other hits stay below. Threads may
    share it."""

    def __init__(
        self,
        name: str,
        *,
        device: str | None = None,
        depth: int = DEPTH,
        weight: float = WEIGHT,
        retry_s: float = RETRY_S,
    ) -> None:
        """`device`: cuda or cpu; None takes a GPU where there is one."""
        self.name = name
        self._device = device
        self.depth = depth
        self._weight = weight
        self._retry_s = retry_s
        self._one_at_a_time = threading.RLock()  # PyTorch uses all cores by itself
        self._refused: tuple[float, str] | None = None

    @cached_property
    def folder(self) -> Path:
        """Where the model's files are; downloads them when they are nowhere. Raises ModelError."""
        return model_folder(self.name, setting="FOOTNOTE_RERANKER", instead="none, which leaves out the reranking")

    @property
    def fingerprint(self) -> str:
        """Of every file that decides a score, and of what is done with the scores. Raises ModelError."""
        return f"cross-encoder:{digest_of(self.folder, repr((self.depth, self._weight, MOST_TOKENS)))}:1"

    def open(self) -> None:
        """Load the model now. Raises ModelError; for `retry_s` it then goes on to do so without another try."""
        with self._one_at_a_time:
            if self._refused is not None and time.monotonic() < self._refused[0]:
                raise ModelError(self._refused[1])
            try:
                self._is_faster_in_bfloat16  # noqa: B018 - tries the model, too
            except ModelError as error:
                self._refused = (time.monotonic() + self._retry_s, str(error))
                raise

    def rerank(self, query: str, hits: Sequence[Hit], depth: int | None = None) -> list[Hit]:
        """The same hits in their new order. Raises ModelError."""
        if not hits:
            return []
        pairs = [(query, text_of(hit.chunk)) for hit in hits[: depth or self.depth]]
        return reordered(hits, self.scores(pairs), self._weight)

    def scores(self, pairs: Sequence[Pair]) -> Scores:
        """How well each text answers its question, 0 to 1, shape [len(pairs)]. Raises ModelError."""
        with self._one_at_a_time:
            self.open()
            with precision(rounded=self._is_faster_in_bfloat16):
                logits = _logits(self._model, self.name, pairs)
        return np.asarray(0.5 * (1 + np.tanh(logits / 2)), dtype=np.float32)  # the sigmoid, which cannot overflow so

    @cached_property
    def _model(self) -> Model:
        from sentence_transformers import CrossEncoder

        folder = self.folder
        if not _scores_pairs(folder):
            raise ModelError(f"the reranker {self.name!r} is no cross-encoder: choose one, or none")
        with loading(f"the reranker {self.name!r}"):
            model = CrossEncoder(str(folder), device=self._device, activation_fn=_as_it_is, **safely())
        if (n := model.num_labels) != 1:
            raise ModelError(
                f"the reranker {self.name!r} gives {n} numbers for a passage and not one score: choose a cross-encoder "
                "with a single label"
            )
        model.max_seq_length = min(MOST_TOKENS, model.max_seq_length or MOST_TOKENS)
        return model.half() if model.device.type == "cuda" else model

    @cached_property
    def _is_faster_in_bfloat16(self) -> bool:
        """Tried out once."""
        run = partial(_logits, self._model, self.name)
        return self._model.device.type == "cpu" and pays(run, _TRIAL, _agree)


def _as_it_is(scores: S) -> S:
    """Stands where a model's configuration could name any function."""
    return scores


def _logits(model: Model, name: str, pairs: Sequence[Pair]) -> Scores:
    """Float32 of shape [len(pairs)]; alike lengths are read together, which the library sees to."""
    batch_size = _BATCH.get(model.device.type, 32)
    try:
        found: Scores = model.predict(list(pairs), batch_size=batch_size, show_progress_bar=False).astype(np.float32)
    except (RuntimeError, ValueError, IndexError) as error:  # out of memory, a token that the model does not have
        raise ModelError(f"the reranker {name!r} failed ({' '.join(str(error).split())[:300]})") from error
    if not np.isfinite(found).all():
        raise ModelError(f"the reranker {name!r} gives scores that are no numbers: choose another one")
    return found


def _agree(exact: Scores, rounded: Scores) -> bool:
    """Whether both would put passages into the same order; scores that do not differ at all show nothing."""
    if min(exact.std(), rounded.std()) < 1e-6:
        return False
    return float(np.corrcoef(exact, rounded)[0, 1]) >= _AGREES


def _scores_pairs(folder: Path) -> bool:
    """Whether the folder is of a trained cross-encoder: any other model would be given a head of random numbers."""
    architectures = _said(folder / "config.json").get("architectures")
    names = architectures if isinstance(architectures, list) else []
    is_own = _said(folder / "config_sentence_transformers.json").get("model_type") == "CrossEncoder"
    return is_own or any(str(name).endswith("ForSequenceClassification") for name in names)


def _said(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
