"""Keeps in the home what a run has measured of its chat model, which FOOTNOTE_MODEL_GATE then asks for."""

from __future__ import annotations

from dataclasses import asdict

from app.evaluation.reading import Figure
from app.model_gate import ModelGate
from app.model_passes import Measured, ModelPasses, of_settings
from evals.config import Config, Tuning
from evals.record import RunRecord
from rag.settings import Settings
from rag.types import counted


def keep_for_gate(record: RunRecord, config: Config) -> str:
    """A sentence on whether the chat model may write now; empty where there is no model, no answer or no gate.

    A config with values that the app does not use has measured something else, and counts for nothing; so does a run
    of which an answer was quoted since the model failed: its figures would be those of quotes.
    """
    settings = config.settings
    said = [one.said for one in record.questions if one.said is not None]
    if not settings.chat_model or not said or config.tuning != Tuning():
        return ""
    writers = {one.model for one in said if one.model}
    if n_quoted := sum(not one.model and not one.refused for one in said):
        return _unkept(settings, f"the chat model failed at {counted(n_quoted, 'question')}, and quotes stand there")
    if not writers:
        return _unkept(settings, "the chat model was never asked, since every question was refused")
    n = len(said)
    figures = {name: Figure(**asdict(value)) for name, value in (record.metrics or {}).items()}
    figures["questions"] = Figure(n, n, n, n)
    measured = Measured(
        **of_settings(settings),
        reported=", ".join(sorted(writers)),
        set=record.set,
        date=record.date,
        versions=dict(record.versions),
        metrics=figures,
    )
    ModelPasses(settings.home).keep(measured)
    why_not = ModelGate(settings).why_not()
    return why_not or ("the chat model has passed FOOTNOTE_MODEL_GATE" if settings.model_gate else "")


def _unkept(settings: Settings, why: str) -> str:
    return f"this run does not count for FOOTNOTE_MODEL_GATE: {why}" if settings.model_gate else ""
