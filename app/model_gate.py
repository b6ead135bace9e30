"""This file says whether a chat model has reached in an evaluation what FOOTNOTE_MODEL_GATE asks for."""

from __future__ import annotations

from dataclasses import replace

from app.fallback import fallback_settings
from app.model_passes import Measured, ModelPasses, address_of
from rag.demands import read_demand
from rag.errors import FootnoteError
from rag.settings import Settings, sampling_of

_CURE = (
    "run a set of questions with these settings on the Evaluation page, or "
    "`python -m evals run --collection NAME --indexed --questions FILE`"
)


def _cure_of_second(second: Settings) -> str:
    address = address_of(second)
    names = f"FOOTNOTE_CHAT_MODEL={second.chat_model}" + (f" OPENAI_BASE_URL={address}" if address else "")
    return f"it is the second one, so {_CURE}, started with {names}, its key, and no FOOTNOTE_FALLBACK_MODEL"


class ModelGate:
    """Looked at anew each time, so that an evaluation counts once it has ended. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._demands = [read_demand(text) for text in settings.model_gate.split(",") if text]
        self._passes = ModelPasses(settings.home)

    def why_not(self, sampling: Settings | None = None) -> str:
        """Why no chat model may write, without a full stop; empty where it may. `sampling`: as a conversation has it.

        The second model may write at any time, so it has to have passed, too.
        """
        if not self._demands or not self._settings.chat_model:
            return ""
        settings = replace(self._settings, **sampling_of(sampling or self._settings))
        second = fallback_settings(settings)
        return self._why_not(settings, _CURE) or (self._why_not(second, _cure_of_second(second)) if second else "")

    def _why_not(self, settings: Settings, cure: str) -> str:
        address = address_of(settings)
        who = f"the chat model {settings.chat_model!r}" + (f" at {address}" if address else "")
        try:
            found = self._passes.of(settings)
            wrong = "it was not evaluated with these settings" if found is None else self._failures(found)
        except FootnoteError as error:
            wrong = str(error)
        asked = self._settings.model_gate
        return f"{who} has not passed FOOTNOTE_MODEL_GATE ({asked}), since {wrong}: {cure}" if wrong else ""

    def _failures(self, found: Measured) -> str:
        """Raises InputError for a figure that was not measured."""
        failures = [failure for demand in self._demands if (failure := demand.failure(found.metrics))]
        return f"on {found.set} ({found.date}) {' and '.join(failures)}" if failures else ""
