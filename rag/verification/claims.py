"""What in a sentence of an answer is claimed: without its Markdown, and without words that only point at the source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.prompt import is_refusal
from rag.whole.terms import is_telling, words

_LIST_MARK = re.compile(r"\A\s*(?:>\s*)*(?:[-*+•]|\d{1,3}[.)])\s+")
_SIGNS = re.compile(r"\*{1,3}|__|`+|~~|^#{1,6}\s|\|")
_SOURCE = r"(?:documents?|passages?|sources?|texts?|context|files?|articles?|reports?|information|excerpts?)"
_LEAD = re.compile(
    rf"(?:(?:according to|based on|as (?:stated|noted|described|mentioned|shown|given) in|in|per) "
    rf"(?:the|these|your|this) (?:provided |given |above |retrieved )?{_SOURCE}(?: provided| above| given)?(?:,|:)? "
    rf"|the (?:provided |given )?{_SOURCE} (?:also )?"
    r"(?:states?|says?|mentions?|notes?|reports?|indicates?|explains?|shows?)"
    rf"(?: that|:)? )",
    re.IGNORECASE,
)
_ABSENCE = re.compile(
    rf"\b(?:{_SOURCE}|they|it) (?:(?:do|does|did) ?(?:not|n['’]t)|cannot|never) "
    r"(?:say|tell|state|mention|specify|provide|contain|include|give|cover|address|answer|explain|describe|discuss)"
    r"|\bno (?:information|mention|details?)\b"
    r"|\b(?:is|are|was|were) not (?:mentioned|specified|stated|provided|given|covered)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(\w)n['’]t\b")
_LEAST = 2
"""Words that say something, below which nothing is claimed: "Yes." or "See below."."""


def claimed(sentence: str) -> str:
    """The claim as plain text; empty where nothing is claimed that a source could bear out: questions, the refusal, and
    sentences on what the sources do not say."""
    text = _SIGNS.sub(" ", _LIST_MARK.sub("", sentence, count=1))
    text = " ".join(text.split())
    if lead := _LEAD.match(text):
        text = text[lead.end() :]
    if text.rstrip("\"'”’)").endswith(("?", "？")) or is_refusal(text) or _ABSENCE.search(text):
        return ""
    return text if sum(map(_says, words(text))) >= _LEAST else ""


def written_out(claim: str, texts: Sequence[str]) -> str:
    """The claim with "is not" for "isn't" where none of the texts writes so: the encoder takes them for other words."""
    if any(_SHORT.search(text) for text in texts):
        return claim
    return _SHORT.sub(
        r"\1 not", re.sub(r"\bcan['’]t\b|\bcannot\b", "can not", re.sub(r"\bwon['’]t\b", "will not", claim))
    )


def _says(word: str) -> bool:
    return is_telling(word) or word[0].isdecimal()
