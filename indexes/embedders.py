"""Which embedder a name in the settings means."""

from __future__ import annotations

from pathlib import Path

from rag.protocols import Embedder
from rag.settings import Settings

_GPU_DRIVER = Path("/dev/nvidiactl")


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name; nothing is loaded before it embeds.

    `minilm` is the bundled one, OpenAI's go by their names, and any other name is a sentence-transformers model or the
    folder of one. Raises ConfigError or ModelError where it cannot be used.
    """
    name = settings.embedder
    if name == "minilm":
        return _bundled()
    from indexes.openai_embedder import DIMENSIONS, OpenAIEmbedder

    if name in DIMENSIONS:
        return OpenAIEmbedder(
            model=name, base_url=settings.base_url, api_key=settings.api_key, timeout=settings.timeout
        )
    from indexes.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name)


def _bundled() -> Embedder:
    from indexes.minilm import MiniLM

    if not _GPU_DRIVER.exists():  # importing PyTorch only to ask would take seconds
        return MiniLM()
    from indexes.gpu_minilm import GpuMiniLM

    return GpuMiniLM()
