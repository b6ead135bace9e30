"""A question that only names another thing to ask the same of, put as a whole one: "And of pine?" behind "What is the
density of oak?" is "What is the density of pine?".

Where nothing in the earlier question is certainly of the same kind no question is made: a wrong one finds something
else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from rag.query.dependence import left_of_ellipsis
from rag.query.words import ASKING, AUXILIARIES, FUNCTION, PREPOSITIONS, set_of
from rag.verification.names import is_german
from rag.verification.quantities import MONTH_NAMES

_WORD = re.compile(r"[^\W_]+(?:[-'’.,/][^\W_]+)*")
_GERMAN_PREPOSITIONS = set_of(
    "von aus für in bei mit nach vor seit bis ab über unter zu an auf durch ohne gegen um während wegen pro"
)
_ENGLISH_PREPOSITIONS = PREPOSITIONS | {"per"}
_GERMAN_OPENINGS = set_of("und aber oder was wie")
_CONTRACTED = {"im": "in", "ins": "in", "am": "an", "ans": "an", "zum": "zu", "zur": "zu", "beim": "bei", "vom": "von"}
_CLAUSES = set_of("and or but if when while because that which who than as und oder aber wenn als dass ob")
_ARTICLES = {"a": "a", "an": "a"} | dict.fromkeys(set_of("the der die das den dem des"), "the")
_ARTICLES |= dict.fromkeys(set_of("ein eine einen einem einer eines"), "a")
_DETERMINERS = frozenset(_ARTICLES) | set_of("my our your his her its their this these those each every no any some")
_OF_A_KIND = set_of("of for with from about von für mit aus")
"""What these lead says of what kind something is; what others lead says where or when it is."""
_FIRSTS = set_of("first second third fourth fifth last erste zweite dritte vierte fünfte letzte")
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_FIRSTS)})[nrsm]?\b", re.IGNORECASE)
_BACK = set_of("it them him her that this these those there then one ones other others rest same else before after")
_BEING = set_of("is are was were")
_HOW = set_of("when where why how")
_NO_NOUN = (FUNCTION - _DETERMINERS) | {"per"}
_GERMAN_WHICH = re.compile(r"welche|(?:wie\s*)?viel", re.IGNORECASE)
"""It asks for the noun behind it."""
_PARTICIPLE = re.compile(
    r"[a-z]{2,}ed|born|built|made|held|sold|paid|sent|found|left|kept|lost|written|given|taken|known|shown|drawn"
    r"|open|due|available"
)
"""What may stand at the end of "When was the bridge built?"."""
_POSSESSIVE = re.compile(r"(.+)['’]s")
_THEIRS = re.compile(r"(?:his|her|its|their)\b(?=\s+\w)", re.IGNORECASE)
_NO_OWNERS = ASKING | set_of("he she it that this here there let")
"""With "'s" they are short for "is" and "us"."""
_WHEN = set_of("today now tomorrow yesterday later afterwards tonight heute jetzt morgen gestern danach später dann")
_WEEKDAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)\b",
    re.IGNORECASE,
)
_MONTH = re.compile(rf"\b(?:{MONTH_NAMES})\b")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")

Kind = Literal["number", "name", "other"]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The words `start:end` of a text, with the preposition that leads them, if any does."""

    words: tuple[str, ...]
    start: int
    end: int
    led: str = ""

    @property
    def article(self) -> str:
        return _ARTICLES.get(self.words[0].lower(), "")

    @property
    def kind(self) -> Kind:
        own = [word for word in self.words if word.lower() not in _DETERMINERS]
        if any(word[0].isdigit() for word in own):
            return "number"
        return "name" if own and all(word[0].isupper() for word in own) else "other"


def substituted(question: str, earlier: str) -> str:
    """The earlier question with what this one names in its place; empty where that is not certain."""
    left = _with_owner(left_of_ellipsis(question).strip(" ?.!,"), earlier)
    words = _WORD.findall(left)
    if not words or earlier.rstrip().endswith(")") or _BACK.intersection(map(str.lower, words)) - _one_of(words):
        return ""
    exchanged = _exchanged(left, words, earlier)
    return _put_in_place(question, left, words, earlier) if exchanged is None else exchanged


def _exchanged(left: str, words: list[str], earlier: str) -> str | None:
    """The earlier question with another year, number of a series, weekday or month; empty where it has no such day, and
    None where no such thing is named."""
    year = _YEAR.search(earlier) if _YEAR.fullmatch(words[-1]) and len(words) <= 2 else None
    if year:
        return f"{earlier[: year.start()]}{words[-1]}{earlier[year.end() :]}"
    if (ordinal := _ORDINAL.search(left)) and (first := _ORDINAL.search(earlier)):
        return f"{earlier[: first.start()]}{ordinal[0]}{earlier[first.end() :]}"
    for days in (_WEEKDAY, _MONTH):
        if days.fullmatch(left):
            *_, day = [None, *days.finditer(earlier)]
            return f"{earlier[: day.start()]}{left}{earlier[day.end() :]}" if day else ""
    return None


