"""This file changes the words of a reply as it comes, and those in the calls of tools that it makes."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Protocol

from rag.errors import ModelError
from rag.protocols import ChatModel
from rag.tools import Tool, ToolCall
from rag.types import Delta, Message

Change = Callable[[str], str]


class Settling(Protocol):
    """A stream of text that holds back what more text may change."""

    def feed(self, text: str) -> str:
        """What this text settles; may be empty."""
        ...

    def finish(self) -> str:
        """The rest."""
        ...


def changed_deltas(
    deltas: Generator[Delta, None, None], settling: Settling, change: Change
) -> Generator[Delta, None, None]:
    """The deltas with what has settled of their texts, and with their calls changed. What is held back comes with the
    end of a text, a failure included."""
    try:
        for delta in deltas:
            text = settling.feed(delta.text)
            text += settling.finish() if delta.finish_reason or delta.calls else ""
            yield replace(delta, text=text, calls=changed_calls(delta.calls, change))
    except ModelError:
        yield Delta(settling.finish())  # what came before the failure
        raise
    if rest := settling.finish():  # of a stream that ended without a reason
        yield Delta(rest)


def changed_calls(calls: Sequence[ToolCall], change: Change) -> tuple[ToolCall, ...]:
    """The calls with other words in their names, which a model may invent, and in their arguments."""
    return tuple(replace(call, name=change(call.name), arguments=rewritten(call.arguments, change)) for call in calls)


def rewritten(arguments: str, change: Change) -> str:
    """Arguments of a call, or a schema, whose values say something else. What is no JSON is changed as it stands."""
    try:
        found = json.loads(arguments, strict=False)
        changed = _with_values(found, change)
    except (ValueError, RecursionError):
        return change(arguments)
    return arguments if changed == found else json.dumps(changed, ensure_ascii=False)


def _with_values(value: object, change: Change) -> object:
    """The value with each text, name and number in it changed; a number that becomes another text is one."""
    if isinstance(value, dict):
        return {change(name): _with_values(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_values(one, change) for one in value]
    if isinstance(value, str):
        return change(value)
    said = json.dumps(value)
    return value if change(said) == said else change(said)


def deltas_of(
    model: ChatModel, messages: Sequence[Message], tools: Sequence[Tool], schema: str
) -> Generator[Delta, None, None]:
    """The model's own, which end when this generator is closed."""
    deltas = model.stream(messages, tools, schema)
    try:
        yield from deltas
    finally:
        if isinstance(deltas, Generator):
            deltas.close()
