"""What a form's JSON schema says of a field: its description, and the words that it may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(r"\[\d+\]|[^.\[\]]+")
_DEEPEST = 8
"""References and alternatives that are followed from one node."""

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Property:
    """Of one field; empty where the schema says nothing."""

    description: str = ""
    members: tuple[str, ...] = ()
    """The texts of an enumeration."""


class FormSchema:
    """A JSON schema that is asked for its fields by their paths."""

    def __init__(self, text: str) -> None:
        root = json.loads(text)
        self._root: Node = root if isinstance(root, dict) else {}

    def property(self, path: str) -> Property:
        """Of the field `fees[0].amount`."""
        node = self._root
        for step in _STEP.findall(path):
            node = next((one for way in self._ways(node) if (one := _child(way, step)) is not None), {})
        members = [one for way in self._ways(node) for one in (*way.get("enum", ()), way.get("const"))]
        return Property(str(node.get("description", "")), tuple(one for one in members if isinstance(one, str)))

    def _ways(self, node: Node, deep: int = 0) -> Iterator[Node]:
        """The node, and all that it refers to or leaves a choice of."""
        yield node
        if deep < _DEEPEST:
            more = [one for name in ("anyOf", "oneOf", "allOf") for one in node.get(name, ())]
            for one in [self._referred(node["$ref"]), *more] if "$ref" in node else more:
                yield from self._ways(one, deep + 1)

    def _referred(self, address: str) -> Node:
        node: Any = self._root
        for name in address.split("/")[1:]:
            node = node.get(name, {}) if isinstance(node, dict) else {}
        return node if isinstance(node, dict) else {}


def _child(node: Node, step: str) -> Node | None:
    found = node.get("items") if step.startswith("[") else node.get("properties", {}).get(step)
    found = node.get("additionalProperties") if found is None else found
    return found if isinstance(found, dict) else None
