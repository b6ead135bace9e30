"""Which sentence of the passages bears out a value of a form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.filling.pieces import Piece, clause, clauses, pieces
from rag.filling.tables import rows_of
from rag.filling.values import Value
from rag.filling.words import Field, stems_of, words_of
from rag.sentences import sentence_spans
from rag.verification.negation import denies
from rag.verification.opposites import are_opposites
from rag.verification.quantities import reads_month_first
from rag.whole.terms import stem

_OPEN = re.compile(
    r"\?|\bnon-|\b(?:if|whether|unless|ob|falls|sofern|on request|auf anfrage|part(?:ly|ially)|teilweise|optional)\b",
    re.IGNORECASE,
)
"""In a sentence that leaves open whether it is so."""
_LABEL = re.compile(r"[|\n:☐☒☑✓✗]|\[[ xX]\]")
"""In a field of a form or a row of a table, where the words of the name alone say nothing."""
_YES = re.compile(r"\b(?:yes|ja|true|wahr)\b|[☒☑✓]|\[x\]", re.IGNORECASE)
_NO = re.compile(
    r"\b(?:no|nein|not|nicht|keine?[mnrs]?|false|falsch|none|n/a)\b|(?<![\w.,])[0n](?![\w.,])|[☐✗]|\[ \]", re.IGNORECASE
)
_NUMBER_SIGN = re.compile(r"\b[Nn]os?\.(?=\s*[:#]|\s*[\w-]*\d)|\bN[Oo]\b(?=\s*:?\s*[\w-]*\d)")
"""Of "Invoice No.: 2024-118" denies nothing."""
_POINTING_BACK = frozenset("it they this these he she er sie es dies diese".split())  # noqa: SIM905 - words of a list
_AFFIRMING = ("allowed", "included")

Score = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """The sentence `start:end` of the text of the passage `at`."""

    at: int
    start: int
    end: int


class Passages:
    """Texts in which the values of a form are looked for."""

    def __init__(self, texts: Sequence[str], fields: Mapping[str, Field]) -> None:
        self._texts = texts
        self._spans = [sentence_spans(text) for text in texts]
        self._sentences = [
            [text[start:end] for start, end in spans] for text, spans in zip(texts, self._spans, strict=True)
        ]
        self._fields = fields
        self._is_month_first = reads_month_first(texts)

    def of(self, path: str, value: Value, beside: Sequence[Value] = ()) -> Source | None:
        """Where a value stands as what the field at this path asks for. `beside`: the other values of the same entry of
        a list; the row of a table that has it has one of them, too."""
        field = self._fields[path]
        value = replace(value, unit=field.unit)
        others = tuple(one.named for other, one in self._fields.items() if other != path)
        looked = _Looked(value, field, others, self._is_month_first)
        if found := self._in_table(field, value, beside):
            return found
        is_spoken_of = any(field.is_spoken_of(_stems(one)) for sentences in self._sentences for one in sentences)
        return self._first(looked.nearest(one) if is_spoken_of else looked.only(one) for one in self._sentences)

    def instead(self, path: str, value: Value) -> str:
        """What stands in a sentence on a field that is wanted in a unit: of "90 days" nobody knows how many months
        they are. Empty where there is nothing of the kind."""
        field = self._fields[path]
        if field.unit is None or value.kind != "number":
            return ""
        spoken = (one for sentences in self._sentences for one in sentences if field.is_spoken_of(_stems(one)))
        return next((said for one in spoken if (said := value.otherwise(one))), "")

    def _in_table(self, field: Field, value: Value, beside: Sequence[Value]) -> Source | None:
        """The row with this value in the column of the field. Which of several rows is meant is told by what is
        `beside` it: other values of the same entry."""
        for at, text in enumerate(self._texts):
            rows = [row for row in rows_of(text) if row.holds(field, value)]
            named = [row for row in rows if any(row.has(one) for one in beside)]
            if row := next(iter(named if beside else rows), None):
                return Source(at, row.start, row.end)
        return None

    def of_truth(self, path: str, *, is_true: bool) -> Source | None:
        """Where a field is affirmed or denied: in a sentence that has all words of its name."""
        named, is_so = self._fields[path].named, is_true is not denies(path.replace("_", " "))
        return self._first(
            next((n for n, one in enumerate(sentences) if named and _affirms(one, named) is is_so), None)
            for sentences in self._sentences
        )

    def _first(self, found: Iterator[int | None]) -> Source | None:
        for at, n in enumerate(found):
            if n is not None:
                return Source(at, *self._spans[at][n])
        return None


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is looked for. `others`: the names of the other fields of the form."""

    value: Value
    field: Field
    others: tuple[frozenset[str], ...]
    is_month_first: bool

    def nearest(self, sentences: Sequence[str]) -> int | None:
        """The first sentence in which the value stands nearer to the words of the field than others of its kind."""
        found = [one for n in range(len(sentences)) for one in self._candidates(sentences, n)]
        best = max((score for score, _, _ in found), default=None)
        return next((n for score, n, is_it in found if score == best and is_it), None)

    def only(self, sentences: Sequence[str]) -> int | None:
        """The first sentence that has the value, where nothing else of its kind stands in the passage and no word of
        another field beside it. That says enough where the field's name says nothing, or of a name: "in Berlin"."""
        found = [(n, piece) for n, one in enumerate(sentences) for piece in self._pieces(one)]
        if self.field.is_a_measure:
            places = [one for sentence in sentences for one in self.value.measures(sentence)]
            return next((n for n, piece in found if piece.is_it and len(places) == 1), None)
        if not all(piece.is_it and not self._is_of_another(piece) for _, piece in found):
            return None
        is_name = self.value.kind == "name"
        return next((n for n, piece in found if not self.field.wanted or (is_name and piece.is_led)), None)

    def _candidates(self, sentences: Sequence[str], n: int) -> Iterator[tuple[Score, int, bool]]:
        """How near each value of the kind stands to the words of the field, in a sentence that has these or beside it,
        the place of its sentence, and whether it is the one."""
        stems = _stems(sentences[n])
        if not self.field.is_spoken_of(stems):
            return
        at, said = n, self._pieces(sentences[n])
        if not said and n + 1 < len(sentences) and (stems <= self.field.wanted or _points_back(sentences[n + 1])):
            at, said = n + 1, self._pieces(sentences[n + 1])
            said = said if len(said) == 1 else []
        for piece in said:
            named = piece.stems & self.field.named
            if (at != n or piece.stems & self.field.wanted) and not self._is_of_another(piece):
                lead = min(_leads(self.field.named, self.others, piece.stems), default=0)
                yield (lead, len(named), len(stems & self.field.wanted)), at, piece.is_it

    def _is_of_another(self, piece: Piece) -> bool:
        """Whether it speaks rather of another field; not of one whose name only says more than this one's."""
        others = [one for one in self.others if self.field.named - one]
        return any(lead < 0 for lead in _leads(self.field.named, others, piece.stems))

    def _pieces(self, sentence: str) -> list[Piece]:
        places = self.value.places(sentence, self.field.wanted, is_month_first=self.is_month_first)
        if self.value.kind in {"number", "date"}:
            return list(pieces(sentence, places))
        found = pieces(sentence, places) if self.value.kind == "name" else (clause(sentence, one) for one in places)
        is_denied = denies(self.value.text)
        return [replace(one, is_it=one.is_it and denies(_NUMBER_SIGN.sub("", one.text)) is is_denied) for one in found]