def _put_in_place(question: str, left: str, words: list[str], earlier: str) -> str:
    german = speaks_german(question, earlier)
    led = _preposition(words[0], german=german)
    own = words[1:] if led else words
    if owns := _POSSESSIVE.fullmatch(own[-1]) if own else None:
        left, own = left[:-2], [*own[:-1], owns[1]]
    if not own or (len(own) == 1 and own[0].lower() in _DETERMINERS):
        return ""
    if not led and not owns and _is_of_another_kind(own, earlier, german=german):
        return ""
    new = _Phrase(tuple(own), 0, len(left), led)
    old = _counterpart(new, earlier, german=german)
    if not owns and (old is None or not old.led) and _may_be_owned(own, earlier):
        return ""
    old = _owner(earlier, new, old, is_owner=bool(owns)) or old
    return "" if old is None else _put(earlier, old, left)


def _is_of_another_kind(own: list[str], earlier: str, *, german: bool) -> bool:
    """Whether words that nothing leads cannot stand in the place of what was asked about: "And today?", in German what
    is no noun, "Und ermäßigt?", and a bare one beside "der Eintritt", "Und Kinder?"."""
    if {word.lower() for word in own} <= _WHEN:
        return True
    is_noun = any(word[0].isupper() or word[0].isdigit() for word in own)
    is_bare = own[0].lower() not in _DETERMINERS
    has_article = any(_ARTICLES.get(word) == "the" for word in _WORD.findall(earlier))
    return german and (not is_noun or (is_bare and has_article))


def _may_be_owned(own: list[str], earlier: str) -> bool:
    """Whether names may be of what somebody has as well: "And Spanish?" behind "How good is Anna's English?"."""
    owner = next(_owners(earlier), None)
    if owner is None or not all(word[0].isupper() for word in own):
        return False
    rest = [*_WORD.findall(earlier[: owner.start])[1:], *_WORD.findall(earlier[owner.end + 2 :])]
    return any(word[0].isupper() for word in rest) or any(len(word) > 1 and word.isupper() for word in own)


def speaks_german(question: str, earlier: str) -> bool:
    """Whether the two are German, as far as so few words tell."""
    return is_german(earlier) or question.split(maxsplit=1)[0].lower() in _GERMAN_OPENINGS


def _one_of(words: list[str]) -> frozenset[str]:
    """Of the words that point back "one" does not in "the second one"."""
    return frozenset({"one"}) if any(map(_ORDINAL.fullmatch, words)) else frozenset()


def _counterpart(new: _Phrase, earlier: str, *, german: bool) -> _Phrase | None:
    """What of the earlier question is of the same kind: the last of what fits best."""
    found = list(_led(earlier, german=german))
    if new.led:
        same = [one for one in found if one.led == new.led]
        like = [one for one in same if one.kind == new.kind]
        return next(reversed(like or [one for one in same if "number" not in (one.kind, new.kind)]), None)
    if (end := _participle(earlier)) and len(new.words) == 1 and _PARTICIPLE.fullmatch(new.words[0]):
        return end
    bare = [_without_lead(one, earlier) for one in found]
    if new.kind == "number":
        return next((one for one in reversed(bare) if one.kind == "number"), None)
    nouns = list(_subjects(earlier, german=german))
    both = (*bare, *nouns)
    of_a_kind = [one for one in bare if one.led in _OF_A_KIND and one.kind != "number"]
    fitting = (
        [one for one in both if one.words[-1].lower() == new.words[-1].lower()],
        [one for one in both if not german and new.kind == one.kind == "name" and one.article == new.article],
        [one for one in both if new.article and one.article == new.article and one.kind == new.kind],
        of_a_kind,
        nouns,
    )
    return next((ones[-1] for ones in fitting if ones), None)


def _with_owner(left: str, earlier: str) -> str:
    """With whose it is, where the question speaks of one: "her email" behind "Anna's number" is "Anna's email"."""
    theirs, owners = _THEIRS.match(left), list(_owners(earlier))
    return (
        f"{earlier[owners[0].start : owners[0].end]}'s{left[theirs.end() :]}" if theirs and len(owners) == 1 else left
    )


def _owner(earlier: str, new: _Phrase, old: _Phrase | None, *, is_owner: bool) -> _Phrase | None:
    """Whose it is what is asked for: Anna of "What are Anna's skills?" behind which Peter is named, or "Peter's"."""
    if is_owner:
        return next(_owners(earlier), None)
    may_be = new.kind == "name" and not new.led and (old is None or not old.led)
    return next((one for one in _owners(earlier) if one.kind == "name"), None) if may_be else None


