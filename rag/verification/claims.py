"""What in a sentence of an answer is claimed: without its Markdown, and without words that only point at the source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.absence import SOURCE, absence_in
from rag.prompt import is_refusal
from rag.verification.names import first_word
from rag.whole.terms import is_telling, words

_LIST_MARK = re.compile(r"\A\s*(?:>\s*)*(?:[-*+•]|\d{1,3}[.)])\s+")
_SIGNS = re.compile(r"\*{1,3}|__|`+|~~|^#{1,6}\s|^\s*\||\|\s*$")
_SYMBOLS = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\ufe0f\u20e3\U0001f000-\U0001faff]")
"""Arrows, emoji and the like, which no source has."""
_QUOTES = ' "“”„«»'
_MOST = 2_000
"""Characters of a claim that are read."""
_LEAD = re.compile(
    rf"(?:(?:according to|based on|as (?:stated|noted|described|mentioned|shown|given) in|in|per) "
    rf"(?:the|these|your|this) (?:provided |given |above |retrieved )?{SOURCE}(?: provided| above| given)?(?:,|:)? "
    rf"|the (?:provided |given )?{SOURCE} (?:also )?"
    r"(?:states?|says?|mentions?|notes?|reports?|indicates?|explains?|shows?)"
    rf"(?: that|:)? )",
    re.IGNORECASE,
)
_ANSWERING = re.compile(r"(?:yes|no|ja|nein|oui|non|sí)\s*[,:;–—-]\s*(?=\w)", re.IGNORECASE)
"""It answers the question, which the source does not know."""
_TOLD_AS = re.compile(r"\s*\([1-9]\)(?=[.!;]?\Z)")
"""A source told in a way that is no marker, since it may be a number of its own."""
_NOTHING = re.compile(
    r"\bno (?:information|mention|details?)\b|\b(?:is|are|was|were) not (?:mentioned|specified|stated)\b"
    r"|\b(?:hope (?:this|that) helps|let me know|feel free)\b",
    re.IGNORECASE,
)
"""Words on what is not told, and to whoever asked."""
_SHORT_ANSWERS = frozenset(
    ("yes", "ja", "nein", "oui", "non", "sí", "true", "false", "none", "unknown", "unclear", "see")
)
"""Words with a capital that name nothing."""
_SHORT = re.compile(r"(\w)n['’]t\b")
_LEAST = 3
"""Words below which one that says something claims nothing: "Yes." or "See below."."""


def claimed(sentence: str, *, is_cited: bool = False) -> str:
    """The claim as plain text; empty where nothing is claimed that a source could bear out: questions, the refusal, and
    sentences on what the sources do not say. Of one that cites a source a number or a name is enough."""
    text = _SYMBOLS.sub("", _SIGNS.sub(" ", _LIST_MARK.sub("", sentence, count=1)))
    text = " ".join(text.split()).strip(_QUOTES)[:_MOST]
    for lead in (_ANSWERING, _LEAD):
        text = text[led.end() :] if (led := lead.match(text)) else text
    text = _TOLD_AS.sub("", text)
    if text.rstrip("\"'”’)").endswith(("?", "？")) or is_refusal(text):
        return ""
    text = text[: absence_in(text)]
    if nothing := _NOTHING.search(text):
        text = text[: nothing.start()]
    found = words(text)
    n_telling = sum(map(_says, found))
    is_fact = is_cited and _names_something(text, found)
    return text if n_telling > 1 or (n_telling and (is_fact or len(found) >= _LEAST)) else ""


def written_out(claim: str, texts: Sequence[str]) -> str:
    """The claim with "is not" for "isn't" where none of the texts writes so: the encoder takes them for other words."""
    if any(_SHORT.search(text) for text in texts):
        return claim
    return _SHORT.sub(
        r"\1 not", re.sub(r"\bcan['’]t\b|\bcannot\b", "can not", re.sub(r"\bwon['’]t\b", "will not", claim))
    )


def _names_something(text: str, found: Sequence[str]) -> bool:
    """Whether a short text holds a number, or begins with a capital like a name."""
    first = first_word(text)
    return any(word[0].isdecimal() for word in found) or (first is not None and first.key not in _SHORT_ANSWERS)


def _says(word: str) -> bool:
    return is_telling(word) or word[0].isdecimal()
