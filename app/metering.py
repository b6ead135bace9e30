"""This file measures each request to a chat model: what was sent and came back, its tokens, cost and time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from app.chat_profiles import Price
from indexes.audit_log import digest_of
from indexes.audit_records import Sent
from indexes.spans import current, stepped
from rag.errors import ModelError
from rag.protocols import ChatModel
from rag.tokens import Counter
from rag.types import Delta, Message
from rag.usage import Usage

_NOTHING = Usage(0, 0, is_estimated=False, cost=0.0)
"""What a request takes that failed before its first word."""


@dataclass(frozen=True, slots=True)
class Meter:
    """Who watches the requests of a question."""

    told: Callable[[Sent], None]
    """Hears of each once it is over, and does not raise."""
    why_not: Callable[[], str] = lambda: ""
    """Why no further one may be sent, without a full stop; empty where one may."""


class MeteredModel:
    """A ChatModel whose requests are watched."""

    def __init__(
        self,
        model: ChatModel,
        meter: Meter,
        *,
        count: Counter,
        price: Callable[[str], Price | None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`count` and `price` (of a model's name) fill in what an endpoint does not tell."""
        self._model = model
        self._meter = meter
        self._count = count
        self._price = price
        self._clock = clock
        self._span = current()
        """The question's: some of its requests are sent by threads that know nothing of it."""

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def stream(self, messages: Sequence[Message]) -> Generator[Delta, None, None]:
        """As the model's own. Raises ModelError where the meter says no."""
        if why := self._meter.why_not():
            raise ModelError(why)
        at, start = self._clock(), time.perf_counter()
        said, end, writer, ended = list[str](), Delta(), self.name, "cut"
        deltas = stepped(self._span, self._model.stream(messages))
        try:
            for delta in deltas:
                said.append(delta.text)
                end, writer = delta, delta.model or writer
                yield delta
            ended = end.finish_reason or "stop"
        except ModelError:
            ended = "cut" if any(said) else "failed"
            raise
        finally:  # whoever stops an answer closes this generator
            deltas.close()
            spent = self._spent(messages, "".join(said), end, writer) if ended != "failed" else _NOTHING
            self._meter.told(
                Sent(
                    at=at,
                    model=writer,
                    reported_model=end.reported_model,
                    sent_sha256=digest_of(as_sent(messages)),
                    returned_sha256=digest_of("".join(said)),
                    prompt_tokens=spent.prompt_tokens,
                    completion_tokens=spent.completion_tokens,
                    is_estimated=spent.is_estimated,
                    cost=spent.cost,
                    ms=(time.perf_counter() - start) * 1000,
                    ended=ended,
                )
            )

    def _spent(self, messages: Sequence[Message], said: str, end: Delta, writer: str) -> Usage:
        """What the endpoint tells, and an estimate of what it does not tell."""
        prompt = end.prompt_tokens or sum(self._count(message.content) for message in messages)
        completion = end.completion_tokens or self._count(said)
        price = self._price(writer)
        cost = price.of(prompt, completion) if end.cost is None and price is not None else end.cost
        return Usage(prompt, completion, not (end.prompt_tokens and end.completion_tokens), cost)


def as_sent(messages: Sequence[Message]) -> str:
    """The messages of a request as JSON without blanks, as the audit log has their hash."""
    spoken = [{"role": one.role, "content": one.content} for one in messages]
    return json.dumps(spoken, ensure_ascii=False, separators=(",", ":"))
