"""Text from documents and file names, which Streamlit would read as Markdown: nothing in it is."""

from __future__ import annotations

import re

from ingest.sources import INSIDE
from ingest.web import is_address
from rag.inert import flat

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_READ = re.compile(r"[\\`*_\[\]<>$~:&]")
"""Those of them that mean something on a line, beside marks of punctuation."""
_LINKED = re.compile(r"(?<=[a-z]:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
"""Where an address is broken up, because a renderer makes links of addresses however their marks are escaped."""
_CODE = re.compile(r"`([^`]+)`")
_LONGEST_NAME = 40
_JOINER = "\u2060"
"""Takes no room and allows no line break."""


def label(text: str, longest: int = 80) -> str:
    """The text as Markdown that shows it and nothing else, shortened in the middle."""
    return _escaped(shortened(text, longest))


def sentence(text: str, longest: int = 80) -> str:
    """As `label`, but what stands between backticks is drawn as code."""
    parts = _CODE.split(shortened(text, longest))
    return "".join(f"`{part}`" if i % 2 else _escaped(part) for i, part in enumerate(parts))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", _LINKED.sub(_JOINER, text))


def unmarked(text: str, longest: int = 80) -> str:
    """As `label`, for what a browser also reads as it is written, as the name of a popover: marks are left out."""
    return _LINKED.sub(_JOINER, " ".join(_READ.sub(" ", shortened(text, longest)).split()))


def shortened(text: str, longest: int) -> str:
    """The text on one line, shortened in the middle so that a file's ending is seen."""
    line = flat(text)
    if len(line) <= longest:
        return line
    half = longest // 2
    return f"{line[: longest - half - 1]}…{line[-half:]}"


def names(source: str) -> list[str]:
    """What people call a file, and then those that hold it, outwards; a web page by its host and path."""
    *inner, outer = reversed(source.split(INSIDE))
    outer = outer.partition("//")[2] if is_address(outer) else outer.rsplit("/", 1)[-1]
    return [shortened(name, _LONGEST_NAME) for name in (*(name.rsplit("/", 1)[-1] for name in inner), outer)]


def parted(source: str) -> tuple[str, str]:
    """(name, folder): what people call a file, and where it was found; of a web page without its `https://`."""
    place = source.partition("//")[2] if is_address(source) else source
    folder, _, name = place.rstrip("/").rpartition("/")
    return name or source, folder
