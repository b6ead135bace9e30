"""What an answer says of other versions: what the older one says instead, or that nobody knows which one holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.sentences import sentence_spans
from rag.types import Answer, Chunk, Citation, Hit, Sentence
from rag.verification.aligning import Alignment, Span, aligned
from rag.verification.comparing import telling_stems
from rag.verification.negation import denies
from rag.verification.nouns import Check, Finding
from rag.verification.quantities import quantities
from rag.versions.names import version_name
from rag.versions.nouns import Twin
from rag.whole.terms import is_telling, share, words

_ALIKE = 0.6
"""Share of a sentence's words in their order that one of the other version has, where they are the same sentence."""
_LONGEST = 60
"""Characters of what is said instead; of more the whole sentence is told."""
_SENTENCE = 160
_ASKED = 0.5
"""Share of the question's words with which a sentence beside one that has all says what was asked, too."""
_MOST = 3
"""Differences that are told of one version."""
_CONTRADICTING = "Your documents contradict each other: the sentences are marked."


@dataclass(frozen=True, slots=True)
class Difference:
    """What another version says in the place of a sentence; `start:end` are characters of its passage's text."""

    said: str
    instead: str
    start: int
    end: int

    def __str__(self) -> str:
        if not self.said:
            return f"“{self.instead}”"
        return f"{self.instead} instead of {self.said}" if self.instead else f"it without “{self.said}”"


def with_versions(answer: Answer, twins: Sequence[Twin]) -> Answer:
    """The answer with a note on each newer version that it is taken from where the older one says something else, and
    with that passage among its hits; where nobody knows which is newer, the sentence is marked as contradicted."""
    by_chunk = defaultdict[int, list[Twin]](list)
    for twin in twins:
        by_chunk[twin.kept].append(twin)
    if not any(citation.chunk.id in by_chunk for citation in answer.citations):
        return answer
    found = list(_differences(answer, by_chunk))
    known = [one for one in found if one.twin.is_older]
    answer = replace(answer, hits=_joined(answer.hits, [one.twin.other for one in found]))
    answer = _contradicted(answer, [one for one in found if not one.twin.is_older])
    notice = " ".join(filter(None, (_note(known, is_written=bool(answer.model)), answer.notice)))
    return replace(answer, notice=notice)


def difference(sentence: str, passage: str) -> Difference | None:
    """What a passage says in the place of a sentence; None where it says that, too, or nothing of the kind."""
    plain = " ".join(words(sentence))
    compared = []
    for start, end in sentence_spans(passage):
        if " ".join(words(passage[start:end])) == plain:
            return None
        compared.append((aligned(sentence, passage[start:end]), start, end))
    best, start, end = max(compared, key=lambda one: one[0].share, default=(Alignment(0.0, ()), 0, 0))
    if best.share < _ALIKE:
        return None
    return _difference(sentence, passage[start:end], best, start)


@dataclass(frozen=True, slots=True)
class _Found:
    sentence: int
    citation: Citation
    twin: Twin
    what: Difference


def _differences(answer: Answer, twins: dict[int, list[Twin]]) -> Iterator[_Found]:
    by_number = {citation.n: citation for citation in answer.citations}
    for at in _asked_for(answer):
        sentence = answer.sentences[at]
        for citation in (by_number[n] for n in sentence.citations if n in by_number):
            for twin in twins.get(citation.chunk.id, ()):
                what = difference(_quote(sentence, citation), twin.other.chunk.text)
                if what is not None:
                    yield _Found(at, citation, twin, what)


def _asked_for(answer: Answer) -> list[int]:
    """Which sentences say what was asked: where a quoted one has all of the question's words, those that have half of
    them, since others are quoted for what stands around them."""
    if answer.model:
        return list(range(len(answer.sentences)))
    question = telling_stems(answer.question)
    shares = [share(question, telling_stems(sentence.text)) for sentence in answer.sentences]
    return [at for at, part in enumerate(shares) if part >= _ASKED or max(shares) < 1]


def _quote(sentence: Sentence, citation: Citation) -> str:
    """The words of the source on which the sentence rests."""
    place = None if sentence.check is None else sentence.check.quote
    if place is None or place[0] != citation.n:
        return citation.quote
    return citation.chunk.text[place[1] - citation.chunk.start : place[2] - citation.chunk.start]


