"""How often the newer of several versions answers, says what the older ones say, and leaves other documents alone.

Three versions are made of the documents of a set: in each the answer to some of its questions is another one.
"""

from __future__ import annotations

import random
import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from app.wiring import THRESHOLD
from evals.corpora import COLLECTION, CachedLibrary, documents_of
from evals.datasets import Dataset, Passage, Query
from indexes.late_weights import late_reader
from indexes.library import Library
from ingest.pipeline import Pipeline
from rag.answerer import Answerer
from rag.query.finder import Finder
from rag.retriever import Retriever
from rag.settings import Settings
from rag.types import Answer

YEARS = (2021, 2023, 2025)
_HITS = 8
_OF_EACH = 3
"""Answers of a document that are other ones in its versions."""
_MOST_PASSAGES = 5
"""Of a document."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Changed:
    """A question to which each version has another answer, or, where they are the same, all have one."""

    query: Query
    document: str
    answers: Mapping[int, str]

    @property
    def is_changed(self) -> bool:
        return len(set(self.answers.values())) > 1


@dataclass(slots=True)
class Counts:
    """Answered questions, and how many of their answers were right."""

    n: int = 0
    right: int = 0

    def count(self, is_right: bool) -> None:  # noqa: FBT001
        self.n, self.right = self.n + 1, self.right + is_right

    def __str__(self) -> str:
        return f"{self.right} of {self.n} ({self.right / max(1, self.n):.1%})"


@dataclass(slots=True)
class Measured:
    """What came of asking; every question that was answered at all."""

    newest: Counts = field(default_factory=Counts)
    """Of changed answers: only the newest version is cited."""
    told: Counts = field(default_factory=Counts)
    """Of those whose answer has the changed one: the note has the two others."""
    same: Counts = field(default_factory=Counts)
    """Of answers that no version changed: only the newest version is cited."""
    silent: Counts = field(default_factory=Counts)
    """Of those of which no sentence is another one in other versions: there is no note."""
    by_year: Counts = field(default_factory=Counts)
    """Of questions that name the year of an older version: only that is cited."""
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What the choice between versions does to a set that has none."""

    n: int
    n_notes: int
    n_moved: int
    """Questions of which other passages are read."""
    ms: float
    ms_without: float


def made(dataset: Dataset, n: int, seed: int = 0) -> tuple[list[Passage], list[Changed]]:
    """Three versions of `n` documents at most, and questions to them."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    documents = _documents(dataset)
    asked = _asked(dataset)
    pool = [query.answers[0] for queries in asked.values() for query in queries if _is_name(query.answers[0])]
    passages, questions = list[Passage](), list[Changed]()
    for name in rng.sample(sorted(documents), min(n, len(documents))):
        texts = {passage.id: passage.text for passage in documents[name]}
        queries = [(id, query) for id in texts for query in asked.get(id, ()) if texts[id].count(query.answers[0]) == 1]
        rng.shuffle(queries)
        changed = dict[str, Changed]()
        for id, query in queries:
            said = query.answers[0]
            if len(changed) < _OF_EACH and id not in changed and (_is_name(said) or _is_number(said)):
                changed[id] = Changed(query, name, _answers(said, pool, rng))
        versions = {year: "\n\n".join(_of_year(texts[id], changed.get(id), year) for id in texts) for year in YEARS}
        passages += [Passage(f"{name} {year}.txt", name, text) for year, text in versions.items()]
        others = (query for id, query in queries if id not in changed or query is not changed[id].query)
        same = [query for query in others if all(query.answers[0] in text for text in versions.values())]
        questions += [*changed.values(), *(_unchanged(query, name) for query in same[:_OF_EACH])]
    return passages, questions


def _of_year(text: str, changed: Changed | None, year: int) -> str:
    return text if changed is None else text.replace(changed.query.answers[0], changed.answers[year])


def _unchanged(query: Query, document: str) -> Changed:
    return Changed(query, document, dict.fromkeys(YEARS, query.answers[0]))


def measure(passages: Sequence[Passage], questions: Sequence[Changed], home: Path, cache: Path) -> Measured:
    """Ask them all, plainly and by year."""
    library = taken_in(passages, home, cache)
    answerer, found = Answerer(Finder(library.retriever), late_reader(), k=_HITS, threshold=THRESHOLD), Measured()
    try:
        changed = {one.answers[YEARS[-1]] for one in questions if one.is_changed}
        for question in questions:
            _count(found, question, changed, answerer)
    finally:
        library.close()
    return found


def ordinary(dataset: Dataset, n: int, home: Path, cache: Path, seed: int = 0) -> Ordinary:
    """Ask `n` of the set's own questions, its passages named by their titles as copies are: "Title (2).txt"."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    seen = defaultdict[str, int](int)
    passages = []
    for passage in dataset.corpus():
        name = _plain(passage.title or " ".join(passage.text.split()[:5]))
        seen[name] += 1
        passages.append(replace(passage, id=f"{name} ({seen[name]}).txt" if seen[name] > 1 else f"{name}.txt"))
    library = taken_in(passages, home, cache)
    try:
        queries = [query.text for query in rng.sample(list(dataset.queries), min(n, len(dataset.queries)))]
        with_choice, without = library.retriever, _without(library)
        rows = [_both(text, with_choice, without) for text in queries]
        answerer = Answerer(Finder(with_choice), late_reader(), k=_HITS, threshold=THRESHOLD)
        n_notes = sum("versions say" in answerer.ask(text).notice for text in queries)
    finally:
        library.close()
    moved = sum(row[0] for row in rows)
    return Ordinary(len(rows), n_notes, moved, median(row[1] for row in rows), median(row[2] for row in rows))


