"""Whether a question can be understood without what was said before it: rules for English, and a few for German.

They leave a question alone where it is not clear: one that is completed wrongly finds something else than was meant.
"""

from __future__ import annotations

import re

from rag.query.words import ASKING, AUXILIARIES, FUNCTION, PREPOSITIONS, is_content, names_of, set_of, words_of

_POINTING = set_of(
    "he him his himself she her hers herself it its itself they them their theirs themselves this that these those"
)
_POSSESSIVE = set_of("his her its their")
_TIGHT = set_of("of for to by about")
_CLAUSES = set_of(
    "when while after before because if that who which where since until although and but whether how why what"
)
"""Words that begin another clause, of which the first may name what a pronoun stands for."""
_NO_PART = _POINTING | _CLAUSES
_LONGEST = 6
"""Words of "In which year", "How many of the houses" and the like, which no auxiliary interrupts."""
_OPENS_POINTING = AUXILIARIES | PREPOSITIONS | set_of("what why how who and or so but not mean means")
"""Before `that`, these make it point at something; elsewhere it only joins two sentences."""
_LOOSE = _POINTING | set_of("there then one ones and but else same other former latter")
_EMPTY_IT = re.compile(
    r"\bit\b\W+(?:\w+\W+){0,2}?(?:possible|true|important|necessary|safe|legal|common|normal|worth|better|best|easy|hard|"
    r"difficult|likely|called|take|takes|took|cost|costs|mean|means|matter|rain|rains|snow|snows)\W+(?:\w+\W+){0,3}?"
    r"(?:to|that|for|if|when|whether)\b",
    re.IGNORECASE,
)
_OWNED = re.compile(
    r"\b(?!(?i:what|who|where|when|how|it|that|this|here|there|he|she|let)['’])[A-Z][\w-]*['’]s\b.*\b(?:his|her|its|their)\b"
)
"""A possessor is named before it, as in "What part of Luther's career was one of his best?"."""
_JOINED = re.compile(r"\A\W*(?:and|but|or|so|und|aber|oder)\b\W*", re.IGNORECASE)
_JOINED_IN_GERMAN = re.compile(r"\A\W*(?:und|aber|oder)\b", re.IGNORECASE)
"""Behind it "am" is no auxiliary."""
_GERMAN_ABOUT = re.compile(
    r"\A\W*(?:(?:und|aber)\W+)?(?:was ist mit|wie ist es|wie sieht es|wie steht es)\b\W*", re.IGNORECASE
)
_GERMAN_ASKING = set_of(
    "was wer wen wem wessen wo wohin woher wann warum weshalb wieso wie welche welcher welches welchen welchem wieviel"
    " ist sind war waren hat haben hatte kann können muss müssen darf dürfen soll sollen wird werden gibt gilt gelten"
)
_GERMAN_POINTING = set_of(
    "er ihn ihm sein seine seinen seinem seiner seines sie ihr ihre ihren ihrem ihrer dessen deren denen dort davon"
    " dazu darin dafür damit daran darauf darüber damals diese dieser dieses diesen diesem"
)
"""Of these "sie" and "ihr" only in small letters; "es" says nothing in "gibt es"."""
_ABOUT = re.compile(r"\A\W*(?:(?:and|but|so)\W+)?(?:what|how)\s+about\b\W*", re.IGNORECASE)
_ONE_OF_SEVERAL = re.compile(
    r"\bthe (?:first|second|third|fourth|last|next|other|others|same|previous|former|latter)(?: ones?)?\W*\Z"
    r"|\bthe (?:former|latter)\b|\bthe (?:\w+ )?ones?\b|\bwhich (?:one|ones)\b"
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\bthere\W*\Z|\bthen\W*\Z"
    r"|\A\W*(?:tell me more|more details?|go on|anything else|(?:what|who|where) else|explain)\b",
    re.IGNORECASE,
)
_FRAGMENT = 5
"""Words at most of a question that is none: "In winter?"."""
_BARE = 7