def _difference(sentence: str, other: str, beside: Alignment, start: int) -> Difference | None:
    """By the first of the changes that says something; by all of the other sentence where they are many or long."""
    telling = [one for one in beside.changes if _is_telling(sentence, one.said) or _is_telling(other, one.there)]
    if not telling:
        return None
    said, there = telling[0].said, telling[0].there
    whole = (start, start + len(other))
    if len(telling) > 1 or max(said[1] - said[0], there[1] - there[0]) > _LONGEST or there[0] == there[1] == said[0]:
        return Difference("", _short(other), *whole)
    return Difference(sentence[slice(*said)], _with_unit(other, there), *whole)


def _is_telling(text: str, span: Span) -> bool:
    part = text[slice(*span)]
    return denies(part) or any(is_telling(word) or word.isdecimal() for word in words(part)) or any(quantities(part))


def _with_unit(text: str, span: Span) -> str:
    """The words with the one behind them, where they are a number alone: "20 days"."""
    said = text[slice(*span)]
    behind = text[span[1] :].split(maxsplit=1)
    is_number = said.replace(".", "").replace(",", "").isdecimal()
    follows = is_number and behind and text[span[1] : span[1] + 1].isspace() and behind[0].strip(".,;:").isalpha()
    return f"{said} {behind[0].strip('.,;:')}" if follows else said


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SENTENCE else flat[:_SENTENCE].rsplit(" ", 1)[0] + " …"


def _note(found: Sequence[_Found], *, is_written: bool) -> str:
    """A sentence for each newer version, with what its older ones say."""
    by_newer = defaultdict[str, dict[str, list[str]]](lambda: defaultdict(list))
    for one in found:
        told = by_newer[_name(one.citation.chunk)][_name(one.twin.other.chunk)]
        told += [str(one.what)] if str(one.what) not in told and len(told) < _MOST else []
    used = "followed" if is_written else "quoted"
    return " ".join(
        f"{'Two' if len(older) == 1 else len(older) + 1} versions say different things: «{newer}» (newer) is {used}; "
        + "; ".join(f"«{name}» says {', and '.join(told)}" for name, told in older.items())
        + "."
        for newer, older in by_newer.items()
    )


def _name(chunk: Chunk) -> str:
    return version_name(chunk.source).file


def _contradicted(answer: Answer, found: Sequence[_Found]) -> Answer:
    """With a citation of each passage that says otherwise, and the sentences marked, unless they are so already."""
    if not found:
        return answer
    sentences, citations = list(answer.sentences), list(answer.citations)
    for one in found:
        chunk = one.twin.other.chunk
        n = next((c.n for c in citations if c.chunk.id == chunk.id), 0)
        if not n:
            n = max(c.n for c in citations) + 1
            citations.append(Citation(n, chunk, chunk.start + one.what.start, chunk.start + one.what.end))
        sentences[one.sentence] = _marked(sentences[one.sentence], n, one.what)
    text = answer.text if answer.model else _as_text(sentences)
    notice = " ".join(dict.fromkeys(filter(None, (answer.notice, _CONTRADICTING))))
    notice = answer.notice if _CONTRADICTING in answer.notice else notice
    return replace(answer, text=text, sentences=tuple(sentences), citations=tuple(citations), notice=notice)


def _as_text(sentences: Sequence[Sentence]) -> str:
    return " ".join(one.text + " " + "".join(f"[{n}]" for n in one.citations) for one in sentences)


def _marked(sentence: Sentence, n: int, what: Difference) -> Sentence:
    check = sentence.check or Check("supported", 1.0)
    if any(number == n for number, _ in check.against):
        return sentence
    finding = Finding("number" if any(quantities(what.said)) else "word", what.said or sentence.text, what.instead)
    cited = tuple(dict.fromkeys((*sentence.citations, n)))
    return replace(sentence, citations=cited, check=replace(check, against=(*check.against, (n, finding))))


def _joined(hits: Sequence[Hit], others: Sequence[Hit]) -> tuple[Hit, ...]:
    known = {hit.chunk.id for hit in hits}
    return (*hits, *{hit.chunk.id: hit for hit in others if hit.chunk.id not in known}.values())
