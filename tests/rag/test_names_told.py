"""Which documents there are is told by their names, without a model; what they say is asked as before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import pytest

from app.kept_turns import as_json
from rag.agent.deciding import needs_steps
from rag.routing import route_of
from rag.types import Answer, Chunk, Ids, Scope, Turn, Vectors
from rag.whole.answering import WholeAnswerer
from rag.whole.names import MOST_TOLD
from rag.whole.nouns import DocumentName

FILES = ("lease.pdf", "bees  2023.md", "notes.txt")
TEXT = "# It begins\n\nThis is the first sentence. And another one."


class Shelf:
    """Documents of two passages each, by their numbers from 1 on."""

    def __init__(self, *files: str, titles: Mapping[str, str] = MappingProxyType({}), more: str = "") -> None:
        """`titles`: of files that have one; `more`: what stands at the end of each passage."""
        self._documents = [
            DocumentName(n, titles.get(file, ""), f"docs/{file}", 2) for n, file in enumerate(files, start=1)
        ]
        self._chunks: dict[int, Chunk] = {}
        for one in self._documents:
            for ordinal in range(2):
                text = TEXT + more
                place = (one.id, ordinal, 0, len(text), text, "", "", 1, 1, one.source, one.title, "default")
                self._chunks[10 * one.id + ordinal] = Chunk(10 * one.id + ordinal, *place)

    def documents(self, scope: Scope) -> Sequence[DocumentName]:
        return [one for one in self._documents if not scope.documents or one.id in scope.documents]

    def passages(self, scope: Scope) -> Ids:
        named = {one.id for one in self.documents(scope)}
        return np.array([n for n, one in self._chunks.items() if one.document_id in named], np.int64)

    def chunks(self, ids: Sequence[int]) -> Mapping[int, Chunk]:
        return {n: self._chunks[n] for n in ids if n in self._chunks}

    def vectors(self, ids: Ids) -> Vectors:  # noqa: ARG002 - as the seam has it
        raise AssertionError("nothing is read")


def told(question: str, shelf: Shelf, scope: Scope = Scope()) -> Answer | None:  # noqa: B008 - it is frozen
    none = cast(Any, None)
    events = WholeAnswerer(none, shelf, none, none).stream(question, scope)
    if events is None:
        return None
    (answer,) = events
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize(
    "question",
    [
        "List all my documents",
        "Please list all of my documents.",
        "list the files that I have uploaded",
        "Show me all documents",
        "Show me my files",
        "Could you give me a list of all documents in my library?",
        "What documents do I have?",
        "What documents have I uploaded?",
        "Which files are there?",
        "Which documents are in this collection?",
        "How many documents do I have?",
        "How many files are there in my library?",
        "Welche Dokumente habe ich?",
        "Welche Dokumente gibt es?",
        "Welche Dateien sind in der Sammlung?",
        "Wie viele Dokumente habe ich hochgeladen?",
        "Liste alle Dokumente auf",
        "Zeig mir bitte alle meine Dateien",
        "¿Qué documentos tengo?",
        "Muéstrame todos los documentos",
        "Which documents are available?",
        "Which documents are uploaded?",
        "Which documents have been uploaded?",
        "Which documents can you see?",
        "Which documents do you have access to?",
        "What are my documents?",
        "How many documents?",
        "How many documents are there in total?",
        "What documents do I have currently?",
        "What documents do I have available?",
        "tell me which documents you have",
        "What documents are in here?",
        "list all documents for me",
        "List every document",
        "list all the documents now",
        "list all file names",
        "list all files in the folder",
        "Welche Unterlagen habe ich?",
        "Gib mir eine Liste aller Dokumente",
        "Erstelle bitte eine Liste aller Dokumente",
        "Erstelle eine Liste mit allen Dokumenten",
        "Welche Dokumente liegen vor?",
        "Liste die Dokumente auf",
        "Liste der Dokumente",
        "¿Qué documentos tienes?",
        "listar documentos",
        "mostrar todos los documentos",
        "dame una lista de mis documentos",
        "lista de documentos",
        "lista de todos los documentos",
    ],
)
def test_the_library_itself_is_asked_for(question: str):
    answer = told(question, Shelf(*FILES))
    assert route_of(question).kind == "documents"
    assert not needs_steps(question)
    assert answer is not None
    assert answer.text == "3 documents:\n- lease.pdf [1]\n- bees 2023.md [2]\n- notes.txt [3]"


@pytest.mark.parametrize(
    "question",
    [
        "List all documents about bees",
        "List all documents required",
        "List all files of the contract",
        "Which documents mention bees?",
        "Which documents are there about bees?",
        "Which documents are there in the appendix?",
        "Which documents are needed for the visa?",
        "Which documents are available for download?",
        "Which files do you have on Berlin?",
        "What documents do I need?",
        "How many documents mention bees?",
        "Show me the documents",
        "Welche Dokumente gibt es zu Bienen?",
        "Welche Dokumente sind vorzulegen?",
        "Welche Unterlagen brauche ich?",
        "Welche Dokumente erwähnen Bienen?",
        "¿Qué documentos mencionan abejas?",
        "which files are",
        "Name all of these documents",
        "List these documents",
        "what documents do we",
        "which documents are i have",
        "which documents have i",
        "list all documents that",
        "What are the documents?",
        "Which documents do I have to hand in?",
        "Which documents have you uploaded to the portal?",
        "Which documents are in the archive?",
        "How many documents are needed?",
        "list all documents required for me",
        "list all PDFs",
        "Zeig mir die Dokumente",
        "Welche Dokumente liegen der Bewerbung vor?",
        "Liste der Dokumente für das Visum",
        "lista de documentos necesarios",
        "¿Qué documentos tienes que presentar?",
    ],
)
def test_what_documents_say_is_asked_as_before(question: str):
    assert route_of(question).kind in {"list", "lookup"}


@pytest.mark.parametrize(
    ("question", "is_of_library"),
    [
        ("List the documents", False),
        ("List all documents", False),
        ("Which documents are there?", False),
        ("How many documents?", False),
        ("Welche Dokumente gibt es?", False),
        ("¿Qué documentos hay?", False),
        ("List my documents", True),
        ("Which documents do I have?", True),
        ("Which documents have been uploaded?", True),
        ("Which documents are there in the library?", True),
        ("Which documents are in this collection?", True),
        ("Which files are there?", True),
        ("Welche Dokumente habe ich?", True),
        ("¿Qué documentos tienes?", True),
    ],
)
def test_beside_documents_of_a_text_those_of_the_library_are_said_to_be_meant(question: str, is_of_library: bool):
    assert (route_of(question, is_of_text=True).kind == "documents") == is_of_library


def test_each_name_cites_where_its_text_begins():
    answer = told("List all my documents", Shelf(*FILES))
    assert answer is not None
    assert [one.text for one in answer.sentences] == ["lease.pdf", "bees 2023.md", "notes.txt"]
    assert [(one.chunk.document_id, one.chunk.ordinal, one.quote) for one in answer.citations] == [
        (n, 0, "# It begins") for n in (1, 2, 3)
    ]
    assert not answer.refused
    assert (answer.model, answer.notice, answer.coverage) == ("", "", None)
    assert [hit.chunk.document_id for hit in answer.hits] == [1, 2, 3]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("List all my documents", ["Lease (lease.pdf)", "Bees", "Lease (lease-2.pdf)", "d.txt"]),
        ("List all my files", ["lease.pdf", "bees.md", "lease-2.pdf", "d.txt"]),
        ("list all file names", ["lease.pdf", "bees.md", "lease-2.pdf", "d.txt"]),
        ("Welche Dateien gibt es?", ["lease.pdf", "bees.md", "lease-2.pdf", "d.txt"]),
        ("¿Qué archivos tengo?", ["lease.pdf", "bees.md", "lease-2.pdf", "d.txt"]),
        ("Welche Dokumente gibt es?", ["Lease (lease.pdf)", "Bees", "Lease (lease-2.pdf)", "d.txt"]),
    ],
)
def test_documents_of_one_title_are_told_apart_by_their_files(question: str, names: list[str]):
    titles = {"lease.pdf": "Lease", "bees.md": "Bees", "lease-2.pdf": "Lease"}
    answer = told(question, Shelf(*titles, "d.txt", titles=titles))
    assert answer is not None
    assert [one.text for one in answer.sentences] == names


def test_no_more_is_kept_than_how_each_begins():
    answer = told("List all my documents", Shelf(*(f"{n}.txt" for n in range(MOST_TOLD)), more=" Filling." * 200))
    assert answer is not None
    assert {one.chunk.text for one in answer.citations} == {"# It begins"}
    assert all((one.chunk.start, one.chunk.end) == (one.start, one.end) for one in answer.citations)
    assert len(as_json(Turn("List all my documents", answer))) < 1_000 * MOST_TOLD


def test_only_what_the_question_looks_at_is_named():
    answer = told("Which files are there?", Shelf(*FILES), Scope(documents=(2,)))
    assert answer is not None
    assert answer.text == "1 document:\n- bees 2023.md [1]"
    assert told("Which files are there?", Shelf()) is None  # a lookup says that there is nothing


def test_of_very_many_the_newest_are_named_and_all_are_counted():
    answer = told("List all documents", Shelf(*(f"{n}.txt" for n in range(1_234))))
    assert answer is not None
    assert answer.text.startswith("1,234 documents:\n- 1134.txt [1]\n")
    assert len(answer.sentences) == MOST_TOLD
    assert answer.notice.startswith(f"Named are the {MOST_TOLD} newest of 1,234 documents; ")


def test_a_document_that_has_just_changed_is_left_out():
    shelf = Shelf(*FILES)
    del shelf._chunks[20]
    answer = told("List all documents", shelf)
    assert answer is not None
    assert answer.text == "3 documents:\n- lease.pdf [1]"
    assert answer.notice == "Named are 1 of 3 documents."
