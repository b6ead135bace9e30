"""The words that a question is about, compared without their endings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from rag.scripts import MARKS, UNSPACED

_T = TypeVar("_T")
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}])*")
_POSSESSIVE = re.compile(r"(?<=[^\W\d_])['’]s\b")
_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ied",
    "ers",
    "es",
    "ed",
    "er",
    "ly",
    "s",
    "e",
    "y",
)
_SHORTEST = 4
"""Letters that are left of a word at least."""
_LIGHT = ("s", "y")
"""Endings that leave one letter less: "cars", "oily"; without its "e" "pine" is another word, and none of "pines"."""

_FUNCTION = frozenset(
    """
    a an the this that these those my our your his her its their some any all each every both either neither no not
    and or but nor so if then than as of in on at to for from by with without about into onto over under between
    among across through during before after above below within is are was were be been being am do does did done
    have has had having can could will would shall should may might must it they them he she we you i me us who whom
    whose which what when where why how there here such other others another more most much many few several various
    different also only just very mentioned named listed discussed described covered cited documented recorded
    contained given used made related regarding concerning document documents file files text texts collection
    passage passages kind kinds type types sort sorts name names example examples thing things mention mentions
    reference references statement statements everything anything same down up out off over again side way ways one
    two three first last next new well back along whole since while yet still even often always never however
    further around away together apart like made make makes der die das den dem des ein eine einen einem einer eines
    und oder aber von vom zu zum zur im in am an auf aus bei mit für über unter nach vor durch ist sind war waren
    wird werden hat haben es sie er wir ihr nicht auch nur wie was wer wo alle aller allen sämtliche gibt art arten
    dokument dokumente dokumenten datei dateien el la los las un una unos unas y e o u de del al en con por para
    sobre entre sin es son era eran fue ser hay que qué cual cuál como cómo su sus lo se no todos todas tipo tipos
    documento documentos archivo archivos
    """.split()  # noqa: SIM905 - a list of so many strings says less
)

_RANKS = frozenset("first last next new".split())  # noqa: SIM905 - as above
_NUMBERS = frozenset("one two three".split())  # noqa: SIM905 - as above
"""Function words by which things of one name are told apart."""


def words(text: str) -> list[str]:
    """Folded words; of scripts without blanks the pairs of letters."""
    runs: list[str] = _WORD.findall(_POSSESSIVE.sub("", text.casefold()))
    if not UNSPACED.search(text):
        return runs
    found: list[str] = []
    for word in runs:
        if UNSPACED.search(word):
            found += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        else:
            found.append(word)
    return found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending, so that "leases" meets "lease" and "summaries" "summary"."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - (ending in _LIGHT):
            return word[: -len(ending)]
    return word


def terms(text: str) -> frozenset[str]:
    """The stems of the words that say something; all words where none does."""
    found = words(text)
    telling = [word for word in found if word not in _FUNCTION]
    return frozenset(map(stem, telling or found))


def side_terms(name: str) -> frozenset[str]:
    """The same of a thing that is told from others of its name: of "plan A", "phase two" and "first phase" also the
    letter and the number."""
    found = words(name)
    ranks = {stem(word) for word in found if word in _RANKS}
    return terms(name) | ranks | {_marked(one, other) for one, other in pairwise(found[-2:]) if _is_mark(other)}


def side_stems(text: str) -> frozenset[str]:
    """The stems of all words, and letters and numbers with the word before them, as `side_terms` has them."""
    found = words(text)
    return frozenset(map(stem, found)) | {_marked(one, other) for one, other in pairwise(found) if _is_mark(other)}


def _is_mark(word: str) -> bool:
    return (len(word) == 1 and word.isalpha()) or word in _NUMBERS


def _marked(one: str, mark: str) -> str:
    return f"{stem(one)} {mark}"


def stems(text: str) -> frozenset[str]:
    """The stems of all words."""
    return frozenset(map(stem, words(text)))


def pairs(text: str) -> frozenset[tuple[str, str]]:
    """The stems of every two words side by side that both say something."""
    return frozenset(
        (stem(one), stem(other)) for one, other in pairwise(words(text)) if is_telling(one) and is_telling(other)
    )


def is_telling(word: str) -> bool:
    """Whether a folded word says something by itself."""
    return word not in _FUNCTION and len(word) > 1


def share(wanted: frozenset[_T], found: Iterable[_T]) -> float:
    """Which share of the wanted stems, or pairs of them, is among those found."""
    return len(wanted & frozenset(found)) / len(wanted) if wanted else 0.0
