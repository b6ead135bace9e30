"""The perplexity of an answer under a language model, where an endpoint tells the log-probabilities of a given text.

It is asked for a completion of no tokens that repeats its prompt with log-probabilities (`echo` of the older
completions API, as vLLM serves it). Chat endpoints only tell those of what they write themselves; an endpoint that
refuses `echo` is named in the error.
"""

from __future__ import annotations

from functools import cached_property
from math import exp
from typing import TYPE_CHECKING, Any

from app.chat_profiles import ANTHROPIC, profile_of, with_address
from evals.asking import Asked
from indexes.endpoint import Endpoint
from rag.errors import ConfigError, ModelError
from rag.settings import Settings

if TYPE_CHECKING:
    import openai

_MOST = 6_000
"""Characters of passages in front of the answer."""


class Perplexity:
    """Scores answers behind their question and passages, at the endpoint of the settings."""

    def __init__(self, model: str, settings: Settings) -> None:
        """Raises ConfigError for an endpoint that never tells the log-probabilities of a given text."""
        settings = with_address(settings)
        if profile_of(settings) is ANTHROPIC:
            raise ConfigError(
                "--perplexity needs an endpoint that tells log-probabilities, which Anthropic's does not: "
                "set FOOTNOTE_CHAT_PROFILE and OPENAI_BASE_URL to another one, such as vLLM"
            )
        self._endpoint = Endpoint(settings.base_url, settings.api_key, model)
        self.name = f"{model} at {self._endpoint.address}"
        """For a record: it holds nothing secret."""
        self._settings = settings

    @cached_property
    def _client(self) -> openai.OpenAI:
        import openai

        settings = self._settings
        key = settings.api_key or "none"
        return openai.OpenAI(base_url=settings.base_url, api_key=key, timeout=settings.timeout, max_retries=2)

    def measure(self, asked: Asked) -> dict[str, float]:
        """`perplexity` of the answer's tokens; nothing of a refusal."""
        if asked.said is None or asked.said.refused:
            return {}
        context = "\n\n".join(asked.said.contexts)[:_MOST]
        return {"perplexity": self.of(f"{context}\n\nQuestion: {asked.question}\nAnswer:", f" {asked.said.text}")}

    def of(self, prompt: str, answer: str) -> float:
        """exp of the mean negative log-probability of the tokens that begin within the answer; raises ModelError."""
        found = self._scored(prompt + answer)
        try:
            pairs = zip(found["text_offset"], found["token_logprobs"], strict=True)
            scores = [float(score) for at, score in pairs if at >= len(prompt) and score is not None]
        except (KeyError, TypeError, ValueError):
            raise self._endpoint.garbled() from None
        if not scores:
            raise ModelError(f"{self._endpoint.model!r} gave no log-probabilities of the answer: try another model")
        return exp(-sum(scores) / len(scores))

    def _scored(self, text: str) -> dict[str, Any]:
        import openai

        try:
            reply = self._client.completions.create(
                model=self._endpoint.model, prompt=text, echo=True, logprobs=0, max_tokens=0, temperature=0
            )
        except openai.APIStatusError as error:
            raise self._endpoint.status(error.status_code, error.response.text, None) from None
        except openai.APIConnectionError as error:
            raise self._endpoint.unreachable(str(error.__cause__)) from error
        try:
            found = reply.choices[0].logprobs
            return {} if found is None else found.model_dump()
        except (AttributeError, IndexError, TypeError):
            raise self._endpoint.garbled() from None
