"""Words that are typed to be looked up, as into a search box: "deposit", "monthly rent", "E7"."""

from __future__ import annotations

from rag.query.words import ASKING, AUXILIARIES, is_content, words_of
from rag.whole.terms import stems

_MOST = 4


def is_looked_up(typed: str, text: str) -> bool:
    """Whether what was typed is no question but a few words, all of which stand in the text."""
    found = words_of(typed)
    lowered = [word.lower() for word in found]
    if typed.rstrip().endswith("?") or any(word in ASKING or word in AUXILIARIES for word in lowered):
        return False
    wanted = stems(" ".join(filter(is_content, found)))
    return 0 < len(wanted) <= _MOST and wanted <= stems(text)
