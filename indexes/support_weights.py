"""The weights by which claims are judged, as they ship."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from indexes.late_weights import FOLDER, read_weights
from indexes.minilm import MiniLM
from indexes.named_weights import read_named, write_named
from indexes.token_encoder import MiniLMTokens
from rag.interaction import Floats
from rag.verification.support import SUPPORT_VALUES, Support
from rag.verification.topic import TOPIC_VALUES, Topic

NAME = "support.json"
TOPIC = "topic.json"


@cache
def support() -> Support:
    """The process's own. Raises ModelError where the weights that ship cannot be used."""
    return Support(MiniLMTokens(), read_weights().rarity, read_support(FOLDER))


@cache
def topic() -> Topic:
    """The process's own, by the bundled encoder whatever the documents were embedded by. Raises as `support`."""
    return Topic(MiniLM().embed_documents, read_named(FOLDER / TOPIC, TOPIC_VALUES))


def write_support(weights: Floats, folder: Path) -> None:
    """`read_support` gives the same back but for rounding."""
    write_named(folder / NAME, SUPPORT_VALUES, weights)


def read_support(folder: Path) -> Floats:
    """Raises ModelError where the file is missing, damaged, or of another version of the code."""
    return read_named(folder / NAME, SUPPORT_VALUES)


def write_topic(weights: Floats, folder: Path) -> None:
    """What `topic` reads from the folder of the weights that ship."""
    write_named(folder / TOPIC, TOPIC_VALUES, weights)
