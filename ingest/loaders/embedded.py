"""What an Office file carries beside its text, counted by the names of its parts, for a warning."""

from __future__ import annotations

import re
from collections.abc import Iterable

_KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("picture", "pictures", re.compile(r"(?:(?:word|xl|ppt)/media|Pictures)/[^/]+\.(?!xml$|wav$|mp[34]$|m4[av]$)\w+")),
    ("sound or video", "sounds or videos", re.compile(r"(?:word|xl|ppt)/media/[^/]+\.(?:wav|mp[34]|m4[av])")),
    ("drawing", "drawings", re.compile(r"(?:word|xl)/diagrams/data\d*\.xml")),
    (
        "embedded object",
        "embedded objects",
        re.compile(r"(?:word|xl|ppt)/embeddings/(?!Microsoft_).+|Object \d+/content\.xml"),
    ),
)


def warn_of_embedded(warnings: list[str], names: Iterable[str]) -> None:
    """Add one sentence about pictures, charts and the like whose content was not read, if there are any."""
    names = list(names)
    found = []
    for one, many, pattern in _KINDS:
        n = sum(bool(pattern.fullmatch(name)) for name in names)
        if n:
            found.append(f"1 {one}" if n == 1 else f"{n:,} {many}")
    if found:
        listed = " and ".join(filter(None, (", ".join(found[:-1]), found[-1])))
        is_single = len(found) == 1 and found[0].startswith("1 ")
        warnings.append(f"{listed} {'was' if is_single else 'were'} not read.")