def _leads(named: frozenset[str], others: Iterable[frozenset[str]], stems: frozenset[str]) -> Iterator[int]:
    """How many words there are of one name more than of each other, those apart that both have."""
    return (len((named - other) & stems) - len((other - named) & stems) for other in others if other != named)


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stems_of(text))


def _points_back(sentence: str) -> bool:
    return bool(_POINTING_BACK & set(words_of(sentence)[:1]))


def _affirms(sentence: str, named: frozenset[str]) -> bool | None:
    """Whether a sentence says what these words do, or denies it; None where it lacks one of them or leaves it open."""
    if _OPEN.search(sentence):
        return None
    says_name_alone = all(stem(word) in named for word in words_of(sentence))
    is_label = says_name_alone or _LABEL.search(sentence) is not None
    yes, no = _YES.search(sentence) is not None, _NO.search(sentence) is not None
    if is_label and yes is not no and named <= _stems(sentence):
        return yes
    if says_name_alone:
        return None
    for part in (sentence,) if is_label and not (yes and no) else (*clauses(sentence), sentence):
        turning = {word for word in words_of(part) if stem(word) not in named and _turns(word, (*named, *_AFFIRMING))}
        if all(one in _stems(part) or any(_turns(word, [one]) for word in turning) for one in named):
            return (len(turning) + denies(part)) % 2 == 0
    return None


def _turns(word: str, others: Iterable[str]) -> bool:
    """Whether it says the opposite of one of these."""
    return any(are_opposites(word, other) for other in others)
