"""Which embedder a name in the settings means."""

from __future__ import annotations

from rag.errors import ConfigError
from rag.protocols import Embedder


def open_embedder(name: str) -> Embedder:
    """An embedder by name; nothing is loaded before it embeds. Raises ConfigError for an unknown name."""
    if name == "minilm":
        from indexes.minilm import MiniLM

        return MiniLM()
    raise ConfigError(f"FOOTNOTE_EMBEDDER={name!r} is not known; choose minilm")
