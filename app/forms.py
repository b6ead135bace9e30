"""Pydantic models as forms, and questions that are answered in one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


class PydanticForm(Generic[M]):
    """A Form whose fields are those of a pydantic model."""

    def __init__(self, model: type[M]) -> None:
        self._model = model

    @property
    def schema(self) -> str:
        """As JSON schema, on one line."""
        return json.dumps(self._model.model_json_schema(), ensure_ascii=False)

    def read(self, text: str) -> M:
        """Raises ValueError for a reply that is no such object; what stands around the object does not matter."""
        from pydantic import ValidationError

        try:
            found = self._model.model_validate(_object(text))
        except ValidationError as error:
            places = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors(include_url=False))
            raise ValueError(places) from None
        for path, value in self._leaves(found):
            if isinstance(value, float) and not isfinite(value):  # of NaN and Infinity no passage tells
                raise ValueError(f"{path}: Input should be a number, not {value}")
        return found

    def leaves(self, text: str) -> Mapping[str, object]:
        """Of the object in a reply that `read` takes."""
        return dict(self._leaves(self.read(text)))

    def _leaves(self, found: M) -> Iterator[tuple[str, object]]:
        return _leaves(found.model_dump(mode="json"), "")


def _object(text: str) -> Any:  # noqa: ANN401 - whatever JSON can say
    found = _OBJECT.search(text)
    if found is None:
        raise ValueError("it holds no JSON object")
    try:
        return json.loads(found[0])
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its JSON cannot be read ({error})") from None


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _leaves(one, f"{path}[{n}]")
    else:
        yield path, value


def _place(keys: tuple[int | str, ...]) -> str:
    return ".".join(map(str, keys)) or "the object"
