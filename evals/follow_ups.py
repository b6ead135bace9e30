"""Follow-up questions made from a set: what a question shares with the one before it becomes a pronoun."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evals.datasets import Dataset, Passage, Query
from rag.query.words import AUXILIARIES, FUNCTION, is_content
from rag.sentences import sentence_spans
from rag.types import Answer, Sentence, Trace, Turn

_MOST = 4
"""Words of what is shared."""
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_DETERMINERS = frozenset({"the", "a", "an", "this", "that", "these", "those"})
_FORMS = {
    "he": ("he", "him", "his"),
    "she": ("she", "her", "her"),
    "it": ("it", "it", "its"),
    "they": ("they", "them", "their"),
}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question whose subject the one before it names."""

    query: Query
    """As the set has it."""
    text: str
    """With a pronoun in place of what both share."""
    history: tuple[Turn, ...]
    is_same_passage: bool
    """Whether one passage answers both; else two of the same document do."""


def follow_ups(dataset: Dataset) -> list[FollowUp]:
    """Every question after another of the same passage, or of the passage before it in the same document, that shares
    something with it."""
    passages = {passage.id: passage for passage in dataset.corpus()}
    by_passage = defaultdict[str, list[Query]](list)
    for query in dataset.queries:
        gold = [id for id, grade in dataset.qrels.get(query.id, {}).items() if grade > 0]
        if len(gold) == 1 and gold[0] in passages:
            by_passage[gold[0]].append(query)
    titles = {passage.title for passage in passages.values()}  # a single one names no document but the set
    same = [pair for asked in by_passage.values() for pair in pairwise(asked)]
    near = [
        (by_passage[one][-1], by_passage[other][0])
        for one, other in pairwise(id for id in passages if id in by_passage)
        if len(titles) > 1 and passages[one].title and passages[one].title == passages[other].title
    ]
    of = {query.id: passages[id] for id, asked in by_passage.items() for query in asked}
    pairs = [*((pair, True) for pair in same), *((pair, False) for pair in near)]
    return list(_made(pairs, of))


def turn_of(query: Query, passage: Passage) -> Turn:
    """The question as if it had been answered by the sentence that holds its answer."""
    spans = sentence_spans(passage.text)
    texts = [passage.text[start:end] for start, end in spans]
    found = [text for text in texts if any(answer in text for answer in query.answers)] or texts[:1]
    sentence = Sentence(" ".join(found[0].split()) if found else "", (1,))
    return Turn(query.text, Answer(query.text, sentence.text, (sentence,), (), (), Trace()))


def _made(pairs: Sequence[tuple[tuple[Query, Query], bool]], of: Mapping[str, Passage]) -> Iterator[FollowUp]:
    for (before, query), is_same in pairs:
        text = _with_pronoun(before.text, query.text, of[query.id].text)
        if text:
            yield FollowUp(query, text, (turn_of(before, of[before.id]),), is_same)


def _with_pronoun(before: str, question: str, passage: str) -> str:
    """Empty where the two share no name and nothing with an article."""
    earlier = f" {' '.join(word.lower() for word in _WORD.findall(before))} "
    words = list(_WORD.finditer(question))
    for n in range(_MOST, 0, -1):
        for at in range(len(words) - n + 1):
            run = words[at : at + n]
            texts = [word[0].lower() for word in run]
            if f" {' '.join(texts)} " not in earlier or texts[0] in FUNCTION or texts[-1] in FUNCTION:
                continue
            has_article = at > 0 and words[at - 1][0].lower() in _DETERMINERS
            is_name = run[0][0][:1].isupper() and at > 0
            if any(map(is_content, texts)) and (has_article or is_name) and _is_whole(words, at - has_article, at + n):
                start = words[at - 1].start() if has_article else run[0].start()
                return _replaced(question, start, run[-1].end(), passage)
    return ""


def _is_whole(words: Sequence[re.Match[str]], start: int, end: int) -> bool:
    """Whether the words `start:end` are no part of a longer name or noun, as far as their neighbours tell."""
    before = words[start - 1][0] if start else ""
    after = words[end][0] if end < len(words) else ""
    if (start > 1 and before[:1].isupper()) or after[:1].isupper():
        return False
    is_owner = words[end - 1][0].endswith(("'s", "’s", "s'"))
    return not after or is_owner or after.lower() in FUNCTION or before.lower() in AUXILIARIES


def _replaced(question: str, start: int, end: int, passage: str) -> str:
    shared, rest = question[start:end], question[end:]
    subject, thing, owner = _FORMS[_pronoun(shared, passage)]
    if shared[-2:] in ("'s", "’s") or shared[-1:] in "'’":
        return question[:start] + owner + rest
    form = thing if not rest.strip(" ?.!,") else subject
    return question[:start] + form + rest


def _pronoun(shared: str, passage: str) -> str:
    """The one that its passage uses most, for names; plurals are many."""
    if shared.endswith("s") and not shared.endswith(("'s", "’s", "ss", "us")):
        return "they"
    if not any(word[:1].isupper() for word in shared.split()):
        return "it"
    low = f" {passage.lower()} "
    counts = {name: sum(len(re.findall(rf"\b{form}\b", low)) for form in set(forms)) for name, forms in _FORMS.items()}
    return max(("he", "she", "it"), key=lambda name: counts[name])
