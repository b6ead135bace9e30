"""Words of questions: which of them say what is asked about, and which are names."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_NAME = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_SHORTEST_NAME = 4
_SHORTENED = re.compile(r"['’]\w+\Z")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_GREETING = re.compile(
    r"\A\W*(?:(?:thanks?(?: you)?(?: (?:a lot|so much|very much))?|ok(?:ay)?|great|perfect|good|nice|cool|all ?right|"
    r"h(?:i|ello|ey)(?: there)?|good (?:morning|afternoon|evening)|danke(?: schön| sehr)?|super|prima|hallo|guten tag)"
    r"\s*(?:[,.!–-]+\s*|(?=\s(?:and|und|but|what about|how about|now)\b)))+",
    re.IGNORECASE,
)


def without_greeting(text: str) -> str:
    """What somebody says behind thanks and a greeting; all of it where nothing is left."""
    return text[found.end() :].lstrip() or text if (found := _GREETING.match(text)) else text


def set_of(text: str) -> frozenset[str]:
    """Words written with blanks between them."""
    return frozenset(text.split())


ASKING = set_of("what which who whom whose where when why how")
AUXILIARIES = set_of(
    "is are was were be been being am do does did has have had can could will would shall should may might must"
    " isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't"
    " shouldn't"
)
PREPOSITIONS = set_of(
    "about above across after against along among around as at because before behind below beside between beyond"
    " by down during except for from in inside into near of off on onto out over since than through throughout to"
    " toward towards under until up upon via with within without"
)
PRONOUNS = set_of(
    "i you he she it we they me him her us them my your his its our their mine yours hers ours theirs myself"
    " yourself himself herself itself ourselves themselves this that these those there here one ones"
)
_SMALL = set_of(
    "a an the and or but nor so if then else also too not no yes any some all each every both either neither"
    " other another such same own more most less least very much many few several just only even still again ever"
    " never always often usually already yet now while though although whether please let's"
)
FUNCTION = ASKING | AUXILIARIES | PREPOSITIONS | PRONOUNS | _SMALL
"""Words that say nothing of what is asked about."""

GENERIC = set_of(
    "long old far fast big large small tall high deep heavy wide soon late early good bad new happen happens"
    " happened happening mean means meant do does doing done make makes made making get gets got go goes went gone"
    " come comes came take takes took taken give gives gave given use uses used say says said tell tells told call"
    " called named name think know known become became begin began start started end ended cause caused causes"
    " kind kinds type types sort way ways thing things time times year years date day days number amount part"
    " parts place reason reasons person people example examples first second third last next following main"
    " different exactly explain describe list find found details else like feel feels felt want wants wanted need"
    " needs needed look looks looked work works worked"
)
"""Words that most questions could have: no pronoun stands for them, and they tell no subject."""


def words_of(text: str) -> list[str]:
    """Its words as they stand, possessive endings taken off."""
    return [_POSSESSIVE.sub("", word) for word in WORD.findall(text)]


def is_content(word: str) -> bool:
    """Whether it says something of what is asked about."""
    low = _SHORTENED.sub("", word).lower()
    return low not in FUNCTION and low not in GENERIC and word.lower() not in FUNCTION


def content_of(text: str) -> list[str]:
    """The words that say what a text is about, each once, in order."""
    found = {word.lower(): word for word in reversed(words_of(text)) if is_content(word)}
    return list(reversed(found.values()))


def names_of(text: str) -> list[str]:
    """Runs of capitalised words, the first word of a sentence counted only before another capital. Each once."""
    words = [(found[0], found.start(), found.end()) for found in _NAME.finditer(text)]
    runs: list[list[tuple[str, int, int]]] = []
    for at, (word, start, end) in enumerate(words):
        opens = not text[:start].strip(" \t\n\"'“‘(") or text[:start].rstrip()[-1:] in ".!?:;"
        if not word[:1].isupper() or _SHORTENED.sub("", word).lower() in FUNCTION:
            continue
        is_joined = bool(runs) and at and runs[-1][-1] == words[at - 1] and not text[words[at - 1][2] : start].strip()
        if is_joined:
            runs[-1].append((word, start, end))
        elif not opens or (at + 1 < len(words) and words[at + 1][0][:1].isupper()) or word[1:2].isupper():
            runs.append([(word, start, end)])
    names = (_POSSESSIVE.sub("", text[run[0][1] : run[-1][2]]) for run in runs)
    return list(dict.fromkeys(names))


def names_in(text: str) -> list[str]:
    """Words that begin with a capital and go on without, each once, but for the first; none where all are written so,
    or where the text is no English question."""
    words = words_of(text)
    if not {word.lower() for word in words} & ASKING and words[:1] and words[0].lower() not in AUXILIARIES:
        return []
    found = [word for word in words[1:] if len(word) >= _SHORTEST_NAME and word.isalpha() and word.istitle()]
    return list(dict.fromkeys(found)) if any(word[0].islower() for word in words[1:]) else []
