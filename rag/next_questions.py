"""What may be asked next, or first: questions made of passages, each answered by its own. Next, of those that were
found and not cited; first, of documents that nobody has asked about yet.

Nothing is asked of a chat model. A sentence that says what something is, or when something was done, is turned into a
question by its form; else a heading or a name that the answer does not speak of is asked about. English alone.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

from rag.embedding_text import SEPARATOR
from rag.inert import flat
from rag.instructions import why_orders
from rag.protocols import Reader
from rag.query.words import names_of
from rag.sentences import sentence_spans
from rag.types import Answer, Chunk, Hit, Turn
from rag.verification.languages import language
from rag.whole.quotes import Quote, quotes_of, stands_alone
from rag.whole.terms import share, terms

MOST = 3
SECONDS = 0.1
"""So long they may take after an answer; `python -m evals next SET` prints what they do take, and how often they are
answered."""
FIRST_SECONDS = 2.0
"""The same before the first question, beside the page."""
ANSWERED = 0.6
"""The chance, at least, that its passage answers a question. It is asked of all documents then, and other passages come
along; so this is more than what an answer needs."""
_LONGEST = 110
"""Characters, so that it fits on a button."""
_SAME = 0.6
"""Share of a question's words that another one has, from which on they ask the same."""
_MOST_HITS, _PER_HIT = 8, 2
_NAME = r"(?:The (?:[\w’'-]+ ){0,3}[\w’'-]+|[A-Z][\w’'-]*(?: (?:(?:of|the|and|de|von) )*[A-Z][\w’'-]*)*)"
_IS = re.compile(rf"({_NAME}) (is|are|was|were) (?:an?|the|one of|any|known as) \w+")
_DONE = re.compile(
    rf"({_NAME}) (was|were) (\w+ed|born|built|begun|made|written|sold|won|held|lost|cut|sent|put)\b[^.;]*?"
    r"\b(?:in|on|since|until) (?:\w+ )?(?:\d{1,2},? )?[12]\d{3}\b"
)
_POINTS = re.compile(
    r"(?:this|that|these|those|it|he|she|they|there|here|we|i|you|his|her|its|their|our|my|such|one|some|many|most|"
    r"what|who|when|where|which|how|if|both|each|all|another|other|although|while|however)\b",
    re.IGNORECASE,
)
"""A sentence that begins so speaks of something said before."""
_COUNTS = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|next|latter|former|same|only|main|other|one|two|three|four|five|six|"
    r"seven|eight|nine|ten|several|few|more|most|result|results|following|above|rest|(?:north|south|east|west) of)\b",
    re.IGNORECASE,
)
"""So does one that counts things."""
_OPEN = re.compile(r"\b(?:that|which|who|whom|whose|where|when|if|because|and|or|of|to|in|on)$", re.IGNORECASE)
"""A name that ends so is only the beginning of one: "The wing type that is used most"."""
_OF_WHICH = re.compile(r"\bof (?:the|this|that|an?) [a-z]")
"""So does what belongs to something without a name: "The title of the book"."""
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[A-Za-z][.)]|[IVX]+\.)\s+")
"""Of a section, before its heading."""
_INITIALS = re.compile(r"\b[^\W\d_]\.(?:[^\W\d_]\.?)*$")
"""A name that ends so is cut off: "Official P.F.A"."""
_HALF = 0.5
_BARE = re.compile(r"[^\w’' .,&()/-]")


