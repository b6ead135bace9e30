"""Tells a real title from what programs leave in a title field."""

from __future__ import annotations

import re

_JUNK = re.compile(
    r"""microsoft\ (?:word|powerpoint|excel) | (?:power\s?point|word)\ ?(?:presentation|document)\b
    | untitled | no\ title | new\  | (?:document|presentation|slide|title|draft|template|report|scan)\ ?\d*$
    | \(?(?:anonymous|unspecified|unknown)\b | < | \\ | /.*/ | \S+[._-]\S*$
    | .*\.(?:docx?|pdf|tex|dvi|indd|qxd|pptx?|xlsx?|rtf|html?|od[tps])$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Defaults of programs, file names and paths."""


def looks_like_title(text: str) -> bool:
    """Whether people would call a document by this text: a few words, no file name, no program's default."""
    text = text.strip()
    return 3 < len(text) < 250 and sum(map(str.isalpha, text)) > len(text) / 2 and not _JUNK.match(text)
