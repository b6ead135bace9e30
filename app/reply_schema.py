"""This file says in OpenAI's protocol that a reply has to be one JSON object of a schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_NAME = "form"
_LIMITS = {
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "pattern",
}
_KINDS = {"type", "anyOf", "enum", "const"}
_STRICT = {"$ref", "$defs", "title", "description", "properties", "required", "additionalProperties", "items"}
_STRICT |= _KINDS | _LIMITS
"""What a schema may say where OpenAI holds a model to every letter of it."""


def response_format(schema: str) -> dict[str, Any]:
    """The parameter of a request, of a JSON schema as text.

    `strict` is true only where OpenAI would take the schema so: it refuses all others then, such as one of a pydantic
    model with a default, and without the word it takes them and the model does what it can. Servers that people run
    themselves hold their models to any schema, whatever the word.
    """
    found = json.loads(schema)
    return {"type": "json_schema", "json_schema": {"name": _NAME, "schema": found, "strict": is_strict(found)}}


def is_strict(schema: Mapping[str, Any]) -> bool:
    """Whether each object in it requires all of its fields and takes no others, and nothing is said in other words."""
    return schema.get("type") == "object" and all(map(_keeps, _nodes(schema)))


def _nodes(node: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever stands where a schema should
    """A schema and all that are in it."""
    yield node
    if isinstance(node, dict):
        named = [one for name in ("properties", "$defs") for one in node.get(name, {}).values()]
        for one in (*named, *node.get("anyOf", ()), *([node["items"]] if "items" in node else ())):
            yield from _nodes(one)


def _keeps(node: Any) -> bool:  # noqa: ANN401
    if not isinstance(node, dict) or not node.keys() <= _STRICT:
        return False
    if "$ref" in node:
        return len(node) == 1
    if node.get("type") != "object":
        return bool(node.keys() & _KINDS)
    return node.get("additionalProperties") is False and set(node.get("required", ())) == set(
        node.get("properties", ())
    )
