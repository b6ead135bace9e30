"""Summaries, lists and comparisons over a small real library, with the real model, quoted and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from ingest.pipeline import File, Pipeline
from rag.answerer import NOT_FOUND, Answerer, Event
from rag.errors import ModelError
from rag.packing import Window
from rag.settings import Settings
from rag.tokens import estimated
from rag.types import Answer, Delta, Message, Scope, Turn
from rag.whole import gathering
from rag.whole.answering import WholeAnswerer
from rag.whole.nouns import Coverage, PassagesRead
from rag.writing import Writer

CHAPTERS = {
    "Arrival": "Every ship reports to the harbour office by radio before it enters. It assigns a berth.",
    "Fees": "The harbour fee is four euros for each metre of a ship. A late fee of ten euros is due after noon.",
    "Lights": "The lighthouse shows two white flashes every ten seconds. Its lamp is lit at dusk by the keeper.",
    "Storms": "In a storm all ships double their mooring lines. The gate is closed when the wind exceeds ten.",
    "Waste": "Oily waste is brought to the station at the northern pier. A waste fee is part of the harbour fee.",
    "Pilots": "Ships longer than fifty metres must take a pilot. The pilot fee depends on the size of the ship.",
}
FILLING = (
    " The harbour of Looe is old, and its rules are read by every skipper before the season of sailing begins." * 4
)
TEXTS = {
    "harbour-rules.md": "# Harbour rules\n\n" + "\n\n".join(f"## {k}\n\n{v}{FILLING}" for k, v in CHAPTERS.items()),
    "bees.md": "# Bees\n\nThe honey bee lives in large colonies and makes honey. The honey bee weighs about 0.1 grams."
    "\n\n"
    "The bumblebee lives in small nests under the ground. The bumblebee weighs up to 0.3 grams.",
    "contacts.txt": "The keeper is Mr. Penrose.\n\nE-mail: keeper@looe.example\n\nThe gate was painted on 3 May 2021."
    "\n\n"
    "Ada Holt wrote the rules in 1998. The links of the chain are made of iron.\n\n"
    "The gate was painted on 4 May 2022.",
    "fees.txt": "The library charges a reminder fee of two euros.\n\nA late fee of ten euros is due after noon.",
}


class Scripted:
    """A ChatModel that replies in turn, or fails at the turn that it is told to."""

    name = "scripted"

    def __init__(self, *replies: str | ModelError) -> None:
        self.replies = list(replies)
        self.asked: list[Sequence[Message]] = []
        self.n_closed = 0

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        self.asked.append(messages)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, ModelError):
            raise reply
        try:
            for word in reply.split(" "):
                yield Delta(f"{word} ")
            yield Delta(finish_reason="stop")
        finally:
            self.n_closed += 1


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("texts")
    library = Library(Settings(home=folder / "home", chunk_tokens=128))
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    outcomes = list(Pipeline(library, "default").add(File(folder / name, name) for name in TEXTS))
    assert [outcome.state for outcome in outcomes] == ["ready"] * len(TEXTS)
    return library


def answerer(library: Library, writer: Writer | None = None, *, threshold: float = 0.3) -> Answerer:
    embedder = library.embedder
    shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(embedder), embedder.dim)
    whole = WholeAnswerer(library.retriever, shelf, embedder, writer)
    return Answerer(library.retriever, late_reader(), k=8, threshold=threshold, writer=writer, router=whole)


def checked(answer: Answer, library: Library) -> Answer:
    """Every sentence has a source, and every citation stands in its document."""
    assert answer.sentences
    assert not answer.refused
    for sentence in answer.sentences:
        assert sentence.citations
    for citation in answer.citations:
        text = library.catalogue.text(citation.chunk.document_id)
        assert text[citation.start : citation.end] == citation.quote
    return answer


def test_a_summary_reads_every_passage_and_goes_through_the_chapters(library: Library):
    answer = checked(answerer(library).ask("Summarise the harbour rules"), library)
    (record,) = [one for one in library.catalogue.documents() if one.source == "harbour-rules.md"]
    assert answer.coverage == Coverage(record.n_chunks, record.n_chunks, "Harbour rules", "spread")
    assert str(answer.coverage) == f"Read {record.n_chunks} of {record.n_chunks} passages of Harbour rules."
    assert answer.outline is not None
    assert [section.title for section in answer.outline.sections] == list(CHAPTERS)
    assert {citation.chunk.source for citation in answer.citations} == {"harbour-rules.md"}
    starts = [citation.start for citation in answer.citations]
    assert starts == sorted(starts)
    assert [citation.n for citation in answer.citations] == list(range(1, len(starts) + 1))
    assert len({sentence.text for sentence in answer.sentences}) == len(answer.sentences)


def test_a_summary_of_everything_goes_document_by_document(library: Library):
    answer = checked(answerer(library).ask("Give me an overview of all documents"), library)
    assert answer.outline is not None
    assert [section.title for section in answer.outline.sections] == ["Harbour rules", "Bees", "contacts", "fees"]
    assert str(answer.coverage).endswith("passages of 4 documents.")


def test_a_list_has_each_thing_once_with_all_its_places(library: Library):
    answer = checked(answerer(library).ask("List all fees"), library)
    said = [sentence.text for sentence in answer.sentences]
    for fee in ("four euros", "late fee of ten euros", "pilot fee", "waste fee", "reminder fee"):
        assert sum(fee in text for text in said) == 1, fee
    (late,) = [sentence for sentence in answer.sentences if "late fee of ten euros" in sentence.text]
    places = {citation.chunk.source for citation in answer.citations if citation.n in late.citations}
    assert places == {"harbour-rules.md", "fees.txt"}
    assert answer.coverage is not None
    assert answer.coverage.n_read == answer.coverage.n_all == library.catalogue.n_chunks()
    assert str(answer.coverage).endswith(f"; {answer.coverage.n_matched} matched.")


def test_a_list_is_narrowed_to_the_document_that_is_named(library: Library):
    answer = checked(answerer(library).ask("List all fees in fees.txt"), library)
    assert {citation.chunk.source for citation in answer.citations} == {"fees.txt"}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("List all people", ["keeper is Mr. Penrose", "Ada Holt wrote"]),
        ("Who are all the people mentioned?", ["keeper is Mr. Penrose", "Ada Holt wrote"]),
        ("List all dates", ["3 May 2021", "Ada Holt wrote the rules in 1998", "4 May 2022"]),
        ("List all e-mail addresses in contacts.txt", ["keeper@looe.example"]),
    ],
)
def test_a_kind_that_is_told_by_its_form_is_found_by_it(library: Library, question: str, said: list[str]):
    answer = checked(answerer(library).ask(question), library)
    assert len(answer.sentences) == len(said)
    assert all(part in sentence.text for part, sentence in zip(said, answer.sentences, strict=True))
    assert ("others may be missing" in answer.notice) is ("eople" in question)
    assert answer.coverage is not None
    assert (answer.coverage.how, answer.coverage.n_read) == ("spread", answer.coverage.n_all)
    assert f"{answer.coverage.n_matched} matched" in str(answer.coverage)


def test_a_kind_that_is_nowhere_is_looked_for_by_its_words(library: Library):
    answer = checked(answerer(library).ask("List all links"), library)
    assert [sentence.text for sentence in answer.sentences] == ["The links of the chain are made of iron."]
    assert "others may be missing" not in answer.notice


def test_a_chat_model_is_given_what_has_the_form(library: Library):
    _, answer = written(library, "List all people", Scripted("Penrose and Ada Holt [1]"), budget=12_000)
    assert answer.coverage is not None
    assert answer.coverage.how == "spread"
    assert "Penrose and Ada Holt" in answer.text


def test_a_comparison_puts_what_both_say_on_one_subject_side_by_side(library: Library):
    answer = checked(answerer(library).ask("Compare the honey bee and the bumblebee"), library)
    assert answer.outline is not None
    assert answer.outline.sides == ("honey bee", "bumblebee")
    (row,) = [one for one in answer.outline.sections if "weighs" in one.title]
    ours, theirs = row.cells
    assert ours[0].text == "The honey bee weighs about 0.1 grams."
    assert theirs[0].text == "The bumblebee weighs up to 0.3 grams."


def test_a_side_that_is_not_there_is_named(library: Library):
    answer = checked(answerer(library).ask("Compare the honey bee and the zeppelin"), library)
    assert "Nothing about “zeppelin” was found in your documents." in answer.notice


def test_where_nothing_is_relevant_it_refuses_as_ever(library: Library):
    answer = answerer(library).ask("List all zeppelins of Ruritania")
    assert (answer.refused, answer.text, answer.citations) == (True, NOT_FOUND, ())
    assert answer.hits


def test_a_lookup_goes_on_as_before(library: Library):
    answer = answerer(library, threshold=0).ask("How much does the honey bee weigh?")
    assert answer.coverage is None
    assert "0.1 grams" in answer.text


def test_the_scope_holds(library: Library):
    (number,) = [record.id for record in library.catalogue.documents() if record.source == "bees.md"]
    answer = answerer(library).ask("Summarise this document", Scope(documents=(number,)))
    assert {citation.chunk.source for citation in answer.citations} == {"bees.md"}
    assert str(answer.coverage).endswith("of Bees.")


def test_this_document_is_the_one_last_cited(library: Library):
    asked = answerer(library)
    first = asked.ask("Summarise bees.md")
    second = asked.ask("Summarise this document", history=(Turn(first.question, first),))
    assert second.coverage == first.coverage


def test_reading_is_told_and_more_than_can_be_read_is_spread(library: Library, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gathering, "BATCH", 2)
    monkeypatch.setattr("rag.whole.found.MOST_READ", 4)
    *steps, answer = list(answerer(library).stream("Summarise the harbour rules"))
    assert steps == [PassagesRead(2, 4), PassagesRead(4, 4)]
    assert isinstance(answer, Answer)
    assert str(answer.coverage).endswith("passages of Harbour rules, evenly spread over the text.")
    assert answer.coverage is not None
    assert answer.coverage.n_read == 4 < answer.coverage.n_all
    headings = {citation.chunk.heading for citation in answer.citations}
    assert headings >= {"Harbour rules > Arrival", "Harbour rules > Pilots"}  # the first and the last


def test_a_reader_may_leave_in_the_middle(library: Library, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gathering, "BATCH", 1)
    events = answerer(library).stream("Summarise the harbour rules")
    first = next(events)
    assert isinstance(first, PassagesRead)
    assert first.n == 1 < first.total
    events.close()
    assert list(events) == []


def written(library: Library, question: str, model: Scripted, *, budget: int) -> tuple[list[Event], Answer]:
    writer = Writer(model, budget=budget)
    *events, answer = list(answerer(library, writer).stream(question))
    assert isinstance(answer, Answer)
    return events, answer


def test_a_chat_model_takes_notes_step_by_step_and_writes_from_them(library: Library):
    model = Scripted("Ships report by radio. [1]")
    events, answer = written(library, "Summarise the harbour rules", model, budget=700)
    assert len(model.asked) > 3
    assert "You take notes" in model.asked[0][0].content
    assert "- Ships report by radio. [1]\n- Ships report by radio. [2]" in model.asked[-1][-1].content
    assert (answer.model, answer.refused, answer.text) == ("scripted", False, "Ships report by radio. [1]")
    (citation,) = answer.citations
    assert "reports to the harbour office by radio" in citation.quote
    assert PassagesRead(0, answer.coverage.n_read if answer.coverage else 0) in events
    assert answer.coverage is not None
    assert answer.coverage.n_read == answer.coverage.n_all


def test_few_passages_go_to_the_model_in_one_request(library: Library):
    model = Scripted("Bees make honey. [1]")
    _, answer = written(library, "Summarise bees.md", model, budget=12_000)
    assert len(model.asked) == 1
    assert answer.text == "Bees make honey. [1]"
    assert str(answer.coverage).endswith("of Bees.")


@pytest.mark.parametrize("budget", [700, 12_000])
def test_a_model_that_fails_leaves_the_quotes(library: Library, budget: int):
    model = Scripted(ModelError("The endpoint is down."))
    _, answer = written(library, "Summarise the harbour rules", model, budget=budget)
    assert checked(answer, library).model == ""
    assert answer.notice == "The endpoint is down. The documents are quoted instead."
    assert answer.coverage is not None


def test_a_model_without_sources_leaves_the_quotes(library: Library):
    _, answer = written(library, "Summarise the harbour rules", Scripted("I know all of it."), budget=700)
    assert answer.notice == "Scripted took no notes with a source. The documents are quoted instead."


def test_leaving_ends_the_request_for_notes(library: Library):
    model = Scripted("one two three four [1]")
    events = answerer(library, Writer(model, budget=700)).stream("Summarise the harbour rules")
    for event in events:
        if model.asked and isinstance(event, PassagesRead) and model.n_closed == 0:
            break
    next(events)
    events.close()
    assert model.n_closed == len(model.asked)


def test_every_request_of_a_long_answer_fits_into_a_short_context(library: Library):
    model, window = Scripted("Ships report by radio. [1]"), Window(1400, 200)
    events = answerer(library, Writer(model, window=lambda: window)).stream("Summarise the harbour rules")
    *_, answer = list(events)
    assert len(model.asked) > 2
    assert all(window.holds(request) for request in model.asked)
    assert isinstance(answer, Answer)
    assert answer.coverage is not None
    assert answer.coverage.n_read == answer.coverage.n_all
    assert answer.usage is not None
    assert answer.usage.completion_tokens == len(model.asked) * estimated("Ships report by radio. [1] ")
