"""What the models learn from: questions with passages that answer and near ones that do not, as pieces."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.answer_words import contains_answer
from evals.corpora import Corpus
from evals.datasets import Dataset, Query
from evals.refusal import cases_of
from evals.relevance import Relevance, relevance_of
from indexes.library import Library
from indexes.word_pieces import WordPieces
from rag.embedding_text import text_of
from rag.interaction import Spans
from rag.pieces import PieceIds
from rag.retriever import Retriever
from rag.types import Chunk, Hit
from training.cloze import clozes
from training.held import is_held_out, is_held_out_case
from training.ranked import Ranked

Told = Callable[[str], None]

_NEAR = 16
"""Hits among which the passages are that do not answer."""
_ASKED_ABOUT = 3
"""The passage that a question without an answer was asked about, and those nearest to the question."""
MADE = 2
"""Questions made from a passage, at most, unless other numbers are asked for."""
_OTHERS = 8
"""Contexts of other cases beside those of a case that answer."""
_SAID = 3
"""How often a case comes in a round: there are few."""
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Task:
    """A question: chunks that answer it, near ones that do not, and its answers."""

    question: PieceIds
    good: Sequence[int]
    """None where nothing answers."""
    bad: Sequence[int]
    answers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mined:
    """The tasks of a set, and the chunks that they name."""

    name: str
    tasks: Sequence[Task]
    chunks: Mapping[int, Chunk]
    pieces: Mapping[int, tuple[PieceIds, Spans]]
    """Of each chunk with its headings, numbers and characters."""

    def marks(self, chunk_id: int, answers: Sequence[str]) -> list[tuple[int, int]]:
        """First and last piece of wherever an answer stands in a chunk."""
        chunk = self.chunks[chunk_id]
        text = text_of(chunk)
        return marks_of(text, len(text) - len(chunk.text), self.pieces[chunk_id][1], answers)


def marks_of(text: str, start: int, offsets: Spans, answers: Sequence[str]) -> list[tuple[int, int]]:
    """First and last piece of wherever an answer stands as whole words in `text`, from character `start` on."""
    lowered, found = text.lower(), set()
    for answer in answers:
        wanted = answer.strip().lower().rstrip(".,;:!?")
        at = lowered.find(wanted, start) if wanted else -1
        while at >= 0:
            end = at + len(wanted)
            first = int(np.searchsorted(offsets[:, 1], at, "right"))
            last = int(np.searchsorted(offsets[:, 0], end, "left")) - 1
            if _are_words(lowered, at, end) and first < len(offsets) and last >= first:
                found.add((first, last))
            at = lowered.find(wanted, at + 1)
    return sorted(found)


def _are_words(text: str, start: int, end: int) -> bool:
    inside_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    inside_after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not inside_before and not inside_after


def mined(  # noqa: PLR0913
    dataset: Dataset,
    corpus: Corpus,
    tokenizer: WordPieces,
    kept: Path,
    told: Told,
    *,
    ranked: Ranked,
    n_made: int = MADE,
) -> Mined:
    """The questions of a set that are not held out, with what Footnote finds for them, as `ranked` orders it; ids are
    kept in a file.

    Those that nothing answers teach, too, where the set tells what they were asked about.
    """
    library = corpus.library
    known = [one for one in dataset.queries if one.is_answerable or one.about]
    queries = [one for one in known if not is_held_out(dataset, one)]
    rows = _rows(dataset, library, queries, kept, told, ranked)
    ids = sorted({number for good, bad in rows.values() for number in (*good, *bad)})
    chunks = library.catalogue.chunks(ids)
    pieces = dict(zip(chunks, _pieces(tokenizer, [text_of(chunk) for chunk in chunks.values()]), strict=True))
    asked = [query for query in queries if query.id in rows and rows[query.id][1]]
    questions = _pieces(tokenizer, [query.text for query in asked])
    tasks = [Task(own, *rows[query.id], query.answers) for query, (own, _) in zip(asked, questions, strict=True)]
    return Mined(dataset.name, [*tasks, *made_tasks(tasks, chunks, tokenizer, n_made)], chunks, pieces)


def mined_cases(answered: Path, unanswered: Path, tokenizer: WordPieces) -> Mined:
    """The cases written for refusing that are not held out: beside contexts that answer stand those of other cases, and
    beside a question that nothing answers nothing but its own contexts. Raises InputError for files of another form.
    """
    written = [(*one, True) for one in cases_of(answered)] + [(*one, False) for one in cases_of(unanswered)]
    known = [case for case in written if not is_held_out_case(case[0])]
    chunks: dict[int, Chunk] = {}
    own: list[list[int]] = []
    for _, hits, _ in known:
        own.append(list(range(len(chunks), len(chunks) + len(hits))))
        chunks |= dict(zip(own[-1], (hit.chunk for hit in hits), strict=True))
    questions = [ids for ids, _ in _pieces(tokenizer, [question for question, _, _ in known])]
    chance, tasks = random.Random(5), []  # noqa: S311
    for (_, _, answers), asked, contexts in zip(known, questions, own, strict=True):
        others = sorted(chunks.keys() - set(contexts))
        tasks.append(
            Task(asked, contexts, chance.sample(others, _OTHERS), ()) if answers else Task(asked, (), contexts, ())
        )
    pieces = dict(zip(chunks, _pieces(tokenizer, [text_of(chunk) for chunk in chunks.values()]), strict=True))
    return Mined("cases", tasks * _SAID, chunks, pieces)


def made_tasks(
    tasks: Sequence[Task], chunks: Mapping[int, Chunk], tokenizer: WordPieces, n_made: int = MADE
) -> list[Task]:
    """Made questions on each passage that answers some task, beside the passages that are near that one."""
    near = {task.good[0]: task.bad for task in tasks if task.good}
    chance, found = random.Random(5), []  # noqa: S311
    for good, others in near.items():
        for one in clozes(chunks[good], n_made, chance):
            bad = [other for other in others if not contains_answer(chunks[other].text, [one.answer])]
            found.append((one, good, bad))
    questions = _pieces(tokenizer, [one.question for one, _, _ in found])
    return [Task(own, [good], bad, [one.answer]) for (one, good, bad), (own, _) in zip(found, questions, strict=True)]


def _pieces(tokenizer: WordPieces, texts: Sequence[str]) -> list[tuple[PieceIds, Spans]]:
    return [(np.array(ids, dtype=np.int32), spans) for ids, spans in tokenizer.pieces(texts)] if texts else []


Row = tuple[list[int], list[int]]
"""Chunks that answer, and near ones that do not."""


def _rows(  # noqa: PLR0913, PLR0917
    dataset: Dataset, library: Library, queries: Sequence[Query], kept: Path, told: Told, ranked: Ranked
) -> dict[str, Row]:
    if kept.exists():
        return {key: (good, bad) for key, (good, bad) in json.loads(kept.read_text("utf-8")).items()}
    relevance = relevance_of(dataset, library)
    parts = (library.dense, library.keyword, library.catalogue)
    retriever = Retriever(*parts, weight=library.weight, reads=library.embedder.reads)
    chunks_of: dict[str, list[int]] = {}
    for chunk_id, name in relevance.units.items():
        chunks_of.setdefault(name, []).append(chunk_id)
    rows: dict[str, Row] = {}
    for at, query in enumerate(queries):
        hits = ranked(query.text, retriever.retrieve(query.text, _NEAR).hits)
        if not query.is_answerable:
            rows[query.id] = [], _asked_about(chunks_of.get(query.about, []), hits)
        elif (row := _answering(query, hits, relevance, chunks_of))[0]:
            rows[query.id] = row
        if at % _SHOWN == 0:
            told(f"{dataset.name}: {at:,} of {len(queries):,} questions searched")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(rows), "utf-8")
    return rows


def _asked_about(own: Sequence[int], hits: Sequence[Hit]) -> list[int]:
    near = [hit.chunk.id for hit in hits if hit.chunk.id not in own]
    return [*own, *near][:_ASKED_ABOUT]


def _answering(query: Query, hits: Sequence[Hit], relevance: Relevance, chunks_of: Mapping[str, Sequence[int]]) -> Row:
    """What was not found teaches, too."""
    good, bad = _told_apart(query, hits, relevance)
    right = [name for name, grade in relevance.qrels[query.id].items() if grade > 0]
    return good or [number for name in right for number in chunks_of.get(name, [])], bad


def _told_apart(query: Query, hits: Sequence[Hit], relevance: Relevance) -> Row:
    """Right hits that hold an answer, and wrong ones that hold none; what is in between teaches nothing."""
    good, bad = [], []
    for hit in hits:
        holds = contains_answer(hit.chunk.text, query.answers)
        if relevance.is_right(query, hit.chunk):
            good += [hit.chunk.id] if holds or not query.answers else []
        elif not holds:
            bad.append(hit.chunk.id)
    return good, bad
