"""This file puts the tool calls of a reply together from their pieces, and trusts none of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from rag.tools import MOST_CALLS, ToolCall

_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What endpoints take as an id or a name when it is sent back to them."""
UNKNOWN = "unknown"


@dataclass(slots=True)
class _Piece:
    id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CallPieces:
    """The calls of one reply; those beyond the first few are counted and left out."""

    n_characters: int = 0
    """Of all names and arguments that came: a stream of them is bounded as one of text is."""
    _pieces: list[_Piece] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)

    def add(self, place: object, id: object, name: object, arguments: object) -> None:
        """Take in a piece of the call at this place of the reply; without a place it belongs to the last one, or begins
        one if it has an id or a name of its own."""
        id, name = (value if isinstance(value, str) else "" for value in (id, name))
        text = arguments if isinstance(arguments, str) else json.dumps(arguments) if isinstance(arguments, dict) else ""
        self.n_characters += len(name) + len(text) + 1
        piece = self._piece(place, id, name)
        if piece is not None:
            piece.name = piece.name or name
            piece.arguments.append(text)

    def _piece(self, place: object, id: str, name: str) -> _Piece | None:
        known = self._places.get(place) if isinstance(place, int) else len(self._pieces) - 1 if self._pieces else None
        if known is not None:
            piece = self._pieces[known]
            is_other = bool(id) and bool(piece.id) and id != piece.id  # some endpoints number all of them alike
            if not is_other and not (name and piece.name and not isinstance(place, int)):
                piece.id = piece.id or id
                return piece
        if len(self._pieces) >= MOST_CALLS or not (id or name):
            return None
        if isinstance(place, int):
            self._places[place] = len(self._pieces)
        self._pieces.append(_Piece(id))
        return self._pieces[-1]

    def calls(self) -> tuple[ToolCall, ...]:
        """All of them, each with an id of its own; a name that could not be sent back becomes `unknown`."""
        found: dict[str, ToolCall] = {}
        given = {piece.id for piece in self._pieces}
        made = (id for n in count(1) if (id := f"call_{n}") not in given)
        for piece in self._pieces:
            id = piece.id if _WORD.fullmatch(piece.id) and piece.id not in found else next(made)
            name = piece.name if _WORD.fullmatch(piece.name) else UNKNOWN
            found[id] = ToolCall(id, name, "".join(piece.arguments))
        return tuple(found.values())


def sent_arguments(call: ToolCall) -> dict[str, Any]:
    """A call's arguments as they are sent back: endpoints refuse what is no object, even of their own model."""
    return call.given() or {}
