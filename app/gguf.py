"""This file reads from a GGUF file how long its model's context is, without loading the model."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import BinaryIO

from rag.errors import ModelError

_VERSIONS = (2, 3)
_SIZES = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Type of a value -> how `struct` calls it."""
_STRING, _ARRAY = 8, 9
_LENGTH = re.compile(rb"[\w-]+\.context_length")
_MOST_ENTRIES, _MOST_ITEMS, _LONGEST = 100_000, 10_000_000, 64 << 20
"""Far beyond any honest file: of entries, of items in a list, of bytes in a text."""


class _Odd(ValueError):
    """The bytes are not what the format asks for."""


def context_length(path: Path, setting: str = "FOOTNOTE_CHAT_MODEL") -> int | None:
    """Tokens that the model was trained for; None where the file does not tell. `setting`: what names the file.

    Raises ModelError for a file that is not there, cannot be read, or is no GGUF file.
    """
    if not path.is_file():
        raise ModelError(f"there is no file {path}: correct {setting}")
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelError(f"{path} is no GGUF file: set {setting} to a chat model in llama.cpp's own format")
            return _found(file)
    except (_Odd, struct.error) as error:
        raise ModelError(f"{path} is damaged, or a GGUF file of an unknown version: fetch it again") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}): look at its permissions") from error


def _found(file: BinaryIO) -> int | None:
    (version,) = _numbers(file, "I")
    if version not in _VERSIONS:
        raise _Odd
    _, n_entries = _numbers(file, "QQ")
    for _ in range(_at_most(n_entries, _MOST_ENTRIES)):
        name, kind = _text(file), _numbers(file, "I")[0]
        if _LENGTH.fullmatch(name) and kind in _SIZES:
            return int(_numbers(file, _SIZES[kind])[0])
        _skip(file, kind)
    return None


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _STRING:
        _text(file)
    elif kind == _ARRAY:
        inner, n = _numbers(file, "IQ")
        if inner in _SIZES:
            file.seek(struct.calcsize(_SIZES[inner]) * _at_most(n, _MOST_ITEMS), 1)
        elif inner == _STRING:
            for _ in range(_at_most(n, _MOST_ITEMS)):
                _text(file)
        else:
            raise _Odd
    elif kind in _SIZES:
        _numbers(file, _SIZES[kind])
    else:
        raise _Odd


def _text(file: BinaryIO) -> bytes:
    length = _at_most(_numbers(file, "Q")[0], _LONGEST)
    text = file.read(length)
    if len(text) < length:
        raise _Odd
    return text


def _numbers(file: BinaryIO, kinds: str) -> tuple[int, ...]:
    return struct.unpack(f"<{kinds}", file.read(struct.calcsize(f"<{kinds}")))


def _at_most(n: int, most: int) -> int:
    if n > most:
        raise _Odd
    return n
