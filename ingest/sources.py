r"""Sources: how the place of a file is written down, so that two places never share one source.

A path is written as it is, and a file inside of another as `outer!/inner`. What would make two places look alike is
escaped by the number of its byte: one that is no UTF-8 (`\xff`), a `!` at the end of a folder's name (`\x21/`), and a
backslash that only looks as if it began such an escape (`\x5cxff`).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

INSIDE = "!/"
"""Between the source of a file and the name of one that was found inside of it."""
_FOLDER_LIKE_A_FILE = r"\x21/"
_LIKE_AN_ESCAPE = re.compile(r"\\(?=x[0-9a-f]{2}|u[0-9a-f]{4})")
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


def written(path: Path) -> str:
    """The source of a file on disk; `path_of` finds it again."""
    return listed(os.fspath(path))


def listed(name: str) -> str:
    """A name as a source, whatever it consists of; halves of surrogate pairs, which are no text, by their numbers."""
    text = _LIKE_AN_ESCAPE.sub(r"\\x5c", name).replace(INSIDE, _FOLDER_LIKE_A_FILE)
    return _bytes(text).decode("utf-8", "backslashreplace")


def _bytes(text: str) -> bytes:
    """The bytes of a name as the system has it; of one that no system has, with numbers for what cannot be encoded."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def inside(container: str, name: str) -> str:
    """The source of a file that was found under this name inside of another one."""
    return container + INSIDE + listed(name)


def below(folder: str) -> str:
    """How the sources of all files begin that lie in a folder, given by its source."""
    prefix = folder.rstrip("/") + "/"
    return prefix[: -len(INSIDE)] + _FOLDER_LIKE_A_FILE if prefix.endswith(INSIDE) else prefix


def path_of(source: str) -> Path:
    """The path that a source was written for."""
    if "\\x" not in source:
        return Path(source)
    return Path(os.fsdecode(_ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode()), source.encode())))
