"""Takes texts apart for the metrics of answers, in any language: the one home of what a word is there.

Case, punctuation and the articles of English say nothing, as SQuAD has it. Letters of scripts without capitals stand
apart from all else; where such a script puts no blanks between words, each letter is a word, as MLQA divides Chinese.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, normalize

from rag.scripts import MARKS, UNSPACED_LETTERS

_JOINING = string.punctuation + "“”‘’–—…‐‑ـ"
"""Nothing is left of these: `U.S.` is `US`. What else is punctuation parts words, as in `1998、1999`."""
_MARKS = MARKS + "\u200c\u200d"
"""Those, and the two joiners, which say whether letters are drawn as one."""
_SPACED = (
    "\u0590-\u0dff\u0f00-\u0fff\u1100-\u139f\u1400-\u177f\u1800-\u1c7f\u2d30-\u2dff\ua000-\ua63f\ua800-\ua9df"
    "\uaa00-\uaa5f\uaa80-\uab2f\uabc0-\ud7ff\ufb1d-\ufdff\ufe70-\ufefc\uffa0-\uffdc"
)
"""The other scripts without capitals, from Hebrew to Korean."""
_APART = re.compile(f"[{UNSPACED_LETTERS}{_SPACED}](?:(?<=[{UNSPACED_LETTERS}])[{_MARKS}]*|[{_SPACED}{_MARKS}]*)")
_EDGE = "\x1f"
"""Parts words as a blank does, and beside it is no article: `A型` is another type than `B型`."""
_ARTICLE = re.compile(rf"(?<![\w{_EDGE}])(?<!{_EDGE} )(?:a|an|the)(?!\w| ?{_EDGE})")
_ROUGE_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_BLEU_WORD = re.compile(rf"(?:[\w']|[{_MARKS}])+(?:[.,]\d+)*|[^\w\s]")
_ARABIC = re.compile("[\u0621-\u064a]")
_ATTACHED = "[وف]?[بلك]?(?:ال)?"
"""What Arabic writes in front of a word without a blank: and, so; in, to, as; the."""
_ANSWERS, _TEXTS = 10_000, 1_000
"""Remembered: an answer is looked for in many texts, and in a text many answers."""


class _Bare(dict[int, int | None]):
    """For `str.translate`: what is left of a letter or sign, each worked out once."""

    def __missing__(self, code: int) -> int | None:
        sign = chr(code)
        is_gone = sign in _JOINING or category(sign) == "Cf"
        self[code] = left = None if is_gone else ord(" ") if category(sign)[0] == "P" else code
        return left


_BARE = _Bare()


def contains_answer(text: str, answers: Sequence[str]) -> bool:
    """Whether the words of one of the answers stand in the text one after another, compared as SQuAD does."""
    bare = _bare(text)
    near = [answer for answer in answers if _wanted(answer).may_stand_in(bare)]
    return bool(near) and holds(_words(bare), near)


def holds(words: str, answers: Sequence[str]) -> bool:
    """The same of a text that is `normalised` already."""
    line = f" {words} "
    return any(_wanted(answer).stands_in(line) for answer in answers)


def normalised(text: str) -> str:
    """Lower case without punctuation and articles, single blanks between the words."""
    return _words(_bare(text))


def rouge_words(text: str) -> list[str]:
    """Runs of letters and digits in lower case."""
    return _ROUGE_WORD.findall(_divided(_lower(text)))


def bleu_words(text: str) -> list[str]:
    """Words as they are written, and signs, each for itself."""
    return _BLEU_WORD.findall(_divided(text))


@dataclass(frozen=True, slots=True)
class _Wanted:
    words: str
    """With a blank at each end; a single one where the answer has no words."""
    longest: str
    attached: re.Pattern[str] | None
    """Of Arabic, which finds them with what is attached in front, too."""

    def may_stand_in(self, bare: str) -> bool:
        """False where their longest is missing, as it is in most texts that do not hold them."""
        return bool(self.longest) and self.longest in bare

    def stands_in(self, line: str) -> bool:
        return bool(self.longest) and (self.words in line or bool(self.attached and self.attached.search(line)))


@lru_cache(_ANSWERS)
def _wanted(answer: str) -> _Wanted:
    words = normalised(answer)
    attached = re.compile(f" {_ATTACHED}{re.escape(words)} ") if _ARABIC.match(words) else None
    return _Wanted(f" {words} ", max(words.split(), key=len, default=""), attached)


def _lower(text: str) -> str:
    return text.lower() if text.isascii() else normalize("NFC", text.casefold())


def _divided(text: str) -> str:
    return text if text.isascii() else _APART.sub(rf"{_EDGE}\g<0>{_EDGE}", text)


@lru_cache(_TEXTS)
def _bare(text: str) -> str:
    """In lower case without punctuation."""
    return _divided(_lower(text)).translate(_BARE)


def _words(bare: str) -> str:
    return " ".join(_ARTICLE.sub(" ", bare).split())
