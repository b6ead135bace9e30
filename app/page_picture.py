"""A page of a PDF, or a picture, with the quoted words marked, drawn behind the same fence as parsing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexes.home import environment
from ingest.cage import clean_environment
from ingest.files import digest
from rag.types import Box

_ROOT = Path(__file__).parents[1]
_TIMEOUT_S = 20
WIDTH = 1000
"""Pixels of a page that is shown as wide as the drawer."""
_START = "import sys; sys.path.insert(0, sys.argv[1]); from app.page_painter import main; main()"


def is_unchanged(path: Path, sha256: str) -> bool:
    """Whether a file still has the bytes that were read."""
    try:
        return digest(path) == sha256
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page drawn."""

    jpeg: bytes
    at: tuple[float, float] | None = None
    """Where the first mark begins, as shares of width and height; None where nothing is marked."""


def page_picture(  # noqa: PLR0917 - what is drawn, and how
    path: Path, page: int, quote: str, places: Sequence[Box] = (), width: int = WIDTH, quarters: int = 0
) -> PagePicture | None:
    """The page, counted from 1, `width` pixels wide, and then turned by so many quarters clockwise; None when it cannot
    be drawn: its text is there anyway.

    Marked are the words of the quote where the page has them as text, else `places`.
    """
    asked = {"path": str(path.absolute()), "page": page, "quote": quote, "places": list(places), "width": width}
    request = json.dumps(asked | {"quarters": quarters}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _START, str(_ROOT)],
            input=request,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            cwd="/",
            env=clean_environment(environment()),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    at, _, jpeg = done.stdout.partition(b"\n")
    return PagePicture(jpeg, _place(at)) if done.returncode == 0 and jpeg.startswith(b"\xff\xd8") else None


def _place(line: bytes) -> tuple[float, float] | None:
    """What a process says that has read a hostile file is believed as far as it is two shares."""
    try:
        left, top = json.loads(line)
        return min(max(float(left), 0.0), 1.0), min(max(float(top), 0.0), 1.0)
    except (ValueError, TypeError):
        return None