def taken_in(passages: Sequence[Passage], home: Path, cache: Path) -> Library:
    """A library of these passages, each a document."""
    library = CachedLibrary(Settings(home=home), cache)
    for outcome in Pipeline(library, COLLECTION).take_in(documents_of(passages)):
        if outcome.state == "failed":
            raise ValueError(f"{outcome.source}: {outcome.reason}")
    return library


def _without(library: Library) -> Retriever:
    reads = library.embedder.reads
    rules = {"rules": library.query_rules, "weight": library.weight, "reranker": library.reranker, "reads": reads}
    return Retriever(library.dense, library.keyword, library.catalogue, **rules)  # type: ignore[arg-type]


def _both(question: str, one: Retriever, other: Retriever) -> tuple[bool, float, float]:
    (first, ms), (second, ms_other) = _timed(one, question), _timed(other, question)
    return first != second, ms, ms_other


def _timed(retriever: Retriever, question: str) -> tuple[list[int], float]:
    retriever.retrieve(question, _HITS)  # so that neither pays for what is kept from question to question
    start = time.perf_counter()
    hits = retriever.retrieve(question, _HITS).hits
    return [hit.chunk.id for hit in hits], (time.perf_counter() - start) * 1000


def _count(found: Measured, question: Changed, changed: Collection[str], answerer: Answerer) -> None:
    answer = answerer.ask(question.query.text)
    if answer.refused or not _is_about(answer, question):
        found.unanswered += 1
    elif question.is_changed:
        found.newest.count(_cited(answer) == {f"{question.document} {YEARS[-1]}.txt"})
        if question.answers[YEARS[-1]] in answer.text:
            found.told.count(all(_told(question.answers[year]) in answer.notice for year in YEARS[:-1]))
    else:
        found.same.count(_cited(answer) == {f"{question.document} {YEARS[-1]}.txt"})
        if not any(one in answer.text for one in changed):
            found.silent.count("versions" not in answer.notice)
    for year in YEARS[:-1] if question.is_changed else ():
        answer = answerer.ask(f"{question.query.text.rstrip('?. ')} in {year}?")
        if not answer.refused and _is_about(answer, question):
            found.by_year.count(_cited(answer) == {f"{question.document} {year}.txt"})


def _told(answer: str) -> str:
    """What a note says of an answer: of a number the number alone."""
    number = re.search(r"\d[\d.,]*\d|\d", answer)
    return answer if number is None else number[0]


def _cited(answer: Answer) -> set[str]:
    return {citation.chunk.source for citation in answer.citations[:1]}


def _is_about(answer: Answer, question: Changed) -> bool:
    return any(source.startswith(f"{question.document} 20") for source in _cited(answer))


def _documents(dataset: Dataset) -> dict[str, list[Passage]]:
    """By their titles; a passage without one is a document of its own."""
    found = defaultdict[str, list[Passage]](list)
    for passage in dataset.corpus():
        of = found[_plain(passage.title or " ".join(passage.text.split()[:5]))]
        if len(of) < _MOST_PASSAGES:
            of.append(passage)
    return found


def _asked(dataset: Dataset) -> Mapping[str, list[Query]]:
    found = defaultdict[str, list[Query]](list)
    for query in dataset.queries:
        for id, grade in dataset.qrels.get(query.id, {}).items():
            if grade > 0 and query.answers:
                found[id].append(query)
    return found


def _plain(name: str) -> str:
    """A name without what would itself look like a version."""
    return " ".join(word for word in _WORD.findall(name) if not word.isdecimal())[:60].strip() or "text"


def _answers(said: str, pool: Sequence[str], rng: random.Random) -> Mapping[int, str]:
    others: Iterator[str]
    if _is_number(said):
        others = iter([_moved(said, 3), _moved(said, 5)])
    else:
        others = iter(rng.sample([name for name in pool if name not in said and said not in name], 2))
    return {year: said if year == YEARS[1] else next(others) for year in YEARS}


def _moved(number: str, by: int) -> str:
    """Every digit another one, none a nought that was none."""
    return "".join(str((int(sign) - 1 + by) % 9 + 1) if sign in "123456789" else sign for sign in number)


def _is_number(answer: str) -> bool:
    return any(sign in "123456789" for sign in answer) and len(answer) < 20


def _is_name(answer: str) -> bool:
    return len(answer) > 3 and len(answer.split()) < 4 and all(word[:1].isupper() for word in answer.split())
