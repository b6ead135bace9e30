"""The weights of late interaction as they ship, a JSON file with names and how rare each word piece is; and what
works by them, over one encoder for the whole process.
"""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from indexes.joint_encoder import MiniLMJoint
from indexes.minilm import WEIGHTS_SHA256, checked_trained, digest_of, whole_vectors
from indexes.token_encoder import MiniLMTokens
from rag.comparing import Comparisons
from rag.errors import ModelError
from rag.late_interaction import (
    ANSWERED_VALUES,
    DEPTH,
    N_READ,
    RANKING_VALUES,
    READING_VALUES,
    SETTLING_VALUES,
    LateReader,
    LateReranker,
    LateWeights,
    RankingParts,
    Weights,
)
from rag.locating import Locator

FOLDER = Path(__file__).with_name("late_interaction")
WEIGHTS = "weights.json"
RARITY = "rarity.npy"
JOINT = "joint.safetensors"
LATE = "late.safetensors"
_CONSTANT = "constant"
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@cache
def token_encoder() -> MiniLMTokens:
    """The process's own: what has been reranked is read right after. What is wrong with its weights is told when it is
    first asked."""
    return MiniLMTokens(FOLDER / LATE, _written(FOLDER)["late_sha256"])


@cache
def comparisons() -> Comparisons:
    """The process's own, for the same reason. Raises ModelError where the weights that ship cannot be used."""
    return Comparisons(token_encoder(), read_weights().rarity)


@cache
def locator() -> Locator:
    """The process's own; what is wrong with its weights is told when it is opened."""
    return Locator(MiniLMJoint(FOLDER / JOINT, _written(FOLDER)["joint_sha256"]))


def forget() -> None:
    """As `Kept.forget`, of all that the process has worked out of questions and passages."""
    for kept in (token_encoder(), comparisons(), locator()):
        kept.forget()


def late_reranker(*, depth: int = DEPTH) -> LateReranker:
    """Reads its weights when it is first asked, and raises ModelError then where they cannot be used."""
    return LateReranker(partial(_parts, depth), depth=depth)


def _parts(depth: int) -> RankingParts:
    weights = read_weights()  # first: it tells what is wrong with the files
    return RankingParts(comparisons(), locator(), weights, f"{late_fingerprint()}:{depth}")


def late_fingerprint() -> str:
    """Of every file that reranks and reads: the weights name the digests of the trained models, and both stand over the
    bundled encoder. Raises ModelError where the file of the weights cannot be read."""
    _written(FOLDER)
    return f"late:{digest_of(FOLDER / WEIGHTS)[:16]}:{WEIGHTS_SHA256[:16]}"


def late_reader(*, n_read: int = N_READ) -> LateReader:
    """Raises ModelError where the weights that ship cannot be used."""
    return LateReader(comparisons(), locator(), read_weights(), whole_vectors, n_read=n_read)


def write_weights(weights: LateWeights, folder: Path) -> None:
    """Into the folder of the trained models; `read_weights` gives the same back but for rounding."""
    np.save(folder / RARITY, weights.rarity.astype(np.float16))
    values = {
        "rarity_sha256": digest_of(folder / RARITY),
        "joint_sha256": digest_of(folder / JOINT),
        "late_sha256": digest_of(folder / LATE),
        "states": _values(weights.states),
        "words": _values(weights.words),
    }
    (folder / WEIGHTS).write_text(json.dumps(values, indent=2) + "\n", "utf-8")


def read_weights(folder: Path = FOLDER) -> LateWeights:
    """Raises ModelError where the files are missing, damaged, or of another version of the code."""
    values = _written(folder)
    try:
        if values["rarity_sha256"] != digest_of(folder / RARITY):
            raise ModelError(f"{folder / RARITY} has changed: fetch this version of Footnote again")
        rarity = np.load(folder / RARITY).astype(np.float32)
        return LateWeights(rarity, _weights(values["states"]), _weights(values["words"]))
    except _DAMAGED as error:
        raise _unusable(folder, error) from error


def check_shipped(folder: Path = FOLDER) -> None:
    """Raises ModelError where a file of what reads and reranks is missing, or another one than was shipped; no model is
    loaded."""
    read_weights(folder)
    values = _written(folder)
    checked_trained(folder / JOINT, values["joint_sha256"])
    checked_trained(folder / LATE, values["late_sha256"])


def _written(folder: Path) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads((folder / WEIGHTS).read_text("utf-8"))
        return values | {name: str(values[name]) for name in ("joint_sha256", "late_sha256")}
    except _DAMAGED as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: Exception) -> ModelError:
    return ModelError(f"the weights in {folder} cannot be used ({error!r}): fetch this version again")


def _values(of: Weights) -> dict[str, Any]:
    return {
        "ranking": _named(RANKING_VALUES, of.ranking.tolist()),
        "settling": _named(SETTLING_VALUES, of.settling.tolist()),
        "reading": _named(READING_VALUES, of.reading.tolist()),
        "answered": _named((*ANSWERED_VALUES, _CONSTANT), of.answered.tolist()),
        "near": round(of.near, 4),
    }


def _weights(values: dict[str, Any]) -> Weights:
    return Weights(
        _row(values["ranking"], RANKING_VALUES),
        _row(values["settling"], SETTLING_VALUES),
        _row(values["reading"], READING_VALUES),
        _row(values["answered"], (*ANSWERED_VALUES, _CONSTANT)),
        float(_row({"near": values["near"]}, ("near",))[0]),
    )


def _named(names: tuple[str, ...], values: list[float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in zip(names, values, strict=True)}


def _row(values: dict[str, Any], names: tuple[str, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    if values.keys() != set(names):
        raise ValueError("they are of another version")
    found = np.array([values[name] for name in names], dtype=np.float32)
    if not np.isfinite(found).all():
        raise ValueError("a number is none")
    return found
