"""What each of the people has: the collections that they own, and those of others that are shared with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.components.plain_text import label
from app.words import numeral, tr
from indexes.access import Sharing, Visibility

_MOST = 3
_LONGEST = 40


def told(person: str, sharing: Mapping[str, Sharing]) -> str:
    """A line of Markdown about a person of this name, given every collection; empty where they have none."""
    own = [name for name, one in sharing.items() if one.owner == person]
    shared = [
        name for name, one in sharing.items() if one.visibility is not Visibility.PRIVATE and person in one.members
    ]
    parts = [
        tr("Owns {collections}", collections=_few(own)) if own else "",
        tr("Shared with them: {collections}", collections=_few(shared)) if shared else "",
    ]
    return " · ".join(filter(None, parts))


def _few(collections: Sequence[str]) -> str:
    names = ", ".join(f"\u2068{label(name, _LONGEST)}\u2069" for name in collections[:_MOST])  # each by its own script
    n_more = len(collections) - _MOST
    return tr("{names} and {n} more", names=names, n=numeral(n_more)) if n_more > 0 else names
