"""How a question was searched for, in the reader's words."""

from __future__ import annotations

from app.words import tr
from rag.query.nouns import Correction, Query


def searched(query: Query | None) -> str:
    """What a person should know of it, a line each; empty where it was as typed. In English as `told` says it."""
    if query is None:
        return ""
    lines = [tr("Searched for: {text}", text=query.text)] if query.is_completed else []
    if query.corrections:
        pairs = ", ".join(map(_pair, query.corrections))
        lines.append(tr("Searched for {pairs}.", pairs=pairs))
    if query.unknown:
        names = tr(" or ").join(tr("“{name}”", name=name) for name in query.unknown)
        lines.append(tr("No document has {names}.", names=names))
    if query.within:
        names = ", ".join(tr("«{name}»", name=name) for name in query.within)
        lines.append(tr("Searched in {names}, cited before.", names=names))
    if beside := "; ".join((*query.words, *query.wordings)):
        lines.append(tr("Also searched for: {texts}", texts=beside))
    return "\n".join(lines)


def _pair(one: Correction) -> str:
    return tr("“{known}” instead of “{typed}”", known=one.known, typed=one.typed)
