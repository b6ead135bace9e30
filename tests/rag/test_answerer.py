"""The whole way of a question over a small real library, with the real model."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from indexes.cross_encoder import CrossEncoderReranker
from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.rerankers import open_reranker
from ingest.pipeline import File, Pipeline
from rag.answerer import NOT_FOUND, NOTHING_THERE, Answerer, quotation
from rag.errors import InputError, ModelError
from rag.quoting import MAX_SENTENCES
from rag.retriever import Retriever
from rag.settings import Settings
from rag.types import Answer, AnswerSpan, Delta, Message, Retrieval, Scope, Trace
from rag.writing import Writer
from tests.indexes import tiny_cross_encoder
from tests.rag.hits import a_hit

TEXTS = {
    "harbour.md": "# Harbour\n\nThe harbour opens at six. Boats leave with the tide.\n\nIts master is Ada Moor.",
    "bees.txt": "A honey bee visits about fifty flowers on one flight. Bees dance to tell where flowers are.",
    "steel.txt": "Steel melts at about 1,400 degrees Celsius. It is an alloy of iron and carbon.",
}


class Scripted:
    """A ChatModel that says what it is told to, then fails if it is told to."""

    name = "scripted"

    def __init__(self, text: str, error: ModelError | None = None) -> None:
        self.text = text
        self.error = error

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        assert "harbour" in messages[-1].content.lower()
        for letter in self.text:
            yield Delta(letter)
        if self.error is not None:
            raise self.error
        yield Delta(finish_reason="stop", prompt_tokens=10, completion_tokens=5)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("texts")
    library = Library(Settings(home=folder / "home"))
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    outcomes = list(Pipeline(library, "default").add(File(folder / name, name) for name in TEXTS))
    assert [outcome.state for outcome in outcomes] == ["ready"] * 3
    return library


def retriever(library: Library, name: str) -> Retriever:
    found = open_reranker(Settings(reranker=name))
    return Retriever(library.dense, library.keyword, library.catalogue, weight=library.weight, reranker=found)


def answerer(library: Library, *, threshold: float = 0.0, writer: Writer | None = None) -> Answerer:
    return Answerer(library.retriever, late_reader(), k=8, threshold=threshold, writer=writer)


def test_of_a_name_that_no_document_has_nothing_is_answered(library: Library):
    known = answerer(library, threshold=0.3).ask("How many flowers does a bee visit on one flight?")
    assert not known.refused
    unknown = answerer(library, threshold=0.3).ask("How many flowers does a bee of Castlebridge visit on one flight?")
    assert unknown.refused
    assert unknown.query is not None
    assert unknown.query.unknown == ("Castlebridge",)


def test_a_quoted_answer_stands_in_its_document(library: Library):
    answer = answerer(library).ask("When does the harbour open?")
    assert answer.sentences[0].text == "The harbour opens at six."
    assert 0 < len(answer.sentences) <= MAX_SENTENCES
    for citation in answer.citations:
        text = library.catalogue.text(citation.chunk.document_id)
        assert text[citation.start : citation.end] == citation.quote
    assert [sentence.citations for sentence in answer.sentences] == [(n,) for n in range(1, len(answer.sentences) + 1)]
    assert set(answer.trace.milliseconds()) == {"words", "dense", "keyword", "fuse", "select", "rerank", "read"}


def test_events_come_in_order(library: Library):
    events = list(answerer(library).stream("Who is the harbour master?"))
    assert isinstance(events[0], Retrieval)
    assert isinstance(events[-1], Answer)
    assert "Ada Moor" in events[-1].text


def test_the_words_that_answer_are_marked_on_one_line_as_in_the_document():
    text = "Boats are small. The harbour of\nLooe opens at\n six in May."
    spans = [
        AnswerSpan(0, 17, len(text), 1.0, (39, 54)),
        AnswerSpan(0, 0, 16, 0.5),
        AnswerSpan(0, 0, 16, 0.5, (16, 16)),
    ]
    answer = quotation("When?", [a_hit(0, text)], spans, Trace(()))
    assert answer.sentences[0].text == "The harbour of Looe opens at six in May."
    assert [one.marked for one in answer.sentences] == [" ".join(text[39:54].split()), "", ""]


def test_it_says_no_and_shows_what_is_nearest(library: Library):
    answer = answerer(library, threshold=1.0).ask("When does the harbour open?")
    assert (answer.refused, answer.text, answer.citations) == (True, NOT_FOUND, ())
    assert answer.hits[0].chunk.source == "harbour.md"


def test_without_documents_it_says_so(tmp_path: Path):
    answer = answerer(Library(Settings(home=tmp_path))).ask("Anything?")
    assert (answer.refused, answer.text) == (True, NOTHING_THERE)


def test_the_scope_holds(library: Library):
    (number,) = [record.id for record in library.catalogue.documents() if record.source == "bees.txt"]
    answer = answerer(library).ask("When does the harbour open?", Scope(documents=(number,)))
    assert {hit.chunk.source for hit in answer.hits} == {"bees.txt"}


@pytest.mark.parametrize("question", ["", "  \n", "why " * 30_000])
def test_questions_of_no_use(library: Library, question: str):
    with pytest.raises(InputError):
        answerer(library).ask(question)


def test_a_removed_document_is_in_no_later_answer(tmp_path: Path):
    note = tmp_path / "note.txt"
    note.write_text("The zeppelin is silver.")
    library = Library(Settings(home=tmp_path / "home"))
    (outcome,) = Pipeline(library, "default").add([File(note, "note.txt")])
    assert "silver" in answerer(library).ask("What colour is the zeppelin?").text
    assert outcome.document is not None
    library.catalogue.remove(outcome.document)
    assert answerer(library).ask("What colour is the zeppelin?").hits == ()


def test_a_chat_model_writes_and_its_markers_are_bound(library: Library):
    writer = Writer(Scripted("It opens at six. [1] Pigs fly. [77]"))
    answer = answerer(library, writer=writer).ask("When does the harbour open?")
    assert (answer.model, answer.refused) == ("scripted", False)
    assert [sentence.citations for sentence in answer.sentences] == [(1,), ()]
    assert "opens at six" in answer.citations[0].quote


def test_a_chat_model_is_not_asked_what_no_passage_can_answer(library: Library):
    writer = Writer(Scripted("", ModelError("nobody should ask")))
    answer = answerer(library, threshold=0.3, writer=writer).ask("Who won the 1998 world cup?")
    assert (answer.refused, answer.model, answer.notice) == (True, "", "")
    assert answer.chance is not None
    assert answer.chance < 0.02


def test_two_things_that_are_asked_are_both_quoted_and_a_third_is_said_to_be_missing(library: Library):
    answer = answerer(library, threshold=0.3).ask(
        "When does the harbour open, and at how many degrees does steel melt?"
    )
    assert "opens at six" in answer.text
    assert "1,400 degrees" in answer.text
    assert answer.notice == ""
    answer = answerer(library, threshold=0.3).ask("When does the harbour open, and who is the president of Brazil?")
    assert "opens at six" in answer.text
    assert answer.notice == "Your documents do not seem to answer: “Who is the president of Brazil?”."


def test_a_chat_model_that_fails_leaves_the_quotes(library: Library):
    writer = Writer(Scripted("", ModelError("The endpoint is down.")))
    answer = answerer(library, writer=writer).ask("When does the harbour open?")
    assert "opens at six" in answer.text
    assert answer.notice == "The endpoint is down. The documents are quoted instead."


def test_a_cut_stream_keeps_what_came(library: Library):
    writer = Writer(Scripted("It opens at six. [1] And then", ModelError("The stream was cut.")))
    answer = answerer(library, writer=writer).ask("When does the harbour open?")
    assert answer.text.startswith("It opens at six.")
    assert "The stream was cut." in answer.notice


def test_without_its_reranker_a_question_is_answered_in_the_order_of_the_search_and_says_so(library: Library):
    without = retriever(library, "no-such-model").retrieve("When does the harbour open?", 8)
    assert without.hits == retriever(library, "none").retrieve("When does the harbour open?", 8).hits
    assert without.notice.startswith("FOOTNOTE_RERANKER='no-such-model' is no folder")
    assert without.notice.endswith(". The order of the passages is that of the search.")
    picker = late_reader()
    found = Answerer(retriever(library, "no-such-model"), picker, k=8, threshold=0)
    assert found.ask("When does the harbour open?").notice == without.notice
    assert found.ask("When does the harbour open?").sentences[0].text == "The harbour opens at six."
    writer = Writer(Scripted("", ModelError("the endpoint is down")))
    written = Answerer(retriever(library, "no-such-model"), picker, k=8, threshold=0, writer=writer)
    assert written.ask("When does the harbour open?").notice == (
        f"{without.notice} The endpoint is down. The documents are quoted instead."
    )


@pytest.mark.slow
def test_a_reranker_decides_over_the_order(library: Library, tmp_path: Path):
    question = "How many flowers does a bee visit?"
    assert library.retriever.retrieve(question, 1).hits[0].chunk.source == "bees.txt"
    model = CrossEncoderReranker(str(tiny_cross_encoder.write(tmp_path / "tiny")), device="cpu", weight=1)
    whole = Retriever(library.dense, library.keyword, library.catalogue, weight=library.weight, reranker=model)
    found = whole.retrieve(question, 1)
    assert [hit.chunk.source for hit in found.hits] == ["harbour.md"]
    assert found.notice == ""
    assert [stage.name for stage in found.trace.stages][-2:] == ["select", "rerank"]
