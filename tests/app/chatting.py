"""A question to a fake endpoint, as the tests of the chat adapter put it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypedDict, Unpack

import pytest

from app.chat_model import OpenAIChatModel
from rag.errors import ModelError
from rag.types import Delta, Message
from tests.fake_endpoint import FakeEndpoint, Reply

QUESTION = [Message("system", "Rules."), Message("user", "What is the SECRET-QUESTION?")]
KEY = "sk-planted-0123456789abcdef"


class Options(TypedDict, total=False):
    """What a test sets of an OpenAIChatModel."""

    api_key: str
    temperature: float
    top_p: float
    max_tokens: int
    timeout: float
    retries: int
    sleep: Callable[[float], None]


@contextmanager
def chat(
    *replies: Reply, models: tuple[str, ...] = (), **options: Unpack[Options]
) -> Iterator[tuple[OpenAIChatModel, FakeEndpoint]]:
    """A model in front of a fake endpoint; nothing sleeps between its tries unless a test says how."""
    given: Options = {"api_key": KEY, "timeout": 5.0, "sleep": lambda _: None, **options}
    with FakeEndpoint(*replies, models=models) as endpoint:
        model = OpenAIChatModel(base_url=endpoint.url, model="tiny", **given)
        try:
            yield model, endpoint
        finally:
            model.close()


def said(model: OpenAIChatModel) -> tuple[str, Delta]:
    deltas = list(model.stream(QUESTION))
    return "".join(delta.text for delta in deltas), deltas[-1]


def failure(*replies: Reply, models: tuple[str, ...] = (), **options: Unpack[Options]) -> tuple[str, str]:
    """(text that came before it, the error's sentence)."""
    text = ""
    with chat(*replies, models=models, **options) as (model, _), pytest.raises(ModelError) as error:
        for delta in model.stream(QUESTION):
            text += delta.text
    return text, str(error.value)
