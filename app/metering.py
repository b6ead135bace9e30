"""This file measures each request to a chat model: what was sent and came back, its tokens, cost and time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any

from app.chat_profiles import Price
from indexes.audit_log import digest_of
from indexes.audit_records import Sent, Spent
from indexes.spans import current, stepped
from rag.errors import ModelError
from rag.protocols import ChatModel
from rag.tokens import Counter
from rag.tools import Tool
from rag.types import Delta, Message
from rag.usage import Usage

_NOTHING = Usage(0, 0, is_estimated=False, cost=0.0)
"""What a request takes that failed before its first word."""


@dataclass(frozen=True, slots=True)
class Meter:
    """Who watches the requests of a question."""

    told: Callable[[Sent], None]
    """Hears of each once it is over, and does not raise."""
    held: Callable[[Callable[[], Spent]], AbstractContextManager[None]] = lambda _: nullcontext()
    """Around a request, with what it may take at most; raises ModelError where no further one may be sent."""


class MeteredModel:
    """A ChatModel whose requests are watched."""

    def __init__(
        self,
        model: ChatModel,
        meter: Meter,
        *,
        count: Counter,
        price: Callable[[str], Price | None],
        longest: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`count` and `price` (of a model's name) fill in what an endpoint does not tell. `longest`: a reply, in
        tokens."""
        self._model = model
        self._meter = meter
        self._count = count
        self._price = price
        self._longest = longest
        self._clock = clock
        self._span = current()
        """The question's: some of its requests are sent by threads that know nothing of it."""

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """As the model's own. Raises ModelError where the meter says no."""
        with self._meter.held(lambda: self._most(messages, tools, schema)):
            yield from self._measured(messages, tools, schema)

    def _measured(
        self, messages: Sequence[Message], tools: Sequence[Tool], schema: str
    ) -> Generator[Delta, None, None]:
        at, start = self._clock(), time.perf_counter()
        said, end, writer, ended, carried = list[str](), Delta(), self.name, "cut", ""
        deltas = stepped(self._span, self._model.stream(messages, tools, schema))
        try:
            for delta in deltas:
                said.append(delta.said)
                end, writer = delta, delta.model or writer
                carried = schema if delta.has_schema else ""
                yield delta
            ended = end.finish_reason or "stop"
        except ModelError:
            ended = "cut" if any(said) else "failed"
            raise
        finally:  # whoever stops an answer closes this generator
            deltas.close()
            sent = messages, tools, carried
            spent = self._spent(sent, "".join(said), end, writer) if ended != "failed" else _NOTHING
            self._meter.told(
                Sent(
                    at=at,
                    model=writer,
                    reported_model=end.reported_model,
                    sent_sha256=digest_of(as_sent(*sent)),
                    returned_sha256=digest_of("".join(said)),
                    prompt_tokens=spent.prompt_tokens,
                    completion_tokens=spent.completion_tokens,
                    is_estimated=spent.is_estimated,
                    cost=spent.cost,
                    ms=(time.perf_counter() - start) * 1000,
                    ended=ended,
                    has_schema=bool(carried),
                )
            )

    def _most(self, messages: Sequence[Message], tools: Sequence[Tool], schema: str) -> Spent:
        """What a request takes with the longest reply, as far as that is known."""
        prompt, longest, price = self._prompt(messages, tools, schema), self._longest(), self._price(self.name)
        return Spent(prompt + longest, 0.0 if price is None else price.of(prompt, longest))

    def _prompt(self, messages: Sequence[Message], tools: Sequence[Tool], schema: str) -> int:
        return sum(map(self._count, (*_texts(messages, tools), schema)))

    def _spent(self, sent: tuple[Sequence[Message], Sequence[Tool], str], said: str, end: Delta, writer: str) -> Usage:
        """What the endpoint tells, and an estimate of what it does not tell."""
        prompt = end.prompt_tokens or self._prompt(*sent)
        completion = end.completion_tokens or self._count(said)
        price = self._price(writer)
        cost = price.of(prompt, completion) if end.cost is None and price is not None else end.cost
        return Usage(prompt, completion, not (end.prompt_tokens and end.completion_tokens), cost)


def _texts(messages: Sequence[Message], tools: Sequence[Tool]) -> Iterator[str]:
    """All that a request says."""
    for message in messages:
        yield from message.texts
    yield from (json.dumps(asdict(tool)) for tool in tools)


def as_sent(messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = "") -> str:
    """The messages of a request as JSON without blanks, as the audit log has their hash; where tools are offered or a
    schema is sent an object of all that."""
    spoken = [_spoken(one) for one in messages]
    more = {"tools": [asdict(tool) for tool in tools]} if tools else {}
    more |= {"schema": json.loads(schema)} if schema else {}
    sent = {"messages": spoken, **more} if more else spoken
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":"))


def _spoken(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        said["calls"] = [asdict(call) for call in message.calls]
    return said | ({"call_id": message.call_id} if message.call_id else {})
