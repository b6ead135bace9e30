"""A follow-up becomes a question that stands alone, by rules: what it points at is added from the turn before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.query.dependence import depends, is_elliptic
from rag.query.substituting import speaks_german, substituted
from rag.query.words import content_of, names_of, without_greeting, words_of
from rag.types import Turn
from rag.whole.nouns import names_documents
from rag.whole.terms import is_telling

_MOST_WORDS = 12
"""Words that are added at most."""
_NAMES = 2
"""Names that are taken from the sentence that answered who it was."""
_WHO = re.compile(r"\W*who(?:m|se)?\b", re.IGNORECASE)
_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers|they|them|their)\b", re.IGNORECASE)


class RuleCondenser:
    """A Condenser without a model."""

    def condensed(self, question: str, history: Sequence[Turn]) -> str:
        """The question with the words of the last turn in brackets behind it; itself where it stands alone."""
        turn = asked_before(history)
        if turn is None:
            return question
        sentences = turn.answer.sentences
        return completed(question, searched_for(turn), sentences[0].text if sentences else "")


def completed(question: str, earlier: str, answer: str = "") -> str:
    """The earlier question with what this one names in its place, else this one with the words of the earlier one in
    brackets behind it; itself where it stands alone. `answer`: the sentence that answered the earlier one."""
    question = without_greeting(question)
    if is_elliptic(question) and (whole := substituted(question, earlier)):
        return whole
    added = _added(question, earlier, answer) if depends(question) else []
    return f"{question} ({' '.join(added)})" if added else question


def asked_before(history: Sequence[Turn]) -> Turn | None:
    """The last turn that asked what documents say: one that asked which there are is no topic to go on with."""
    return next((turn for turn in reversed(history) if not names_documents(turn.answer)), None)


def searched_for(turn: Turn) -> str:
    """The question of a turn as it was completed itself."""
    query = turn.answer.query
    return turn.question if query is None else query.text


def _added(question: str, earlier: str, answer: str) -> list[str]:
    """The names of the earlier question, or what else it was about; to another thing asked the same all but the names.

    More of it would find the passage that answered the earlier question, again.
    """
    of_names = [word for name in names_of(earlier) for word in words_of(name)]
    if is_elliptic(question) and speaks_german(question, earlier):  # where all nouns look like names
        found = [word for word in words_of(earlier) if is_telling(word.casefold())]
    elif is_elliptic(question) and names_of(question):
        found = [word for word in content_of(earlier) if word not in of_names] or of_names
    else:
        found = of_names or content_of(earlier)
        if _WHO.match(earlier) and _PERSON.search(question):
            found += [word for name in names_of(answer)[:_NAMES] for word in words_of(name)]
    said = {word.lower() for word in words_of(question)}
    return list(dict.fromkeys(word for word in found if word.lower() not in said))[:_MOST_WORDS]