def is_elliptic(question: str) -> bool:
    """Whether it leaves out what is asked and only names another thing to ask it of: "And in winter?"."""
    rest = left_of_ellipsis(question)
    words = words_of(rest)
    if _about(question):
        return len(words) <= _FRAGMENT
    asking = _GERMAN_ASKING if _JOINED_IN_GERMAN.match(question) else ASKING | AUXILIARIES | _GERMAN_ASKING
    asks = any(word.lower() in asking for word in words)
    if rest != question:
        return not asks
    return not asks and len(words) <= _FRAGMENT and bool(words) and words[0].lower() in PREPOSITIONS


def left_of_ellipsis(question: str) -> str:
    """What stands behind "And" and "What about"; the question where neither does."""
    opening = _about(question) or _JOINED.match(question)
    return question[opening.end() :] if opening else question


def _about(question: str) -> re.Match[str] | None:
    return _ABOUT.match(question) or _GERMAN_ABOUT.match(question)


def depends(question: str) -> bool:
    """Whether it needs the conversation before it."""
    words = words_of(question)
    if not words:
        return False
    points_back = _points_back_in_german(words_of(left_of_ellipsis(question)))
    if is_elliptic(question) or _ONE_OF_SEVERAL.search(question) or points_back:
        return True
    if not any(map(is_content, words)) and len(words) <= _BARE:
        return not names_of(question)
    is_named = _EMPTY_IT.search(question) or _OWNED.search(question)
    return not is_named and any(_points_back(words, at) for at in range(len(words)))


def may_depend(question: str) -> bool:
    """Whether a chat model should be asked: any word that could point back, or too few to say much."""
    words = words_of(question)
    return depends(question) or any(word.lower() in _LOOSE for word in words) or len(words) <= _FRAGMENT


def _points_back_in_german(words: list[str]) -> bool:
    """Whether a German question has a word that points back, and no noun before it that this could stand for."""
    if not words or words[0].lower() not in _GERMAN_ASKING:
        return False
    at = next((at for at, word in enumerate(words) if word in _GERMAN_POINTING), len(words))
    behind = words[at + 1 : at + 2]
    is_named = words[at : at + 1] and words[at].startswith("diese") and behind and behind[0][:1].isupper()
    return at < len(words) and not is_named and not any(word[:1].isupper() for word in words[1:at])


def _points_back(words: list[str], at: int) -> bool:
    """Whether the word stands for something that the question has not named before it."""
    word = words[at].lower()
    if word not in _POINTING:
        return False
    if word == "that" and at and words[at - 1].lower() not in _OPENS_POINTING:
        return False
    follower = words[at + 1].lower() if at + 1 < len(words) else ""
    if word in {"those", "that", "these"} and follower in {"that", "who", "which", "of", "with"}:
        return False
    start = _subject(words)
    if (
        word in _POSSESSIVE and start == at - 1 and words[start].lower() in {"has", "have", "had"}
    ):  # "Which city has its"
        start = 0
    return not any(map(is_content, words[start:at])) or _is_object(words, start, at)


def _is_object(words: list[str], start: int, at: int) -> bool:
    """Whether it is the object of a plain clause: then it is not what the clause is about, which would be `itself`."""
    before = words[at - 1].lower() if at else ""
    is_last = at == len(words) - 1
    return (
        (words[at].lower() in {"him", "them", "it"} or (words[at].lower() == "her" and is_last))
        and (before in _TIGHT or before not in FUNCTION)
        and not any(word.lower() in _CLAUSES for word in words[start:at])
        and (is_last or words[at + 1].lower() in FUNCTION - AUXILIARIES)
    )


def _subject(words: list[str]) -> int:
    """Where what is asked about begins: behind "In what year did": no pronoun stands for what is asked for."""
    asking = next((at for at, word in enumerate(words[:3]) if word.lower() in ASKING), None)
    if asking is None:
        return 0
    end = next((at for at in range(asking, len(words)) if words[at].lower() in AUXILIARIES), None)
    if (
        end is not None
        and end <= asking + _LONGEST
        and not _NO_PART & {word.lower() for word in words[asking + 1 : end]}
    ):
        return end
    return asking + 2 if words[asking].lower() in {"who", "what"} else asking + 1
