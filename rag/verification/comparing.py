"""Compares a claim with its evidence exactly: numbers, dates, names and negations, each where it should stand.

A number that stands somewhere in a passage does not bear out every sentence with it. So a fact has to stand in the part
of the evidence that speaks of what the claim speaks of: in one of the sentences that share most words with the claim,
or beside them. Where one sentence says nearly the same, what stands in the place of what counts, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.sentences import sentence_spans
from rag.verification.abroad import missing_abroad
from rag.verification.aligning import Alignment, aligned
from rag.verification.amounts import of_another_kind
from rag.verification.calculating import headers, is_period
from rag.verification.deriving import derivations
from rag.verification.elsewhere import said_elsewhere
from rag.verification.languages import are_apart
from rag.verification.names import NUMERALS, first_word, names, words_of
from rag.verification.negation import denies, turned
from rag.verification.nouns import Derived, Fact, Finding, Said
from rag.verification.opposites import are_opposites
from rag.verification.outcomes import opposed
from rag.verification.pairing import mispaired
from rag.verification.quantities import quantities, reads_month_first
from rag.verification.roles import exchanged_roles
from rag.verification.substitution import renamed, substituted
from rag.verification.units import measure
from rag.verification.weekdays import WEEKDAY, tells_day
from rag.whole.terms import is_telling, stem, words

_ALSO = {"1": ("one", "first", "once"), "2": ("second", "twice", "both"), "0.5": ("half",), "9": ("neuf",)} | {
    "time 12:00": ("noon", "midday", "mittag", "mittags"),
    "time 0:00": ("midnight", "mitternacht"),
}
"""Words that say a number or a time, and often none: they bear one out, but need none."""
_NEAR = 0.7
"""Of the best sentence's share of the claim's words: sentences with this much speak of the same thing."""
_MORE = 2
"""Of the claim's words, from which on a sentence that has them beyond the others speaks of it, too."""
_BESIDE = 1
"""Sentences before and after those, in which a fact may stand, too."""
ALIKE = 0.6
"""Share of the claim's words in their order in one sentence from which on the two are held beside each other."""
_SAME = 0.5
"""Share of the claim's words in a sentence from which on its number is the one in the place of the claim's."""
_COMPARED = 4
"""Sentences that are."""


@dataclass(frozen=True, slots=True)
class SaidSentence:
    """A sentence of the evidence, and the stems of what it tells."""

    said: Said
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of an exact comparison."""

    findings: tuple[Finding, ...]
    """What of the claim its evidence does not bear out."""
    derived: tuple[Derived, ...] = ()
    """Its numbers that stand in no evidence, but follow from those that do."""


def findings(claim: str, evidence: Sequence[str], known: str = "") -> list[Finding]:
    """What of a claim its evidence does not bear out; see `compared`."""
    return list(compared(claim, evidence, known).findings)


def compared(claim: str, evidence: Sequence[str], known: str = "") -> Compared:
    """The claim beside its evidence. `known`: titles and headings above the evidence, which may name what is spoken of;
    empty evidence bears nothing out.
    """
    first = reads_month_first([claim, *evidence])
    sentences = [one for text in evidence for one in sentences_of(text, is_month_first=first)]
    said, own = said_of(claim, is_month_first=first), telling_stems(claim)
    if are_apart(claim, " ".join(evidence)):
        return Compared(tuple(missing_abroad(said, [one.said for one in sentences])))
    above = said_of("\n".join([known, *map(headers, evidence)]))
    near = _near(own, sentences)
    around = [sentences[n].said for n in _around(near, len(sentences))]
    same = [sentences[n].said for n in near if _share(own, sentences[n].stems) >= _SAME]
    found = list(_missing(said, [above, *around], same))
    beside = _beside(claim, [sentences[n].said for n in near[:_COMPARED]])
    if beside is not None:
        found += _turned(said, *beside)
    paired = [beside[0]] if beside is not None else same[:1]
    found += [finding for one in paired for finding in mispaired(claim, one.text)]
    nearest = [sentences[n].said.text for n in near[:_COMPARED]]
    found += exchanged_roles(claim, nearest) or said_elsewhere(claim, nearest)
    found += [*opposed(claim, nearest), *renamed(claim, [one.said.text for one in sentences])]
    found += of_another_kind(claim, [one.text for one in around])
    found += _lone(claim, [above, *(one.said for one in sentences)])
    wrong = {finding.said for finding in found if finding.kind == "number"}
    derived = _derived(claim, wrong, same, around, evidence) if wrong else ()
    return Compared(tuple(_left(found, derived)), derived)


def _lone(claim: str, evidence: Sequence[Said]) -> Iterator[Finding]:
    """A claim of a single word with a capital, which may be a name, where the evidence does not have it."""
    word = first_word(claim) if len(words(claim)) == 1 else None
    if word is not None and stem(word.key) not in {stem(one) for said in evidence for one in said.words}:
        yield Finding("name", claim[word.start : word.end])


def _derived(
    claim: str, wrong: Collection[str], same: Sequence[Said], around: Sequence[Said], evidence: Sequence[str]
) -> tuple[Derived, ...]:
    return derivations(claim, wrong, [one.text for one in same], [one.text for one in around], evidence)


def _left(found: Sequence[Finding], derived: Sequence[Derived]) -> Iterator[Finding]:
    """The findings without those that the derivations explain: of their numbers, and of their units."""
    explained = {one.said for one in derived}
    for finding in {(one.kind, one.said): one for one in found}.values():
        is_unit = measure(finding.said.casefold()) is not None or is_period(finding.said)
        is_unit = is_unit and finding.kind == "word" and bool(derived)
        if not is_unit and (finding.kind != "number" or finding.said not in explained):
            yield finding


def exact_facts(claim: str) -> int:
    """How many numbers, parts of dates and words of names a claim has."""
    return len(said_of(claim).facts)


def telling_stems(text: str) -> frozenset[str]:
    """The stems of the words that say something, numbers left out: those are compared on their own."""
    return frozenset(stem(word) for word in words(text) if is_telling(word) and not word[0].isdecimal())


@lru_cache(maxsize=512)
def sentences_of(text: str, *, is_month_first: bool = False) -> tuple[SaidSentence, ...]:
    """What each sentence of a text says; see `quantities`."""
    parts = [text[start:end] for start, end in sentence_spans(text)]
    return tuple(SaidSentence(said_of(part, is_month_first=is_month_first), telling_stems(part)) for part in parts)


def said_of(text: str, *, is_month_first: bool = False) -> Said:
    """Its facts and words; see `quantities`."""
    return Said(text, (*quantities(text, is_month_first=is_month_first), *names(text)), words_of(text))


def _share(own: frozenset[str], other: frozenset[str]) -> float:
    return len(own & other) / len(own) if own else 0.0


def _near(own: frozenset[str], sentences: Sequence[SaidSentence]) -> list[int]:
    """The sentences that speak of what the claim speaks of: those nearest to it, and those that have more of it."""
    shares = [_share(own, one.stems) for one in sentences]
    near = {n for n, share in enumerate(shares) if share >= _NEAR * max(shares)}
    left = own.difference(*(sentences[n].stems for n in near))
    while left:
        n = max(range(len(sentences)), key=lambda n: len(left & sentences[n].stems), default=0)
        more = left & sentences[n].stems if sentences else frozenset()
        if len(more) < _MORE:
            break
        near.add(n)
        left -= more
    return sorted(near, key=lambda n: -shares[n])


def _around(near: Sequence[int], n: int) -> list[int]:
    reach = range(-_BESIDE, _BESIDE + 1)
    return sorted({at + step for at in near for step in reach if 0 <= at + step < n})


def _beside(claim: str, sentences: Sequence[Said]) -> tuple[Said, Alignment] | None:
    """The sentence that has most of the claim's words in their order, where it has enough of them."""
    compared = [(one, aligned(claim, one.text)) for one in sentences]
    best = max(compared, key=lambda pair: pair[1].share, default=None)
    return best if best is not None and best[1].share >= ALIKE else None


