"""Makes questions from passages alone, each with what its passages would be without the words it was taken from.

People who look for something use some of a passage's words and others of their own. So a question is a sentence, of
which its passage keeps nothing, a quarter or half; or a heading, whose passages lose it.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.embedding_text import SEPARATOR, heading_path
from rag.lines import Span
from rag.scripts import UNSPACED
from rag.sentences import sentence_spans
from rag.types import Chunk

_KEPT = (0.0, 0.25, 0.5)
_WORDS = (6, 45)
_FEWEST_OF_A_HEADING = 3
"""Words: shorter ones ("Related work") name a kind of section and not what it is about."""
_MOST_BELOW = 5
"""Passages below a heading: more say that it is one of many of its name, or of a whole book."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    """A question with the passages that answer it, without the words that were taken out of them."""

    text: str
    passages: tuple[Chunk, ...]


def made_questions(chunks: Sequence[Chunk], n: int, seed: int = 0) -> list[MadeQuestion]:
    """At most n, no passage in two of them, headings and sentences mixed; the same ones for the same passages.

    Half of them are headings where there are so many: of all that stands there they are nearest to what people ask.
    """
    chooser = random.Random(seed)  # noqa: S311
    below = _below(chunks)
    named = chooser.sample(list(below), min(n // 2, len(below)))
    made = [_of_heading(heading, below[heading]) for heading in named]
    used = {chunk.id for one in made for chunk in one.passages}
    for chunk in chooser.sample(list(chunks), len(chunks)):
        if len(made) == n:
            break
        if chunk.id not in used and (spans := list(_fit(chunk.text))):
            made.append(_of_sentence(chunk, chooser.choice(spans), _KEPT[len(made) % len(_KEPT)], chooser))
    return chooser.sample(made, len(made))


def _below(chunks: Sequence[Chunk]) -> Mapping[str, list[Chunk]]:
    """Headings, or titles where there are none, that name a few passages -> these."""
    found: Mapping[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        found[_heading(chunk)].append(chunk)
    return {
        heading: below
        for heading, below in found.items()
        if len(below) <= _MOST_BELOW and len(_words(heading)) >= _FEWEST_OF_A_HEADING
    }


def _heading(chunk: Chunk) -> str:
    return chunk.heading.split(SEPARATOR)[-1] or chunk.title


def _of_heading(heading: str, below: Sequence[Chunk]) -> MadeQuestion:
    def without(chunk: Chunk) -> Chunk:
        path = heading_path(part for part in chunk.heading.split(SEPARATOR) if part != heading)
        title = "" if chunk.title == heading else chunk.title
        return replace(chunk, title=title, heading=path, text=chunk.text.replace(heading, "").strip() or chunk.text)

    return MadeQuestion(heading, tuple(map(without, below)))


def _fit(text: str) -> Iterator[Span]:
    spans = sentence_spans(text)
    low, high = _WORDS
    yield from (span for span in spans if len(spans) > 1 and low <= len(_words(text[slice(*span)])) <= high)


def _of_sentence(chunk: Chunk, span: Span, share: float, chooser: random.Random) -> MadeQuestion:
    start, end = span
    sentence = chunk.text[start:end]
    words = _words(sentence)
    kept = sorted(chooser.sample(words, round(share * len(words))))
    rest = " ".join(sentence[slice(*word)] for word in kept)
    return MadeQuestion(sentence, (replace(chunk, text=f"{chunk.text[:start]}{rest}{chunk.text[end:]}".strip()),))


def _words(text: str) -> list[Span]:
    """The words as spans; two letters each where no blanks tell them apart."""
    if len(UNSPACED.findall(text)) > len(text) / 2:
        return [(at, min(len(text), at + 2)) for at in range(0, len(text), 2)]
    return [found.span() for found in _WORD.finditer(text)]
