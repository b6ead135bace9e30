"""JSON that a program wrote, checked against the dataclass that it was written from."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def checked(form: type[T], content: bytes) -> T:
    """What it holds; raises ValueError that tells the first thing that is wrong, and where it stands."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(form).validate_json(content.removeprefix(BOM_UTF8))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{_place(first['loc'])}{first['msg']}") from None


def _place(keys: Sequence[int | str]) -> str:
    """`questions[2].said.ms: `"""
    steps = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return f"{steps.removeprefix('.')}: " if steps else ""
