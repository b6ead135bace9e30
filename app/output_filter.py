"""This file holds what a chat model wrote against a filter before it is shown as an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.masking import is_elsewhere
from app.moderation import Moderation
from indexes.spans import current
from rag.answerer import refusal
from rag.errors import ConfigError, ModelError, as_notice
from rag.masking import Mask
from rag.settings import Settings
from rag.types import Answer
from rag.whole.terms import words

WITHHELD = "This answer was withheld by the filter."
_UNFILTERED = "So this answer is shown as it was written, unfiltered."
_KEPT_BACK = "So the answer is withheld: set FOOTNOTE_FILTER_FAILURE=show to have it shown unfiltered."


class Judge(Protocol):
    """Says what a text must not be shown for."""

    def objection(self, text: str) -> str:
        """In words, without a full stop; empty where there is nothing. Raises ModelError where it cannot tell."""
        ...


class OutputFilter:
    """All judges, one after another. Threads may share it."""

    def __init__(self, judges: Sequence[Judge], *, holds: bool, shows_unjudged: bool) -> None:
        """`holds`: nothing is shown before it has passed. `shows_unjudged`: what comes of an answer where a judge
        fails."""
        self._judges = judges
        self.holds = holds
        self._shows_unjudged = shows_unjudged

    def passed(self, answer: Answer) -> Answer:
        """The answer, or where a judge objects an abstention that says why; quotes of documents pass unseen, but not
        the steps to them, which a chat model took."""
        text = "\n".join(_written(answer))
        if not text:
            return answer
        parent = current()
        span = None if parent is None else parent.child("filter", {})
        try:
            why = next(filter(None, (judge.objection(text) for judge in self._judges)), "")
        except ModelError as error:
            if span is not None:
                span.fail(type(error).__name__)
            if self._shows_unjudged:
                return replace(answer, notice=f"{answer.notice} {as_notice(error, _UNFILTERED)}".strip())
            return _withheld(answer, str(error), as_notice(error, _KEPT_BACK))
        finally:
            if span is not None:
                span.end()
        return _withheld(answer, why, f"The answer was withheld, since {why}.") if why else answer

    def close(self) -> None:
        """Close what is open."""
        for judge in self._judges:
            if isinstance(judge, _Moderated):
                judge.moderation.close()


def _written(answer: Answer) -> Iterator[str]:
    """All that a chat model wrote, as far as anybody may see it; of what was searched for only what is not in the
    question's own words, since rules look for those as well."""
    if answer.model:
        yield from filter(None, ("" if answer.refused else answer.text, answer.withheld))
    texts = [text for step in answer.steps for text in (step.asked, step.where, step.trouble)]
    if answer.query is not None:
        texts += (answer.query.text, *answer.query.words, *answer.query.wordings, *answer.query.passages)
    own = set(words(answer.question))
    yield from (text for text in dict.fromkeys(texts) if not own.issuperset(words(text)))


def _withheld(answer: Answer, why: str, notice: str) -> Answer:
    """Nothing that was written is left in it."""
    kept = refusal(answer.question, answer.hits, answer.trace, text=WITHHELD)
    return replace(kept, model=answer.model, usage=answer.usage, notice=notice, filtered=why)


@dataclass(frozen=True, slots=True)
class _Moderated:
    """A moderation endpoint as a Judge; it may see placeholders in place of private details, as a chat model would."""

    moderation: Moderation
    is_masked: bool

    def objection(self, text: str) -> str:
        return self.moderation.objection(Mask([text]).masked(text) if self.is_masked else text)


def open_filter(settings: Settings) -> OutputFilter | None:
    """None where none is set. Raises ConfigError for what cannot be used, without a request."""
    judges: list[Judge] = []
    if settings.filter_patterns:
        from app.patterns import load_patterns

        judges.append(load_patterns(Path(settings.filter_patterns).expanduser()))
    if settings.moderation:
        judges.append(_moderation(settings))
    if not judges:
        return None
    return OutputFilter(judges, holds=settings.filter == "hold", shows_unjudged=settings.filter_failure == "show")


def _moderation(settings: Settings) -> Judge:
    url, _, model = settings.moderation.rpartition("/")
    if url.endswith("/") or not url.startswith(("http://", "https://")):
        raise ConfigError(
            "FOOTNOTE_MODERATION must be an address with a model behind it, like "
            "https://api.openai.com/v1/omni-moderation-latest"
        )
    key = settings.moderation_key or (settings.api_key if url == settings.base_url else "")
    opened = Moderation(url, model, key, seconds=settings.timeout)
    return _Moderated(opened, settings.mask == "always" or (settings.mask == "remote" and is_elsewhere(url)))
