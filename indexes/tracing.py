"""This file opens what the settings trace to, and nothing where they name no collector."""

from __future__ import annotations

from indexes.spans import Tracer
from rag.settings import Settings


def open_tracer(settings: Settings) -> Tracer | None:
    """None where nothing is traced: then nothing is imported or started. Raises ConfigError for a wrong address."""
    if not settings.traces.url:
        return None
    from indexes.telemetry import OtlpTracer

    return OtlpTracer(settings)
