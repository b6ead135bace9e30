"""What stands on the two sides of a word in a sentence: what does something, and what it is done to.

There is no parser here: the sides are told by the order of words, by "was ... by" and "than".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.query.words import set_of
from rag.verification.tokens import Token

BE = set_of("is are was were be been being am wird werden wurde wurden worden")
AUXILIARIES = BE | set_of(
    "has have had shall will would can could may might must should do does did not also then never"
)
DETERMINERS = set_of("the a an his her its their our your my this that these those der die das den dem ein eine einen")
PREPOSITIONS = set_of(
    "in on at to from of for with without about into onto over under between among across through during before after "
    "above below within by than as against near since until toward towards off out up down along around behind like "
    "per von nach zu auf aus bei mit für über unter vor durch bis seit um an im am zum zur vom"
)
_GERMAN_BE = set_of("wird werden wurde wurden")
_DONE = set_of("den dem einen einem")
_OPEN = _DONE | set_of("das die eine ein")
"""With what something is done to may begin, and not who does it: only "der" says that it is the one who does."""
PARTING = set_of(
    "and or but nor while whereas because if when where although though which who whom whose so und oder aber"
)
_RELATIVE = set_of("which that who")
SYMMETRIC = set_of(
    "and or & both between with married marry marries met meet meets equals equal equalled differs differ differed "
    "resembles resemble borders border bordered sowie und oder zwischen"
)
"""Words on whose two sides things may change places."""
_VERB = re.compile(r"(?:ge)?(\w{3,}?)(?:et|te|t|en|ete|ten)")
NEAR = 7
"""Words beside the one in the middle within which the thing stands."""
_LEAST = 3
"""Words before a verb among which its "was" stands."""

Sides = tuple[frozenset[str], frozenset[str]]
"""Stems of what does something, and of what it is done to."""


def roles(text: Sequence[Token], at: int) -> Sides | None:
    """Of the word at a place as if it were a verb or a comparative; None where one of the two is not known."""
    found = sides(text, at)
    return found if found is not None and all(found) else None


def sides(text: Sequence[Token], at: int) -> Sides | None:
    """As `roles`, with nothing on a side where nothing is told; None where it is not known which is which."""
    left, right = left_of(text, at), right_of(text, at + 1)
    behind = range(at + 1, min(len(text), at + NEAR))
    if compares(text, at):
        than = next(n for n in behind if text[n].word == "than")
        return left, right_of(text, than + 1)
    german = _german_passive(text, at)
    if german is not None:
        return german
    if is_passive(text, at):
        by = next((n for n in behind if text[n].word in {"by", "von"}), None)
        if by is None or any(one.is_sign for one in text[at:by]):
            return None
        return right_of(text, by + 1), left
    return None if is_open(text, at) else (left, right)


def _german_passive(text: Sequence[Token], at: int) -> Sides | None:
    """Of "wird von X geleitet", whose verb stands last; None where nobody is told who does it."""
    start = next((n for n in reversed(range(max(0, at - 2 * NEAR), at)) if text[n].word in _GERMAN_BE), None)
    if start is None or any(one.is_sign for one in text[start:at]):
        return None
    by = next((n for n in range(start + 1, at) if text[n].word in {"von", "vom", "durch"}), None)
    return None if by is None else (right_of(text[:at], by + 1), left_of(text, start))


def is_passive(text: Sequence[Token], at: int) -> bool:
    """Whether a form of "be" stands before the word at a place."""
    return any(one.word in BE for one in text[max(0, at - _LEAST) : at])


def is_open(text: Sequence[Token], at: int) -> bool:
    """Whether a German sentence may begin with what is done to: "Das Archiv leitet Ida", "Die Wand malt der Sohn"."""
    first, rest = text[0].word, text[at + 1 : at + 2]
    if at > NEAR or first not in _OPEN or not rest:
        return False
    return first in _DONE or rest[0].word == "der" or (rest[0].is_capital and rest[0].is_telling)


def compares(text: Sequence[Token], at: int) -> bool:
    """Whether "than" stands right behind the word at a place."""
    return any(one.word == "than" for one in text[at + 1 : at + 3])


def left_of(text: Sequence[Token], at: int) -> frozenset[str]:
    """What stands before a word, a thing without those that it is of, in or with."""
    n = at - 1
    while n >= 0 and (text[n].word in AUXILIARIES or text[n].word.endswith("ly") or text[n].word in _RELATIVE):
        n -= 1
        if n >= 0 and text[n].word == "," and text[n + 1].word in _RELATIVE:
            n -= 1
    found: set[str] = set()
    for token in reversed(text[max(0, at - NEAR - _LEAST) : n + 1]):
        if token.word in PREPOSITIONS:
            found.clear()
        elif (
            token.is_sign
            or token.word in PARTING
            or token.word in AUXILIARIES
            or token.word in DETERMINERS
            and found
            and not _follows_preposition(text, token)
        ):
            break
        elif token.is_telling:
            found.add(token.stem)
    return frozenset(found)


def _follows_preposition(text: Sequence[Token], token: Token) -> bool:
    n = text.index(token)
    return n > 0 and text[n - 1].word in PREPOSITIONS


def right_of(text: Sequence[Token], at: int) -> frozenset[str]:
    """What stands from a place on."""
    found: set[str] = set()
    for token in text[at : at + NEAR]:
        if token.is_sign or token.word in PREPOSITIONS or token.word in PARTING or token.word in AUXILIARIES:
            break
        if token.is_telling:
            found.add(token.stem)
    return frozenset(found)


def is_noun(text: Sequence[Token], at: int) -> bool:
    """Whether the word at a place stands right behind an article or preposition, as no verb does."""
    return at > 0 and text[at - 1].word in (DETERMINERS | PREPOSITIONS) - {"to", "zu"}


def is_attribute(text: Sequence[Token], at: int) -> bool:
    """Whether the word at a place is no verb, but says of what kind a thing is: "There were good reasons"."""
    start = max((n for n in range(max(0, at - NEAR), at) if text[n].word in BE), default=at)
    is_inside = any(one.is_telling and not one.word.endswith("ly") for one in text[start + 1 : at])
    return is_noun(text, at) or is_inside


def same_word(one: Token, other: Token) -> bool:
    """Whether two words are forms of one: "leitet" and "geleitet" as well."""
    return one.stem == other.stem or (not one.is_capital and not other.is_capital and _verb(one) == _verb(other))


def _verb(token: Token) -> str:
    """A word without what makes a German participle or past of it."""
    found = _VERB.fullmatch(token.word)
    return found[1] if found else token.word
