"""This file puts messages and tools into the form of Anthropic's Messages protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.tool_calls import sent_arguments
from rag.tools import Tool
from rag.types import Message


def spoken(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """All but the rules, which stand elsewhere in a request; results that follow each other are one message."""
    said: list[dict[str, Any]] = []
    was_result = False
    for one in messages:
        if one.role == "system":
            continue
        if one.role == "tool" and was_result:
            said[-1]["content"].append(_result(one))
        elif one.role == "tool":
            said.append({"role": "user", "content": [_result(one)]})
        else:
            said.append({"role": one.role, "content": _with_calls(one) if one.calls else one.content})
        was_result = one.role == "tool"
    return said


def _result(message: Message) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": message.call_id, "content": message.content}


def _with_calls(message: Message) -> list[dict[str, Any]]:
    text = [{"type": "text", "text": message.content}] if message.content.strip() else []
    calls = [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": sent_arguments(call)} for call in message.calls
    ]
    return [*text, *calls]


def offered(tool: Tool) -> dict[str, Any]:
    """A tool as the protocol has it."""
    return {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}
