"""This file binds the markers of a written answer to the words of the passages that they point at."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt

from rag.code_spans import split_text
from rag.instructions import as_evidence
from rag.lines import Span
from rag.markers import NO_ROOT
from rag.scripts import UNSPACED
from rag.sentences import sentence_spans
from rag.types import Chunk, Citation, Hit, Sentence

MAX_QUOTE = 600
"""Characters of a quote that covers the support of several sentences; beyond it only the best support is quoted."""
_LEAST_SUPPORT = 0.15
"""Cosine of the word sets below which two sentences share nothing but chance."""

_MOST = 999
"""Markers have three digits."""
_MARKER = re.compile(rf"[ \t]*{NO_ROOT}\[(\d{{1,3}})\]", re.ASCII)
_CODE = re.compile(r"[ \t]*(?:```|~~~)")
_TITLE = re.compile(r"[ \t]*(?:#{1,6}[ \t]|(?:\*\*[^*]+\*\*|__[^_]+__):?[ \t]*\Z)")
_TABLE_HEAD = re.compile(r"\n[ \t>]*(?=[^\n]*-)[|:\- \t]+\Z")
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(f"{UNSPACED.pattern}+")


def bare(text: str) -> str:
    """The text without its markers; code keeps what looks like one."""
    return _take_markers(text)[0]


def cited_sentences(text: str, most: int = _MOST) -> tuple[Sentence, ...]:
    """The sentences of an answer whose markers read `[n]`, up to the number `most`, without the markers but with their
    numbers.

    A marker behind the stop belongs to the sentence before it. What claims nothing is left out: code, the head of a
    table, and without a source headings and lines that only announce what follows.
    """
    plain, marks = _take_markers(text, most)
    spans = sentence_spans(plain)
    numbers: list[list[int]] = [[] for _ in spans]
    for mark in marks if spans else ():
        numbers[_owner(plain, spans, mark.at)].append(mark.n)
    found = [
        Sentence(plain[start:end], tuple(dict.fromkeys(ns)), end=_place(marks, end))
        for (start, end), ns in zip(spans, numbers, strict=True)
    ]
    return tuple(one for one in found if _is_claim(one.text, has_source=bool(one.citations)))


def with_markers(text: str, found: Sequence[tuple[int, Sequence[int]]]) -> tuple[str, list[int]]:
    """The text with markers `[n]` at each of these places, in order; and where the places are then, behind them. In a
    row of a table they go into its last cell.
    """
    parts, ends, done, more = [], [], 0, 0
    for end, numbers in found:
        at = end_within(text, end)
        markers = "".join(f"[{n}]" for n in numbers)
        if markers and text[at - 1 : at] not in {"]", ""}:
            markers = f" {markers}"
        parts += [text[done:at], markers]
        done, more = at, more + len(markers)
        ends.append(end + more)
    return "".join([*parts, text[done:]]), ends


def citations(sentences: Sequence[Sentence], used: Sequence[int], hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """One Citation per shown marker: `[n]` stands for `hits[used[n - 1] - 1]`, its span for the words that back what
    cites it."""
    return tuple(
        _citation(n, hits[hit - 1].chunk, [s.text for s in sentences if n in s.citations])
        for n, hit in enumerate(used, start=1)
    )


def best_support(claims: Sequence[str], passage: str) -> Span:
    """The sentences of a passage that share most words with the claims; all of it where nothing is shared.

    Rare words of the passage weigh more, so no list of stop words is needed, and any language goes.
    """
    spans = sentence_spans(passage)
    words = [_words(passage[start:end]) for start, end in spans]
    weights = _rarity(words)
    best = [_closest(_words(claim), words, weights) for claim in claims]
    found = sorted((score, spans[at]) for score, at in best if score >= _LEAST_SUPPORT)
    if not found:
        return 0, len(passage)
    start, end = min(span[0] for _, span in found), max(span[1] for _, span in found)
    return (start, end) if end - start <= MAX_QUOTE else found[-1][1]


def _citation(n: int, chunk: Chunk, claims: Sequence[str]) -> Citation:
    start, end = best_support(claims, as_evidence(chunk).text)
    return Citation(n, chunk, chunk.start + start, chunk.start + end)


def end_within(text: str, end: int) -> int:
    """Where something is put to a sentence that ends there: of a row of a table within its last cell."""
    return len(text[:end].rstrip("| \t")) if text[:end].endswith("|") else end


@dataclass(frozen=True, slots=True)
class _Mark:
    """A marker: where it stands in the text without markers, its number, its length."""

    at: int
    n: int
    length: int


def _take_markers(text: str, most: int = _MOST) -> tuple[str, list[_Mark]]:
    """The text without markers up to this number, and all of them."""
    plain: list[str] = []
    marks: list[_Mark] = []
    length = 0
    for piece, is_code in _runs(text):
        done = 0
        for found in () if is_code else _MARKER.finditer(piece):
            if int(found[1]) > most:
                continue
            plain.append(piece[done : found.start()])
            length += found.start() - done
            done = found.end()
            marks.append(_Mark(length, int(found[1]), len(found[0])))
        plain.append(piece[done:])
        length += len(piece) - done
    return "".join(plain), marks


def _place(marks: Sequence[_Mark], at: int) -> int:
    """A place of the text without markers in the one with them, behind those that stand right there."""
    return at + sum(mark.length for mark in marks if mark.at <= at)


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a text, neighbours of one kind joined."""
    run: list[str] = []
    was_code = False
    for piece, is_code in split_text(text):
        if is_code != was_code and run:
            yield "".join(run), was_code
            run = []
        was_code = is_code
        run.append(piece)
    yield "".join(run), was_code


