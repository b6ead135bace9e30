"""The language in which a browser is answered before a page of Streamlit's runs: the one that is set, or its own."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager

from starlette.requests import HTTPConnection

from app.words import first_of, speaking

_PREFERRED = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_LONGEST = 500
"""Characters of the header that are read: strangers write it."""


def speaking_to(request: HTTPConnection, chosen: str) -> AbstractContextManager[None]:
    """What is said meanwhile is said in the language of FOOTNOTE_LANGUAGE, or where that is "auto" in the one that the
    browser likes best of those that there are words for."""
    return speaking(first_of(*preferred(request.headers.get("Accept-Language", ""))) if chosen == "auto" else chosen)


def preferred(header: str) -> list[str]:
    """The tags of an Accept-Language header such as `de-AT,de;q=0.9,en;q=0.8`, those liked best first."""
    found = [match.groups("1") for part in header[:_LONGEST].split(",") if (match := _PREFERRED.fullmatch(part))]
    return [tag for tag, weight in sorted(found, key=lambda one: -float(one[1])) if float(weight) > 0]
