"""Which reranker a name in the settings means."""

from __future__ import annotations

from collections.abc import Callable

from rag.protocols import Reranker
from rag.settings import Settings


def _none(_settings: Settings) -> None:
    return None


def _cross_encoder(settings: Settings) -> Reranker:
    from indexes.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(settings.reranker)


def _late(_settings: Settings) -> Reranker:
    from indexes.late_weights import late_reranker

    return late_reranker()


_BUILT_IN: dict[str, Callable[[Settings], Reranker | None]] = {"none": _none, "late": _late}


def open_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the settings name, or None; nothing is loaded before it is asked.

    A name that is not built in is a cross-encoder on the hub, or the folder of one.
    """
    return _BUILT_IN.get(settings.reranker, _cross_encoder)(settings)