def _owners(text: str) -> Iterator[_Phrase]:
    """Who has something, as "the tenant's" and "Anna Keller's" tell, without the ending."""
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        owner = _POSSESSIVE.fullmatch(word[0])
        if not owner or owner[1].lower() in _NO_OWNERS:
            continue
        start = at - len(list(takewhile(lambda one: one[0][0].isupper(), reversed(words[1:at]))))
        start -= bool(start and words[start - 1][0].lower() in _DETERMINERS)
        yield _Phrase((*(one[0] for one in words[start:at]), owner[1]), words[start].start(), word.end() - 2)


def _participle(text: str) -> _Phrase | None:
    """The last word, where it is one."""
    last = next(reversed(list(_WORD.finditer(text))), None)
    return _Phrase((last[0],), last.start(), last.end()) if last and _PARTICIPLE.fullmatch(last[0]) else None


def _led(text: str, *, german: bool) -> Iterator[_Phrase]:
    """What prepositions lead, each with its preposition, as far as it goes."""
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        led = _preposition(word[0], german=german)
        if led and (behind := _extent(words[at + 1 :], text, german=german)):
            yield _Phrase(tuple(one[0] for one in behind), word.start(), behind[-1].end(), led)


def _extent(words: list[re.Match[str]], text: str, *, german: bool) -> list[re.Match[str]]:
    """The words at the beginning that are one thing: with "of York" behind "the city", without a verb behind a name."""
    found: list[re.Match[str]] = []
    for word in words:
        low = word[0].lower()
        is_joined = not found or not text[found[-1].end() : word.start()].strip()
        is_of = low == "of" and bool(found)
        if (
            not is_joined
            or low in ASKING | AUXILIARIES | _CLAUSES
            or (_preposition(word[0], german=german) and not is_of)
        ):
            break
        found.append(word)
    is_large = [one[0][0].isupper() or one[0][0].isdigit() for one in found]
    if True in is_large:
        start = is_large.index(True)
        n = start + len(list(takewhile(bool, is_large[start:])))
        is_name = german or all(one[0].lower() in _DETERMINERS for one in found[:start])
        return found[:n] if is_name else found
    return [] if german else found


def _without_lead(one: _Phrase, text: str) -> _Phrase:
    start = _WORD.match(text, one.start).end()  # type: ignore[union-attr]
    return _Phrase(one.words, start + len(text[start:]) - len(text[start:].lstrip()), one.end, one.led)


def _subjects(text: str, *, german: bool) -> Iterator[_Phrase]:
    """Who does or is what is asked about; in German the last noun that no preposition leads, if there are several."""
    words = list(_WORD.finditer(text))
    if german:
        yield from _german_subject(words, text)
        return
    at = next((at for at, word in enumerate(words) if at and word[0].lower() in AUXILIARIES), None)
    if at is None:
        return
    is_it = words[at][0].lower() in _BEING
    behind = list(takewhile(lambda word: word[0].lower() not in _NO_NOUN, words[at + 1 :]))
    rest = words[at + 1 + len(behind) :][:1]
    if is_it and words[at - 1][0].lower() in _HOW:
        if not (behind and _PARTICIPLE.fullmatch(behind[-1][0])):
            return
        has_verb = True  # at the end: "When was the bridge built?"
    else:  # it follows in "must the filter be cleaned"
        has_verb = not is_it and not (rest and rest[0][0].lower() in AUXILIARIES)
    n = next((n for n, word in enumerate(behind) if n and word[0].lower() in _DETERMINERS), len(behind)) - has_verb
    if n > 0:
        yield _Phrase(tuple(word[0] for word in behind[:n]), behind[0].start(), behind[n - 1].end())


def _german_subject(words: list[re.Match[str]], text: str) -> Iterator[_Phrase]:
    taken = [(one.start, one.end) for one in _led(text, german=True)]
    nouns = [
        at
        for at, one in enumerate(words)
        if at and one[0][0].isupper() and not any(a <= one.start() < b for a, b in taken)
    ]
    if len(nouns) > 1 or (nouns and not _GERMAN_WHICH.match(text)):
        last = nouns[-1]
        noun = words[last - (words[last - 1][0].lower() in _ARTICLES) : last + 1]
        yield _Phrase(tuple(word[0] for word in noun), noun[0].start(), noun[-1].end())


def _preposition(word: str, *, german: bool) -> str:
    """The preposition that a word is, the article that has grown together with it taken off; empty where it is none."""
    low = word.lower()
    if not german:
        return low if low in _ENGLISH_PREPOSITIONS else ""
    low = _CONTRACTED.get(low, low)
    return low if low in _GERMAN_PREPOSITIONS else ""


def _put(earlier: str, old: _Phrase, new: str) -> str:
    opens = not earlier[: old.start].strip()
    return f"{earlier[: old.start]}{new[:1].upper() + new[1:] if opens else new}{earlier[old.end :]}"
