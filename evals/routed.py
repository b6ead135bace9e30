"""How well lookups, summaries, lists and comparisons are told apart: labelled questions, and real lookups.

`evals/routes/` holds questions of each kind in our own words, over the documents that `documents.tsv` names; the forms
were found by them. Those in `evals/routes/unseen/` were written afterwards, and no form was changed for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.question_sets.lines import lines
from evals.datasets import Dataset
from rag.routing import Kind, route_of
from rag.types import Scope
from rag.whole.nouns import DocumentName
from rag.whole.planning import Here, plan

FOLDER = Path(__file__).with_name("routes")
KINDS: tuple[Kind, ...] = ("lookup", "summary", "list", "comparison")


@dataclass(frozen=True, slots=True)
class Routing:
    """Of one kind."""

    n: int
    precision: float
    recall: float


def routed(question: str, documents: Sequence[DocumentName]) -> Kind:
    """The kind that a question is taken for, with these documents in scope."""
    made = plan(route_of(question), Here(documents, Scope()))
    return "lookup" if made is None else made.kind


def labelled(folder: Path = FOLDER) -> dict[Kind, list[str]]:
    """The questions of each kind, one a line; raises InputError naming a line that cannot be read."""
    return {kind: [line for _, line in lines(folder / f"{kind}.txt")] for kind in KINDS}


def their_documents(folder: Path = FOLDER) -> list[DocumentName]:
    """The documents that the labelled questions are about."""
    rows = (line.split("\t") for line in (folder / "documents.tsv").read_text("utf-8").splitlines())
    return [DocumentName(n, title, source, 20) for n, (source, title) in enumerate(rows, start=1)]


def of_labelled(folder: Path = FOLDER) -> dict[Kind, Routing]:
    """Precision and recall of each kind over the labelled questions."""
    questions, documents = labelled(folder), their_documents()
    taken = [(kind, routed(question, documents)) for kind, some in questions.items() for question in some]
    said, right = Counter(as_kind for _, as_kind in taken), Counter(kind for kind, as_kind in taken if kind == as_kind)
    return {
        kind: Routing(len(some), right[kind] / max(1, said[kind]), right[kind] / max(1, len(some)))
        for kind, some in questions.items()
    }


def wrong_of_labelled(folder: Path = FOLDER) -> list[tuple[Kind, Kind, str]]:
    """(what it is, what it was taken for, the question) of those that were taken for another kind."""
    documents = their_documents()
    taken = [
        (kind, routed(question, documents), question) for kind, some in labelled(folder).items() for question in some
    ]
    return [one for one in taken if one[0] != one[1]]


def routed_elsewhere(dataset: Dataset) -> list[tuple[Kind, str]]:
    """The real questions of a set, all of them lookups, that are taken for something else; its titles are documents."""
    titles = {passage.title: passage.id for passage in dataset.corpus()}
    documents = [DocumentName(n, title, id, 1) for n, (title, id) in enumerate(titles.items(), start=1)]
    taken = ((routed(query.text, documents), query.text) for query in dataset.queries)
    return [(kind, question) for kind, question in taken if kind != "lookup"]