def _turned(claim: Said, sentence: Said, beside: Alignment) -> list[Finding]:
    """What stands in the place of something else, and a negation; with an opposite this says the same: "not possible"
    beside "impossible"."""
    found, denied = list(substituted(claim, sentence, beside)), turned(claim.text, sentence.text, beside)
    opposed = [one for one in found if _is_opposed(one)]
    if denied and len(opposed) % 2:
        return [one for one in found if one not in opposed]
    return [*found, *denied]


def _is_opposed(finding: Finding) -> bool:
    """Whether the opposite stands there, in a word that is no negation itself as "never" is."""
    said, instead = finding.said.casefold(), finding.instead.casefold()
    return finding.kind == "word" and are_opposites(said, instead) and not denies(f"{said} {instead}")


def _missing(claim: Said, around: Sequence[Said], near: Sequence[Said]) -> Iterator[Finding]:
    """A finding for each fact that stands nowhere around; with what stands near in its place, where that is one."""
    for fact in claim.facts:
        if not any(has_fact(one, fact, claim) for one in around):
            others = {one.key: text.text[one.start : one.end] for text in near for one in text.facts
                      if fact.kind == one.kind == "number" and not claim.count(one)}  # fmt: skip
            yield Finding(fact.kind, claim.text[fact.start : fact.end], *list(others.values())[: len(others) == 1])


def has_fact(text: Said, fact: Fact, claim: Said) -> bool:
    """Whether a text has this fact of the claim, however it writes it."""
    if fact.key.startswith(WEEKDAY):
        return text.count(fact) > 0 or tells_day(text.text, claim.text[fact.start : fact.end])
    if fact.kind == "number":
        return text.count(fact) > 0 or not text.words.isdisjoint(_ALSO.get(fact.key, ()))
    if fact.key in NUMERALS and has_fact(text, Fact("number", NUMERALS[fact.key], fact.start, fact.end), claim):
        return True  # "Second World War" beside "World War II"
    if (unit := measure(fact.key)) is not None and any(measure(word) == unit for word in text.words):
        return True  # "Celsius" beside "°C"
    parts = words_of(claim.text[fact.start : fact.end]) - {fact.key}
    forms = {fact.key, f"{fact.key}s", fact.key.removesuffix("s")}
    return bool(forms & text.words) or (bool(parts) and parts <= text.words)
