"""The conversation before a question, as a chat model reads it: its last turns whole, those before them in short."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

from rag.citations import bare
from rag.foreign import cut, tamed
from rag.query.condensing import searched_for
from rag.query.references import places_of
from rag.sentences import sentence_spans
from rag.types import Answer, Message, Sentence, Turn

MAX_TURNS = 3
"""Earlier questions and answers that are sent along whole."""
MAX_PLACES, _PLACES_IN_SHORT = 6, 2
"""Sources that are named behind an earlier answer, and behind one that is told in short."""
QUOTED = "I quoted the documents."
"""What stands for an earlier answer in the documents' own words."""
MOST_IN_SHORT, LEAST_IN_SHORT = 12, 7
"""Turns before those that are told in short, where there are more."""
SHORT_BUDGET = 5_000
"""Characters of all that is told in short: enough for the most turns of the greatest length."""
_ASKED = "What did I ask before that, and what was answered, in short? None of it is a passage."
_NOT_FOUND = "Not found in the documents."
_QUESTION, _ANSWER, _PLACES = 120, 180, 80
"""Characters of what is told of a turn in short."""
_TURN_BUDGET = 1_500
_LEAST_TURN = 80
"""Characters below which an earlier turn says nothing any more, and is left out."""
_READ = 8_000
"""Characters of a text, and sentences and citations of an answer, that are looked at: none is too long to be told."""
_MARKER = re.compile(r"\[\d+\]")
_HALF = re.compile(r"(?:\s++[^\s\d@]*+[\d@]\S*+)*+(?:\s++\S*+)?\Z")
"""The last word of a text that was cut, and numbers before it: half of a private detail would not be known as one."""


def conversation(history: Sequence[Turn], share: float = 1.0) -> list[Message]:
    """Earlier turns without their markers, whose numbers meant other passages, but with the places that these were;
    `share` of the characters that they may have. However long the history is, a bounded part of it is looked at."""
    budget = int(_TURN_BUDGET * share)
    if budget < _LEAST_TURN:
        return []
    turns = _in_short(history[-MAX_TURNS - MOST_IN_SHORT : -MAX_TURNS], int(SHORT_BUDGET * share))
    for turn in history[-MAX_TURNS:]:
        turns.append(Message("user", cut(tamed(turn.question[:_READ]), budget)))
        turns.append(Message("assistant", said_before(turn.answer, budget)))
    return turns


def said_before(answer: Answer, budget: int) -> str:
    """An answer of the conversation as a model reads it later: what was written, and where that came from. Words of the
    documents are not carried on, so of a quoted answer the places alone; `budget` in characters."""
    said = tamed(bare(answer.text[:_READ]))
    if not answer.citations:
        return cut(said, budget)
    told = tamed(f"(From: {'; '.join(islice(places_of(answer.citations), MAX_PLACES))})")
    return f"{cut(said, budget)} {told}" if answer.model else f"{QUOTED} {told}"


def _in_short(turns: Sequence[Turn], budget: int) -> list[Message]:
    """These turns as the assistant tells them, oldest first; the oldest are left out where the budget is too small."""
    told = [_told(turn) for turn in turns[_first(turns) :]]
    while sum(len(one) + 1 for one in told) > budget:
        del told[0]
    return [Message("user", _ASKED), Message("assistant", "\n".join(told))] if told else []


def _first(turns: Sequence[Turn]) -> int:
    """Where to begin, so that several questions in a row begin with the same turn and share what a server has read:
    the turn is told by its words, since its place in the history changes with every question."""
    if len(turns) < MOST_IN_SHORT:
        return 0
    return min(range(len(turns) - LEAST_IN_SHORT + 1), key=lambda at: _mark(turns[at]))


def _mark(turn: Turn) -> bytes:
    """As good as random, and always the same of a turn."""
    return sha256(_line(turn.question, _QUESTION).encode()).digest()


def _told(turn: Turn) -> str:
    """A line of what was asked, as it was understood, and one of what was found. Neither can break into a third, so
    nothing in them passes for a turn or a passage."""
    answer = _found(turn.answer)
    return f"Question: {_line(searched_for(turn), _QUESTION)}" + (f"\nAnswer: {answer}" if answer else "")


def _found(answer: Answer) -> str:
    """What the sources of an answer bear out, and which they are; words of documents are not carried on."""
    if answer.refused:
        return _NOT_FOUND
    citations = answer.citations[:_READ]
    said = QUOTED if citations else ""
    if answer.model:
        told = _borne_out(answer.sentences[:_READ])
        said = _line(" ".join(one.text for one in told), _ANSWER)
        numbers = {n for one in told for n in one.citations}
        citations = tuple(one for one in citations if one.n in numbers)
    places = _line("; ".join(islice(places_of(citations), _PLACES_IN_SHORT)), _PLACES)
    return f"{said} (From: {places})".lstrip() if places else said


def _is_borne_out(sentence: Sentence) -> bool:
    """Found supported, or, where nothing was checked, cited."""
    return bool(sentence.citations) if sentence.check is None else sentence.check.state == "supported"


def _borne_out(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The first that are, as many as may be told."""
    found: list[Sentence] = []
    for one in filter(_is_borne_out, sentences):
        found.append(one)
        if sum(len(told.text) + 1 for told in found) > _ANSWER:
            break
    return found


def _line(text: str, limit: int) -> str:
    """The text on one line without markers; of a longer one the sentences that end within `limit` characters, or the
    words of the first."""
    line = " ".join(_MARKER.sub("…", tamed(text[:_READ])).split())
    if len(line) <= limit and len(text) <= _READ:
        return line
    begin = line[:limit]
    ends = [end for _, end in sentence_spans(begin)[:-1]]
    return f"{begin[: ends[-1]] if ends else _HALF.sub('', begin)} …"