def next_questions(
    answer: Answer,
    history: Sequence[Turn],
    reader: Reader,
    *,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[str, ...]:
    """At most MOST, best passages first; those that `reader` finds answered by the passage that each was made of.

    `history`: the turns before, whose questions are not put again. No reading is begun that would
    probably take longer than so many seconds in all.
    """
    if language(answer.question) not in {"", "en"}:
        return ()
    asked = [terms(one) for one in (answer.question, *(turn.question for turn in history))]
    return _answered(_candidates(answer), asked, reader, seconds, clock)


def first_questions(
    documents: Sequence[Sequence[Chunk]],
    reader: Reader,
    *,
    seconds: float = FIRST_SECONDS,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[str, ...]:
    """At most MOST of some passages of each document, as `next_questions` otherwise. Documents take turns; what the
    sentences of any say comes before the headings and names of all, of which each says anything."""
    rounds = (zip_longest(*(_of_document(one, way) for one in documents)) for way in (_of_sentences, _of_names))
    turns = (found for way in rounds for together in way for found in together if found is not None)
    return _answered(turns, [], reader, seconds, clock)


def _answered(
    candidates: Iterable[tuple[str, Hit]],
    asked: list[frozenset[str]],
    reader: Reader,
    seconds: float,
    clock: Callable[[], float],
) -> tuple[str, ...]:
    """The first MOST that their passages answer, none like another one or what was `asked` before."""
    now = clock()
    end, slowest = now + seconds, 0.0
    found: list[str] = []
    for question, hit in candidates:
        if any(_alike(terms(question), one) for one in asked):
            continue
        if len(found) == MOST or now + slowest >= end:
            break
        chance = reader.read(question, [hit]).answerability
        slowest, now = max(slowest, clock() - now), clock()
        if chance >= ANSWERED:
            found.append(question)
            asked.append(terms(question))
    return tuple(found)


def _candidates(answer: Answer) -> Iterator[tuple[str, Hit]]:
    """Passages take turns, so that not all is asked of one."""
    cited = {citation.chunk.id for citation in answer.citations}
    rest = [hit for hit in answer.hits if hit.chunk.id not in cited and _is_near(hit.chunk, answer)][:_MOST_HITS]
    said = terms(f"{answer.question} {answer.text}")
    made = [(hit, list(_made_of(hit.chunk, said))) for hit in rest]
    for n in range(_PER_HIT):
        yield from ((questions[n], hit) for hit, questions in made if n < len(questions))


def _is_near(chunk: Chunk, answer: Answer) -> bool:
    """Whether its document is cited, or it has a word of what was asked; all are where an answer cites nothing."""
    if not answer.citations and not answer.refused:
        return True
    own = {citation.chunk.document_id for citation in answer.citations}
    return chunk.document_id in own or bool(terms(answer.question) & terms(f"{chunk.heading} {chunk.text}"))


def _of_document(chunks: Sequence[Chunk], way: Callable[[Chunk], Iterator[str]]) -> Iterator[tuple[str, Hit]]:
    return ((question, Hit(chunk, 0.0, "dense")) for chunk in chunks for question in _made_of(chunk, frozenset(), way))


def _made_of(chunk: Chunk, said: frozenset[str], *ways: Callable[[Chunk], Iterator[str]]) -> Iterator[str]:
    """In these ways, or in all."""
    if why_orders(chunk) or language(chunk.text) != "en":
        return
    for question in dict.fromkeys(question for way in ways or (_of_sentences, _of_names) for question in way(chunk)):
        line = flat(question)
        if len(line) <= _LONGEST and terms(line) - said:
            yield line


def _of_sentences(chunk: Chunk) -> Iterator[str]:
    for start, end in sentence_spans(chunk.text):
        sentence = " ".join(chunk.text[start:end].split())
        if _POINTS.match(sentence):
            continue
        if (found := _DONE.match(sentence)) and _is_subject(found[1], chunk.text):
            yield f"When {found[2]} {_within(found[1])} {found[3]}?"
        elif (found := _IS.match(sentence)) and _is_subject(found[1], chunk.text):
            yield f"What {found[2]} {_within(found[1])}?"


def _of_names(chunk: Chunk) -> Iterator[str]:
    """Its heading, where that says more than one word and its sentences speak of it, and the names that it speaks of
    most."""
    quotes = quotes_of(chunk)
    heading = chunk.heading.split(SEPARATOR)[-1].strip()
    plain = _spoken(_NUMBER.sub("", heading), chunk.text)
    if plain.endswith("?"):
        yield plain
    elif heading != chunk.title and _is_plain(plain) and _is_spoken_of(plain, quotes):
        yield f"What is said about {plain}?"
    prose = " ".join(quote.text for quote in quotes if stands_alone(quote))
    names = [name for name in names_of(prose) if len(name.split()) > 1 and _is_plain(name) and _is_whole(name, prose)]
    yield from (f"What is said about {name}?" for name in sorted(names, key=lambda name: -prose.count(name))[:2])


def _is_whole(name: str, text: str) -> bool:
    """Whether it does not end with an initial: "James M" of "James M. Ross"."""
    return len(name.rsplit(maxsplit=1)[-1]) > 1 or f"{name}." not in text


def _is_spoken_of(heading: str, quotes: Sequence[Quote]) -> bool:
    """Whether it says two words, and sentences below it half of them: "For Further Reading" and "External links" do
    not."""
    wanted = terms(heading)
    said = terms(" ".join(quote.text for quote in quotes))
    return len(wanted) > 1 and share(wanted, said) >= _HALF


def _spoken(heading: str, text: str) -> str:
    """A heading in capitals as it stands within a sentence, abbreviations of the text still in capitals."""
    if not heading.isupper():
        return heading
    said = {word for line in text.splitlines() if not line.isupper() for word in line.split()}
    return " ".join(word if word in said else word.lower() for word in heading.split())


def _is_subject(name: str, text: str) -> bool:
    """Whether it names something by itself: a capital at the start of a sentence alone makes no name."""
    if not _is_plain(name) or _COUNTS.search(name) or _OPEN.search(name) or _OF_WHICH.search(name):
        return False
    return " " in name or (text.count(name) > 1 and not re.search(rf"\b{re.escape(name.lower())}\b", text))


def _is_plain(name: str) -> bool:
    is_whole = not _BARE.search(name) and not _INITIALS.search(name)
    return bool(terms(name)) and is_whole and not _POINTS.match(name)


def _within(name: str) -> str:
    """As it stands within a sentence."""
    first, _, rest = name.partition(" ")
    return f"{first.lower()} {rest}" if rest and first in {"The", "A", "An"} else name


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME * max(1, min(len(one), len(other)))
