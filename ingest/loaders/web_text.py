"""The visible words inside of an HTML element, and which elements are not visible or part a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.loaders.raised import raised

MAX_DEPTH = 200
DROPPED = frozenset(
    re.findall(
        r"\w+",
        """script style template noscript head nav iframe object embed applet svg canvas audio video select option
        button input textarea datalist map area dialog""",
    )
)
"""Elements that are no text of the page."""
CONTAINERS = frozenset(
    re.findall(
        r"\w+",
        """html body div section article main header footer aside address figure figcaption form fieldset legend details
        summary center hgroup blockquote p li dd dt caption td th tr tbody thead tfoot table ul ol dl pre hr menu dir
        h1 h2 h3 h4 h5 h6""",
    )
)
"""Elements that begin and end a block of text."""
BREAK = "\x00"
"""Stands for a line break of the page until the white space of the source is gone."""
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0(?![.\d]*[1-9])"
)


def is_hidden(element: Any) -> bool:  # noqa: ANN401 - lxml's elements have no public type
    """Whether a reader of the page does not see the element."""
    if not isinstance(element.tag, str) or element.tag in DROPPED or "hidden" in element.attrib:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style.lower())) or element.get("role") == "navigation"


def visible_text(
    element: Any,  # noqa: ANN401
    *,
    keep_breaks: bool = False,
    without: tuple[str, ...] = (),
    depth: int = 0,
) -> Iterator[str]:
    """The pieces of text inside an element, without hidden parts; borders of blocks become breaks.

    `keep_breaks` is for text whose white space counts: only `<br>` becomes a line break then.
    """
    if depth > MAX_DEPTH:
        return
    yield element.text or ""
    for child in element:
        if not is_hidden(child):
            edge = "\n" if keep_breaks and child.tag == "br" else "" if keep_breaks else _edge(child.tag)
            yield edge
            if is_raised(child):
                yield raised(child.text or "")
            elif child.tag not in without:
                yield from visible_text(child, keep_breaks=keep_breaks, without=without, depth=depth + 1)
            yield edge if child.tag != "br" else ""
        yield child.tail or ""


def is_raised(element: Any) -> bool:  # noqa: ANN401
    """Whether a reader sees its words above the line, and nothing else is inside."""
    return element.tag == "sup" and not len(element)


def _edge(tag: str) -> str:
    return BREAK if tag == "br" or tag in CONTAINERS else ""


def inline_text(element: Any, *, without: tuple[str, ...] = ()) -> str:  # noqa: ANN401
    """The visible text of an element with single spaces; line breaks only where the page has them."""
    return normalised("".join(visible_text(element, without=without)))


def normalised(text: str) -> str:
    """Single spaces, and a line for each break."""
    lines = (" ".join(line.split()) for line in text.split(BREAK))
    return "\n".join(line for line in lines if line)
