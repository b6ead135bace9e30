"""The weights by which claims are judged, as they ship."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from indexes.late_weights import FOLDER
from indexes.minilm import MiniLM, word_pieces
from indexes.named_weights import read_named, write_named
from indexes.token_encoder import MiniLMTokens
from rag.errors import ModelError
from rag.interaction import Floats
from rag.verification.support import SUPPORT_VALUES, Support
from rag.verification.topic import TOPIC_VALUES, Topic

NAME = "support.json"
RARITY = "support_rarity.npy"
"""How rare each word piece is, as it was when these weights were learned."""
TOPIC = "topic.json"


@cache
def support() -> Support:
    """The process's own, by the bundled layers as they are: which words mean the same, and not which answer a question,
    tells whether a claim is borne out. Raises ModelError where the weights that ship cannot be used."""
    weights, rarity = read_support(FOLDER)
    return Support(MiniLMTokens(), rarity, weights)


@cache
def topic() -> Topic:
    """The process's own, by the bundled encoder whatever the documents were embedded by. Raises as `support`."""
    return Topic(MiniLM().embed_documents, read_named(FOLDER / TOPIC, TOPIC_VALUES))


def write_support(weights: Floats, rarity: Floats, folder: Path) -> None:
    """`read_support` gives the same back but for rounding."""
    write_named(folder / NAME, SUPPORT_VALUES, weights)
    np.save(folder / RARITY, rarity.astype(np.float16))


def read_support(folder: Path) -> tuple[Floats, Floats]:
    """The weights, and how rare each word piece is. Raises ModelError where a file is missing, damaged, or of another
    version of the code."""
    weights, path = read_named(folder / NAME, SUPPORT_VALUES), folder / RARITY
    try:
        rarity = np.load(path).astype(np.float32)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(f"{path} cannot be used ({error!r}): fetch this version of Footnote again") from error
    if rarity.shape != (word_pieces().size(),) or not np.isfinite(rarity).all():
        raise ModelError(f"{path} is of another version: fetch this version of Footnote again")
    return weights, rarity


def write_topic(weights: Floats, folder: Path) -> None:
    """What `topic` reads from the folder of the weights that ship."""
    write_named(folder / TOPIC, TOPIC_VALUES, weights)
