"""Holds every sentence of a written answer against its sources, and finds a source for those that have none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rag.agent.nouns import Calculation
from rag.citations import best_support, with_markers
from rag.embedding_text import text_of
from rag.instructions import as_evidence
from rag.types import Chunk, Hit, Sentence
from rag.verification.abroad import is_akin
from rag.verification.claims import claimed, written_out
from rag.verification.comparing import Compared, compared, exact_facts
from rag.verification.contradicting import contradiction
from rag.verification.languages import are_apart
from rag.verification.names import is_german
from rag.verification.nouns import Check, Finding, State
from rag.verification.support import Beside, Judged, Support
from rag.verification.topic import Topic
from rag.verification.verified import Verified
from rag.verification.worked import adds_nothing, without_worked, worked
from rag.whole.terms import share, terms

SUPPORTED = 0.5
"""Chance from which on a claim is borne out, where nothing in it is wrong."""
_FOUND = 0.7
"""The same for a source that the model did not name: a wrong one would be our own error."""
_NOT = 0.2
"""Chance below which it is not; between the two it is in part."""
_FEW_MISSING = 0.5
"""Share of a claim's facts that may be missing where it is still borne out in part."""
_HALF = 0.5
MOST_CLAIMS = 200
"""Sentences of an answer that are checked; what comes after them is not, and the answer says so."""
_LIKELY = 4
"""Hits that are tried for a claim without a source that bears it out."""


class Verifier:
    """Checks written answers. Threads may share it."""

    def __init__(self, support: Callable[[], Support], topic: Callable[[], Topic] | None = None) -> None:
        """`support` opens what judges them, when it is needed first; it raises ModelError where it cannot be used. So
        does `topic`, which tells what is about something else; without it nothing is held against the question."""
        self._support = support
        self._topic = topic

    def begin(self, hits: Sequence[Hit], question: str = "") -> OneChecking:
        """The checking of one answer by these hits; to a `question`, where it has to be about that."""
        return OneChecking(self._support, self._topic if question else None, hits, question)

    def verified(self, written: Verified, hits: Sequence[Hit]) -> Verified:
        """A whole answer, checked once."""
        return self.begin(hits).verified(written)


class OneChecking:
    """The checking of one answer, which may grow. Not for threads to share."""

    def __init__(
        self,
        support: Callable[[], Support],
        topic: Callable[[], Topic] | None,
        hits: Sequence[Hit],
        question: str,
    ) -> None:
        self._support = support
        self._chunks = [as_evidence(hit.chunk) for hit in hits]  # what gives orders bears nothing out
        self._texts = [text_of(chunk) for chunk in self._chunks]
        self._words = [terms(chunk.text) for chunk in self._chunks]
        self._is_apart = cache(
            lambda claim, at: topic is not None and topic().is_apart(question, claim, self._chunks[at])
        )
        self._question = question
        self._beside: Beside | None = None
        self._judged: dict[str, tuple[Judged, int]] = {}
        self._by: dict[tuple[str, tuple[int, ...]], Check] = {}

    def verified(self, written: Verified) -> Verified:
        """The same with the Check of each sentence. A claim that its own sources do not bear out gets the marker of
        another one, if one hit alone bears it out wholly; one that passages of other documents contradict gets their
        markers, too. Raises ModelError where the encoder cannot be used.
        """
        sentences, used = written.sentences, written.used
        claims = [claimed(one.text, is_cited=bool(one.citations)) for one in sentences[:MOST_CLAIMS]]
        self._judge(claims)
        checked, numbers = [], {hit - 1: n for n, hit in enumerate(used, start=1)}
        for sentence, claim in zip(sentences, claims, strict=False):
            judged, n = self._judged[claim]
            case = _Case(claim, judged, n, self._chunks, self._words, numbers, written.calculations, self._by)
            checked.append(self._on_topic(_checked(sentence, case), case))
        checked += sentences[MOST_CLAIMS:]
        added = [(one.end, _added(one, old)) for one, old in zip(checked, sentences, strict=True)]
        text, ends = with_markers(written.text, added)
        moved = [replace(one, end=end) for one, end in zip(checked, ends, strict=True)]
        return Verified(text, tuple(moved), tuple(hit + 1 for hit in numbers))

    def so_far(self, written: Verified) -> Verified:
        """As `verified`: what it works out is not worked out again for the whole answer."""
        return self.verified(written)

    def _judge(self, claims: Sequence[str]) -> None:
        new = [claim for claim in dict.fromkeys(claims) if claim not in self._judged]
        if new:
            said = [written_out(claim, self._texts) for claim in new]
            if self._beside is None:
                self._beside = self._support().beside(self._texts, said)
            judged = self._beside.of(said)
            self._judged |= {claim: (judged, n) for n, claim in enumerate(new)}

    def _on_topic(self, sentence: Sentence, case: _Case) -> Sentence:
        """A claim that its passages bear out, but that is about something else than they and the question, was put
        there to be said: it does not count as borne out."""
        check = sentence.check
        if check is None or check.state not in {"supported", "partly"}:
            return sentence
        places = [at for at, n in case.numbers.items() if n in sentence.citations]
        if not places or not all(self._is_apart(case.claim, at) for at in places):
            return sentence
        results = worked(case.claim, case.calculations, [self._chunks[at].text for at in places])
        if adds_nothing(case.claim, results, [self._question, *(self._texts[at] for at in places)]):
            return sentence  # a result stands in no passage, which so says nothing like it
        findings = (*check.findings, Finding("topic", case.claim))
        return replace(sentence, check=Check("unsupported", check.chance, findings, against=check.against))


