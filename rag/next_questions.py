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

from rag.bibliography import entries
from rag.embedding_text import SEPARATOR
from rag.inert import flat
from rag.instructions import why_orders
from rag.protocols import Reader
from rag.query.words import names_of
from rag.sentences import sentence_spans
from rag.types import Answer, Chunk, Hit, Turn
from rag.verification.languages import language
from rag.whole.quotes import Quote, quotes_of, stands_alone
from rag.whole.terms import is_telling, share, terms

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
_BY = re.compile(
    rf"({_NAME}) (?:was|were) (\w+ed|built|made|held|sold|won|lost|sent|led|found|written|begun) by (?:the )?[A-Z]\w"
)
_PAST = {"written": "wrote", "begun": "began"}
_HAS = re.compile(
    rf"({_NAME}) (has|have|had) (?:about |around |over |nearly |almost |up to |more than )?"
    r"(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) ((?:[a-z]+ )?[a-z]+s)\b"
)
_DO = {"has": "does", "have": "do", "had": "did"}
_PLACED = re.compile(
    rf"({_NAME}) (is|are|was|were) (located|situated|based|kept|set) (?:in|on|at|near|between|along)\b"
)
_LIES = re.compile(rf"({_NAME}) (lie|stand)s (?:in|on|at|near|between|along)\b")
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
_FORMS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (_DONE, lambda name, was, done: f"When {was} {name} {done}?"),
    (_BY, lambda name, done: f"Who {_PAST.get(done, done)} {name}?"),
    (_HAS, lambda name, has, things: f"How many {things} {_DO[has]} {name} have?"),
    (_PLACED, lambda name, was, put: f"Where {was} {name} {put}?"),
    (_LIES, lambda name, lie: f"Where does {name} {lie}?"),
    (_IS, lambda name, was: f"What {was} {name}?"),
)
"""What a sentence looks like, and the question made of its groups, the first of them a name."""
_OPEN = re.compile(r"\b(?:that|which|who|whom|whose|where|when|if|because|and|or|of|to|in|on)$", re.IGNORECASE)
"""A name that ends so is only the beginning of one: "The wing type that is used most"."""
_OF_WHICH = re.compile(r"\bof (?:the|this|that|an?) [a-z]")
"""So does what belongs to something without a name: "The title of the book"."""
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[A-Za-z][.)]|[IVX]+\.)\s+")
"""Of a section, before its heading."""
_INITIALS = re.compile(r"\b[^\W\d_]\.(?:[^\W\d_]\.?)*$")
"""A name that ends so is cut off: "Official P.F.A"."""
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*\Z")
_PLAIN = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
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
    """Whether its document is cited, or it has half the words of what was asked, or a name; all are where an answer
    cites nothing. A single word may say anything: a self-locking nut has nothing to do with locked offices."""
    if not answer.citations and not answer.refused:
        return True
    own = {citation.chunk.document_id for citation in answer.citations}
    said = terms(f"{chunk.heading} {chunk.text}")
    is_named = any(terms(name) <= said for name in names_of(answer.question))
    return chunk.document_id in own or is_named or share(terms(answer.question), said) >= _HALF


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
        for form, made in _FORMS:
            if (found := form.match(sentence)) and _is_subject(found[1], chunk.text):
                yield made(_within(found[1]), *found.groups()[1:])
                break


def _of_names(chunk: Chunk) -> Iterator[str]:
    """Its heading, where that says more than one word and its sentences speak of it, and the names that it speaks of
    most."""
    listed = entries(chunk)
    quotes = [one for one in quotes_of(chunk) if not _is_within(one, listed)]
    heading = chunk.heading.split(SEPARATOR)[-1].strip()
    plain = _spoken(_NUMBER.sub("", heading), chunk.text)
    if plain.endswith("?"):
        yield plain
    elif heading != chunk.title and _is_plain(plain) and _is_spoken_of(plain, quotes):
        yield f"What is said about {plain}?"
    prose = " ".join(quote.text for quote in quotes if stands_alone(quote))
    names = [name for name in names_of(prose) if len(name.split()) > 1 and _is_plain(name) and _is_whole(name, prose)]
    for name in sorted(names, key=lambda name: -prose.count(name))[:2]:
        yield f"What is said about {_with_article(name, prose)}?"


def _with_article(name: str, prose: str) -> str:
    """As its sentences have it: "the English Channel"."""
    return f"the {name}" if re.search(rf"\b[Tt]he {re.escape(name)}\b(?!['’])", prose) else name


def _is_within(quote: Quote, spans: Sequence[tuple[int, int]]) -> bool:
    start, end = quote.start - quote.chunk.start, quote.end - quote.chunk.start
    return any(first <= start and end <= last for first, last in spans)


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
    """A heading as it stands within a sentence, without brackets behind it: words in lower case that are so in the
    text, and with them those that are not there unless another word of it is a name; of one in capitals alone all that
    are not written so in the text."""
    heading = _BRACKETS.sub("", heading)
    said = {word for line in text.splitlines() if not line.isupper() for word in _PLAIN.findall(line)}
    wanted = _PLAIN.findall(heading)
    if heading.isupper():
        low = {word for word in wanted if word not in said}
    else:
        capitals = [word for word in wanted if word[:1].isupper()]
        low = {word for word in capitals if word.lower() in said}
        names = [word for word in capitals if word in said and word not in low]
        low |= set(capitals) if any(is_telling(word.lower()) for word in low) and not names else set()
    return _PLAIN.sub(lambda word: word[0].lower() if word[0] in low else word[0], heading)


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