def _owner(plain: str, spans: Sequence[Span], at: int) -> int:
    """Which sentence a marker at `at` belongs to: the one before it, unless it opens a line of its own."""
    before = bisect_left(spans, (at, 0)) - 1
    if before < 0:
        return 0
    end = spans[before][1]
    opens_line = plain.find("\n", end, at) >= 0 and before + 1 < len(spans)
    return before + 1 if opens_line and plain.find("\n", at, spans[before + 1][0]) < 0 else before


def _is_claim(text: str, *, has_source: bool) -> bool:
    """What is wholly bold or a heading, or announces something, claims only what it has a source for; what is both
    claims nothing."""
    if _CODE.match(text) or _TABLE_HEAD.search(text):
        return False
    is_title, is_lead = _TITLE.match(text) is not None, text.rstrip("*_ ").endswith((":", "："))
    return not (is_title and is_lead) if has_source else not (is_title or is_lead)


def _words(text: str) -> frozenset[str]:
    """Folded words; scripts without blanks give pairs of letters instead."""
    words: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        unspaced = _UNSPACED.findall(word)
        words.update(run[i : i + 2] for run in unspaced for i in range(max(1, len(run) - 1)))
        words.update(part for part in _UNSPACED.split(word) if part)
    return frozenset(words)


def _rarity(sentences: Sequence[frozenset[str]]) -> dict[str, float]:
    """Weight of each word of a passage, higher the fewer of its sentences hold it."""
    counts = Counter(word for words in sentences for word in words)
    return {word: log(1 + len(sentences) / n) for word, n in counts.items()}


def _closest(
    claim: frozenset[str], sentences: Sequence[frozenset[str]], weights: dict[str, float]
) -> tuple[float, int]:
    """(cosine of the weighted word sets, which sentence) of the best; the first of equals."""
    unknown = log(1 + len(sentences))
    size = sum(weights.get(word, unknown) for word in claim)
    scores = (
        sum(weights[word] for word in claim & words) / sqrt(size * sum(weights[word] for word in words) or 1)
        for words in sentences
    )
    return max(((score, at) for at, score in enumerate(scores)), key=lambda pair: pair[0], default=(0.0, 0))
