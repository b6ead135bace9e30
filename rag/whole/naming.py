"""Which documents a phrase names: "the lease agreement", "lease.pdf", "this document"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from math import log

from rag.whole.nouns import DocumentName
from rag.whole.terms import stem, words

_DETERMINERS = frozenset(
    """
    this that these those the my our your it its them they all every each everything whole entire uploaded attached
    current given of in on about for a an two both and here me us contents content dieses diese dieser diesem das
    der die den dem des mein meine alle alles es sie beide beiden ganze este esta estos estas el la los las mi mis
    todo todos todas ambos lo del de from by with to von vom
    """.split()  # noqa: SIM905 - a list of so many strings says less
)
_NOUNS = frozenset(
    """
    document documents doc docs file files pdf pdfs paper papers text texts article articles report reports
    collection library upload uploads folder contract letter page pages website book manual presentation slides
    dokument dokumente dokuments datei dateien text textes texte sammlung unterlagen documento documentos archivo
    archivos texto textos colección fichero
    """.split()  # noqa: SIM905 - a list of so many strings says less
)
_DOCUMENT = frozenset(
    """
    document documents doc docs file files pdf pdfs dokument dokumente datei dateien documento documentos archivo
    archivos fichero
    """.split()  # noqa: SIM905 - as above
)
_KINDS = _NOUNS - _DOCUMENT | {"pdf"}
"""Words that only point, unless one document alone is called so."""
_WRITINGS = frozenset(
    map(
        stem,
        """
        lease statute bylaw agreement minutes handbook invoice cv cvs resume letter vertrag vertrags mietvertrag
        mietvertrags satzung protokoll rechnung lebenslauf contrato estatutos factura
        """.split(),  # noqa: SIM905 - as above
    )
)
"""Words, by stem, that are hardly ever said of anything but a document, be it with its name or without."""
_MANY = frozenset(
    """
    these those all every everything them they documents docs files pdfs papers texts articles reports collection
    library uploads folder both two dokumente dateien alle alles sammlung unterlagen beide beiden texte estos estas
    todo todos todas documentos archivos textos colección ambos
    """.split()  # noqa: SIM905 - a list of so many strings says less
)
_THIS = frozenset("this it dieses diese dieser este esta".split())  # noqa: SIM905 - as above
MOST_TOGETHER = 4
"""Documents that are compared with each other, and that a word for a kind names."""
_LEAST = 0.75
"""Share of a phrase's words, by their weight, that a document's name must hold."""
_NEAR = 0.08
"""Names that fit nearly as well are meant as well."""
_ALIKE = 0.84
"""A misspelt word counts as the one that it is this much like."""


@dataclass(frozen=True, slots=True)
class Pointing:
    """A phrase that names nothing but points at what is there."""

    is_many: bool
    is_document: bool
    """Whether it says so: "this file" can only be one of the documents, "the letter" may stand in one."""


def pointing(phrase: str, documents: Sequence[DocumentName] = ()) -> Pointing | None:
    """Whether the phrase only points: "it", "this file", "all my documents"; None where it names something, be it the
    only document that is called a manual."""
    found = words(phrase)
    if any(word not in _DETERMINERS | _NOUNS for word in found) or _of_kind(found, documents):
        return None
    is_document = any(word in _DOCUMENT for word in found)
    return Pointing(is_many=any(word in _MANY for word in found), is_document=is_document)


def is_this(phrase: str) -> bool:
    """Whether it points at what was spoken of: "this manual", but not "the manual"."""
    return not _THIS.isdisjoint(words(phrase))


def named(phrase: str, documents: Sequence[DocumentName]) -> list[DocumentName]:
    """The documents whose title or file the phrase names, several where it fits several as well; none where none."""
    folded = f" {' '.join(phrase.casefold().split())} "
    if exact := [one for one in documents if _is_spelt_out(one, folded)]:
        return exact
    if of_kind := _of_kind(words(phrase), documents):
        return of_kind
    wanted = [word for word in words(phrase) if word not in _DETERMINERS]
    if not wanted:
        return []
    fits = _Names.of(_Key(tuple(documents))).fits(wanted)
    best = max(fits.values(), default=0.0)
    return [documents[at] for at, fit in sorted(fits.items()) if fit >= max(_LEAST, best - _NEAR)]


def is_title(phrase: str, found: Sequence[DocumentName]) -> bool:
    """Whether a phrase that fits these documents must mean them: a lone word of a title is more often a thing."""
    folded = f" {' '.join(phrase.casefold().split())} "
    telling = [word for word in words(phrase) if word not in _DETERMINERS]
    is_document = any(word in _NOUNS or stem(word) in _WRITINGS for word in telling)
    return is_document or len(telling) > 1 or all(_is_spelt_out(one, folded) for one in found)


def is_outright(phrase: str, found: Sequence[DocumentName]) -> bool:
    """Whether the phrase says at least half of what these documents are called: "the meeting" is not the minutes."""
    said = {stem(word) for word in words(phrase)} - _DETERMINERS
    folded = f" {' '.join(phrase.casefold().split())} "
    return bool(_of_kind(words(phrase), found)) or all(
        _is_spelt_out(one, folded) or _is_half(said, one) for one in found
    )


def is_whole(phrase: str, found: Sequence[DocumentName]) -> bool:
    """Whether the phrase is all that each of these documents is called, by its title or its file."""
    said = {stem(word) for word in words(phrase) if word not in _DETERMINERS}
    return all(any(said == called for called in _called(one)) for one in found)


def _of_kind(phrase: Sequence[str], documents: Sequence[DocumentName]) -> list[DocumentName]:
    """Those whose names have all of the phrase's words for a kind, if it has no other words: one that is alone, of
    "both reports" two to four."""
    kinds = {stem(word) for word in phrase if word in _KINDS}
    if not kinds or any(word not in _DETERMINERS | _NOUNS for word in phrase):
        return []
    likely = [one for one in documents if all(kind in f"{one.title} {one.file}".casefold() for kind in kinds)]
    found = [one for one in likely if kinds <= {stem(word) for word in _name(one)}]
    least, most = (2, MOST_TOGETHER) if any(word in _MANY for word in phrase) else (1, 1)
    return found if least <= len(found) <= most else []


def _is_half(said: set[str], document: DocumentName) -> bool:
    return any(len(said & name) * 2 >= len(name) for name in _called(document))


def _called(document: DocumentName) -> list[set[str]]:
    """The stems of its title, and of its file."""
    names = (document.title, document.file.rsplit(".", 1)[0])
    return [{stem(word) for word in words(name) if word not in _DETERMINERS} for name in names if name]


def _is_spelt_out(document: DocumentName, phrase: str) -> bool:
    """Its file with the ending, or its whole title of two words or more."""
    title = " ".join(document.title.casefold().split())
    file = document.file.casefold()
    return ("." in file and f" {file} " in phrase) or (" " in title and f" {title} " in phrase)


def _name(document: DocumentName) -> frozenset[str]:
    return frozenset(words(f"{document.title} {document.file}"))


@dataclass(frozen=True, slots=True)
class _Key:
    """Documents whose names are kept, told from others without a look at each where these are the same ones."""

    documents: tuple[DocumentName, ...]

    def __hash__(self) -> int:
        return len(self.documents)


class _Names:
    """The words of all names, and which have them: what a phrase fits is found without a look at the others."""

    @staticmethod
    @lru_cache(maxsize=2)
    def of(documents: _Key) -> _Names:
        """Kept, since the phrases of a question, and often of the next one, are asked of the same documents."""
        return _Names(documents.documents)

    def __init__(self, documents: Sequence[DocumentName]) -> None:
        self._documents = documents
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(documents):
            for word in _name(one):
                self._with[word].append(at)
        self._by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._with:
            self._by_letter[word[0]].append(word)

    def fits(self, wanted: Sequence[str]) -> dict[int, float]:
        """How much of the words stands in each name that has enough of them, and a little for how much of the name was
        said: place of the document -> fit."""
        met = [_meeting(word, self._by_letter.get(word[0], ())) for word in wanted]
        having = [frozenset[int]().union(*map(self._with.__getitem__, ones)) for ones in met]
        rarity = [self._rarity(word, ones) for word, ones in zip(wanted, met, strict=True)]
        are_nouns = [word in _NOUNS for word in wanted]
        telling = [those for those, is_noun in zip(having, are_nouns, strict=True) if not is_noun]
        likely = frozenset[int]().union(*telling)
        stems = {stem(word) for word in wanted}
        shares: dict[tuple[bool, ...], float] = {}
        found = {}
        for at in likely:
            are_met = tuple([at in those for those in having])
            if are_met not in shares:
                shares[are_met] = 0.95 * _share(are_met, are_nouns, rarity)
            if shares[are_met] + 0.05 >= _LEAST:
                found[at] = shares[are_met] + 0.05 * _said(stems, self._documents[at])
        return found

    def _rarity(self, word: str, met: Sequence[str]) -> float:
        n = sum(len(self._with[one]) for one in met if stem(one) == stem(word))
        return 1 / (1 + log(n)) if n else 1.0


def _share(are_met: Sequence[bool], are_nouns: Sequence[bool], rarity: Sequence[float]) -> float:
    """Of the wanted words, by their weight, those that stand in a name."""
    weights = [
        0.3 * is_met if is_noun else weight for is_met, is_noun, weight in zip(are_met, are_nouns, rarity, strict=True)
    ]
    return sum(weight for weight, is_met in zip(weights, are_met, strict=True) if is_met) / sum(weights)


def _said(stems: set[str], document: DocumentName) -> float:
    """How much of a name was said."""
    own = {stem(word) for word in _name(document)}
    return len(own & stems) / len(own)


def _meeting(word: str, others: Iterable[str]) -> list[str]:
    """Those of the words of names, all with its first letter, that count as the wanted one."""
    root, bare = stem(word), word.removesuffix("s")  # "CVs" is too short to have a stem
    return [
        one
        for one in others
        if (one.startswith(root) and stem(one) == root)
        or one == bare
        or (len(word) > 4 and abs(len(word) - len(one)) < 3 and _is_alike(word, one))
    ]


def _is_alike(one: str, other: str) -> bool:
    if 2 * (len(one) - len(set(one).difference(other))) < _ALIKE * (len(one) + len(other)):
        return False  # too many letters of the one are not in the other, which is told fast
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE
