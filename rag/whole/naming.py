"""Which documents a phrase names: "the lease agreement", "lease.pdf", "this document"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
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
    names = {one.id: _name(one) for one in documents}
    rarity = _rarity(names.values())
    scored = [(_fit(wanted, names[one.id], rarity), one) for one in documents]
    best = max((fit for fit, _ in scored), default=0.0)
    return [one for fit, one in scored if fit >= max(_LEAST, best - _NEAR)]


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
    found = [one for one in documents if kinds <= {stem(word) for word in _name(one)}]
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


def _rarity(names: object) -> dict[str, float]:
    counts = Counter(stem(word) for name in names for word in name)  # type: ignore[attr-defined]
    return {word: 1 / (1 + log(n)) for word, n in counts.items()}


def _fit(wanted: Sequence[str], name: frozenset[str], rarity: dict[str, float]) -> float:
    """How much of the phrase stands in the name, and a little for how much of the name was said."""
    stems = {stem(word) for word in name}
    are_met = [_meets(word, stems, name) for word in wanted]
    weights = [
        0.3 * is_met if word in _NOUNS else rarity.get(stem(word), 1.0)
        for word, is_met in zip(wanted, are_met, strict=True)
    ]
    met = [weight for weight, is_met in zip(weights, are_met, strict=True) if is_met]
    if not any(is_met for word, is_met in zip(wanted, are_met, strict=True) if word not in _NOUNS):
        return 0.0
    said = sum(1 for one in stems if any(one == stem(word) for word in wanted)) / max(1, len(stems))
    return sum(met) / sum(weights) * 0.95 + 0.05 * said


def _meets(word: str, stems: set[str], name: frozenset[str]) -> bool:
    if stem(word) in stems or word.removesuffix("s") in name:  # "CVs" is too short to have a stem
        return True
    return len(word) > 4 and any(abs(len(word) - len(one)) < 3 and _is_alike(word, one) for one in name)


def _is_alike(one: str, other: str) -> bool:
    return one[0] == other[0] and SequenceMatcher(None, one, other).ratio() >= _ALIKE
