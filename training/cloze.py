"""Questions made from passages themselves: a number or a name is asked for by the words that stand around it.

They teach what people's questions teach too rarely: which of the numbers and names of a sentence belongs to which of
its words. As Lewis et al., "Unsupervised Question Answering by Cloze Translation" (2019), but by rule.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.sentences import sentence_spans
from rag.types import Chunk

_NUMBER = r"[$€£]?\d[\d,.:–-]*\d%?|[$€£]?\d%?|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty)\b"
_NAME = r"[A-Z][\w'’-]{2,}(?: (?:of |the |de )?[A-Z][\w'’-]+)*"
_ANSWER = re.compile(rf"(?<![\w.,$€£-])(?:{_NUMBER}|{_NAME})(?![\w-])")
_WORD = re.compile(r"[\w$€£][\w%'’-]*(?:[.,]\d+)*%?")
_YEAR = re.compile(r"1\d\d\d|20\d\d")
_PLAIN = frozenset(
    ("a an the of to in on at by for and or but is are was were be been it its this that these those with as from "  # noqa: SIM905
     "he she they his her their had has have which who i you we my your not so").split()
)  # fmt: skip
"""Words that say little."""
_PLACES = frozenset(("in", "at", "near", "from", "to", "into"))
_MANNERS = frozenset(
    ("said", "says", "was", "is", "has", "had", "did", "told", "asked", "wrote", "made", "went", "won")
)
_WORDS = (2, 8)
"""Of a sentence that are taken on one side of what is asked for."""
_FEWEST = 3
"""Words that say something, of a question."""
_DROPPED, _NUMBER_DROPPED, _PLAIN_DROPPED = 0.1, 0.6, 0.4
"""How often a word is left out, as people do who ask."""


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question, and the one place of the chunk's text that answers it."""

    question: str
    answer: str


def clozes(chunk: Chunk, n: int, chance: random.Random) -> Iterator[Cloze]:
    """At most `n` questions on a passage, each on something that stands in it once."""
    found = [
        (match, chunk.text[start : match.start()], chunk.text[match.end() : end])
        for start, end in sentence_spans(chunk.text)
        for match in _ANSWER.finditer(chunk.text, start, end)
        if match.start() > start and chunk.text.lower().count(match[0].lower()) == 1
    ]
    for match, before, after in chance.sample(found, min(n, len(found))):
        if question := _question(match[0], before, after, chance):
            yield Cloze(question, match[0])


def _question(answer: str, before: str, after: str, chance: random.Random) -> str:
    """Empty where too little is left that says something."""
    left, right = _WORD.findall(before), _WORD.findall(after)
    asked, left, right = _asked(answer, left, right, chance)
    left = left[-chance.randint(*_WORDS) :]
    right = right[: chance.randint(*_WORDS)]
    parts = [asked, *_thinned(right, chance), *_thinned(left, chance)]
    if chance.random() < 0.5:  # noqa: PLR2004
        parts = [asked, *_thinned(left, chance), *_thinned(right, chance)]
    told = [word for word in parts[1:] if word.lower() not in _PLAIN]
    return " ".join(parts).lower() + "?" if len(told) >= _FEWEST else ""


def _asked(answer: str, left: list[str], right: list[str], chance: random.Random) -> tuple[str, list[str], list[str]]:
    """The words that ask, and those around without what they stand for."""
    last, following = (left[-1].lower() if left else ""), (right[0].lower() if right else "")
    if _YEAR.fullmatch(answer):
        return chance.choice(("when", "what year", "in which year")), left[:-1] if last == "in" else left, right
    if answer.endswith("%") or following in {"percent", "per"}:
        return chance.choice(("what percentage", "how many percent", "what share")), left, right
    if not answer[0].isupper():
        if answer[0] in "$€£":
            return "how much", left, right
        return ("how many" if following.isalpha() and chance.random() < 0.8 else "what number"), left, right  # noqa: PLR2004
    if last in _PLACES and chance.random() < 0.6:  # noqa: PLR2004
        return "where", left[:-1], right
    return ("who" if following in _MANNERS else chance.choice(("what", "which"))), left, right


def _thinned(words: Sequence[str], chance: random.Random) -> list[str]:
    return [word for word in words if chance.random() > _dropped(word)]


def _dropped(word: str) -> float:
    if any(sign.isdigit() for sign in word):
        return _NUMBER_DROPPED
    return _PLAIN_DROPPED if word.lower() in _PLAIN else _DROPPED
