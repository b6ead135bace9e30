"""Which language a text is in, as far as its commonest words tell.

The loaders know the language of a document, by a model; here a single sentence has to do, of an answer or a passage.
"""

from __future__ import annotations

import re
from functools import lru_cache

_COMMON = {
    "en": """
    the of and to is was were are that for with by from which has have had this it as on at be not or an its their
    his her been but they who can will would than after about into when there all over under more each must may
    """,
    "de": """
    der die das den dem des und ist nicht ein eine einen einem einer mit von für wird wurde wurden sind im zu auf
    sich als auch bei nach aus wie es sie er zum zur vom am an um über unter hat haben kann oder werden durch seit
    kein keine bis rund etwa mehr noch beträgt pro muss darf bleibt war waren ihr seine ihre dass wenn betrug kostet
    liegt gilt umfasst
    """,
    "es": """
    el la los las un una de del y en que es por con para se su sus al como más fue no lo son era eran entre sin
    sobre está hay ha han muy también desde hasta o
    """,
    "fr": """
    le la les un une des du de et est dans que qui pour par sur avec au aux ce cette il elle sont pas plus ne se son
    sa ses été ou où était leur entre sans
    """,
}
_WORD = re.compile(r"[^\W\d_]+")
_OF = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_ENOUGH = 2
_UMLAUT = re.compile(r"[äöüß]")


@lru_cache(maxsize=2048)
def language(text: str) -> str:
    """ "en", "de", "es" or "fr"; empty where too few of the commonest words tell."""
    words = _WORD.findall(text.casefold())
    counts = {one: sum(word in of for word in words) for one, of in _OF.items()}
    counts["de"] += bool(_UMLAUT.search(text.casefold()))
    best = max(counts, key=lambda one: counts[one])
    others = max(n for one, n in counts.items() if one != best)
    return best if counts[best] >= _ENOUGH and counts[best] > others else ""


def are_apart(one: str, other: str) -> bool:
    """Whether two texts are known to be in different languages."""
    first, second = language(one), language(other)
    return bool(first and second) and first != second