@dataclass(frozen=True, slots=True)
class _Case:
    """One claim, the n-th of those `judged`, and what may bear it out. `words`: the terms of each hit. `numbers`: the
    marker of each that has one; found ones are added. `kept`: what `by` has told."""

    claim: str
    judged: Judged
    n: int
    chunks: Sequence[Chunk]
    words: Sequence[frozenset[str]]
    numbers: dict[int, int]
    calculations: Sequence[Calculation]
    kept: dict[tuple[str, tuple[int, ...]], Check]

    def by(self, places: Sequence[int]) -> Check:
        """What the hits at these places make of it together."""
        key = (self.claim, tuple(places))
        if key not in self.kept:
            self.kept[key] = self._by(places)
        return self.kept[key]

    def _by(self, places: Sequence[int]) -> Check:
        evidence = [self.chunks[at] for at in places]
        known = "\n".join(f"{chunk.title}\n{chunk.heading}\n{chunk.context}" for chunk in evidence)
        texts = [chunk.text for chunk in evidence]
        found = compared(self.claim, texts, known) if places else Compared(())
        results = worked(self.claim, self.calculations, texts)
        wrong = tuple(without_worked(found.findings, results))
        derived = tuple({one.said: one for one in (*found.derived, *results)}.values())
        beyond = [word for one in derived for word in (one.said, *one.words)]
        chance = self.judged.chance(self.n, places, beyond)
        return Check(_state(self.claim, chance, wrong, " ".join(texts)), chance, wrong, derived)

    def likely(self, places: Sequence[int]) -> Sequence[int]:
        """Those of these hits that share most words with the claim."""
        wanted = terms(self.claim)
        return sorted(places, key=lambda at: -share(wanted, self.words[at]))[:_LIKELY]

    def number(self, at: int) -> int:
        """The marker of a hit; a new one where it has none."""
        return self.numbers.setdefault(at, len(self.numbers) + 1)

    def contradictions(self, places: Sequence[int], others: Sequence[int]) -> Iterator[tuple[int, Finding]]:
        """Markers of those of the others, in other documents, that say otherwise, and in what."""
        documents = {self.chunks[at].document_id for at in places}
        for at in others:
            if self.chunks[at].document_id not in documents:
                found = contradiction(self.claim, self.chunks[at].text)
                if found is not None:
                    yield self.number(at), found

    def quoted(self, check: Check, places: Sequence[int]) -> Check:
        """With the words that bear it out best."""
        best = max(places, key=lambda at: self.judged.chance(self.n, [at]), default=None)
        if best is None or check.state == "unsupported":
            return check
        chunk = self.chunks[best]
        start, end = best_support([self.claim], chunk.text)
        return replace(check, quote=(self.numbers[best], chunk.start + start, chunk.start + end))


def _checked(sentence: Sentence, case: _Case) -> Sentence:
    if not case.claim:
        return replace(sentence, check=Check("no claim"))
    by_number = {n: at for at, n in case.numbers.items()}
    places = [by_number[n] for n in sentence.citations]
    others = case.likely([at for at in range(len(case.chunks)) if at not in places])
    check = case.by(places)
    if check.state != "supported":
        other, at = max(((case.by([at]), at) for at in others), key=_rank, default=(check, -1))
        if other.state == "supported" and other.chance >= _FOUND:
            check = replace(other, is_found=True, against=tuple(case.contradictions([at], places)))
            places, others = [at], [one for one in others if one != at]
        elif check.state == "unsupported" and other.chance >= SUPPORTED:
            check = replace(check, findings=other.findings or check.findings)  # the passage that it was taken from
    found = [case.number(at) for at in places]
    check = case.quoted(check, places)
    if check.state == "supported":
        check = replace(check, against=(*check.against, *case.contradictions(places, others)))
    numbers = (*sentence.citations, *found, *(n for n, _ in check.against))
    return replace(sentence, citations=tuple(dict.fromkeys(numbers)), check=check)


def _rank(found: tuple[Check, int]) -> tuple[bool, float]:
    return found[0].state == "supported", found[0].chance


def _state(claim: str, chance: float, found: Sequence[Finding], evidence: str) -> State:
    if any(map(_is_denial, found)):
        return "unsupported"
    if found:
        n = exact_facts(claim)
        is_lone = not n and found[0].kind == "name"  # a single word with a capital, which may be no name
        few = (is_lone or len(found) <= _FEW_MISSING * n) and chance >= SUPPORTED
        return "partly" if few else "unsupported"
    if chance >= SUPPORTED:
        return "supported"
    if are_apart(claim, evidence):  # nothing but numbers and dates could be compared
        return "partly" if is_akin(claim, evidence) else "unsupported"
    # Half of its words stand there, or the encoder hardly knows the language: so it may be said in other words.
    is_near = share(terms(claim), terms(evidence)) >= _HALF or (bool(evidence) and is_german(f"{claim} {evidence}"))
    return "partly" if chance >= _NOT or is_near else "unsupported"


def _is_denial(finding: Finding) -> bool:
    """Whether the source says something else, and not only less."""
    return finding.kind == "negation" or bool(finding.instead)


def _added(sentence: Sentence, before: Sentence) -> Sequence[int]:
    """The markers that were found for a sentence."""
    return sentence.citations[len(before.citations) :]
