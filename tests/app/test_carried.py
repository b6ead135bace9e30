"""Sources of earlier answers that a follow-up refers to: carried on as places, and read anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.wiring import Workspace
from rag.query.nouns import told
from rag.query.references import referred
from rag.settings import Settings
from rag.types import Answer, Citation, Scope, Trace, Turn
from tests.app.stepping import add
from tests.fake_endpoint import FakeEndpoint, says
from tests.ingest.homes import copied
from tests.rag.hits import a_hit

TEXTS = {
    "Hafen.md": "# Hafen\n\nDer Hafen von Kiel öffnet um sechs Uhr. Die Liegegebühr beträgt neun Euro am Tag.",
    "harbour.md": "# Harbour\n\nThe harbour of Fowey opens at six. A berth costs nine pounds a day in summer.",
    "museum.md": "# Museum\n\nThe museum of Fowey opens at ten. A ticket costs four pounds for grown-ups in winter.",
    "ferry.md": "# Ferry\n\nThe ferry of Fowey leaves at eight. A ticket costs two pounds for each way on weekdays.",
}
OPENS = "When do the harbour of Fowey and the museum of Fowey open?"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    workspace = filled(tmp_path)
    yield workspace
    workspace.close()


def filled(folder: Path, **settings: str) -> Workspace:
    return Workspace(Settings(home=copied(folder / "home", fill), **settings))


def fill(home: Path) -> None:
    workspace = Workspace(Settings(home=home))
    add(workspace, home.parent, "default", TEXTS)
    workspace.close()


def citing(workspace: Workspace, *names: str) -> Turn:
    """A turn whose answer cites the only passage of each."""
    catalogue = workspace.library.catalogue
    chunks = [catalogue.chunks_of(catalogue.find("default", name).id)[0] for name in names]  # type: ignore[union-attr]
    citations = tuple(Citation(n, chunk, chunk.start, chunk.end) for n, chunk in enumerate(chunks, start=1))
    return Turn(OPENS, Answer(OPENS, "They open at six [1] and at ten [2].", (), citations, (), Trace(), model="tiny"))


def sources(answer: Answer) -> set[str]:
    return {hit.chunk.source for hit in answer.hits}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What does a ticket cost in the second source?", "four pounds"),
        ("What does a ticket cost according to [2]?", "four pounds"),
        ("What does a ticket cost in source 2?", "four pounds"),
        ("And in the first source?", "at six"),
        ("What does a berth cost in the first document?", "nine pounds"),
        ("What does a ticket cost according to the last document?", "four pounds"),
    ],
)
def test_a_follow_up_is_kept_to_the_source_that_it_refers_to(workspace: Workspace, question: str, found: str):
    history = (citing(workspace, "harbour.md", "museum.md"),)
    answer = workspace.answerer.ask(question, history=history)
    assert found in answer.text
    assert len(sources(answer)) == 1
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert f"Searched in «{answer.hits[0].chunk.source}», cited before." in told(answer.query)


def test_that_document_is_the_one_that_was_cited(workspace: Workspace):
    answer = workspace.answerer.ask(
        "What does a ticket cost, by that document?", history=(citing(workspace, "ferry.md"),)
    )
    assert sources(answer) == {"ferry.md"}
    assert "two pounds" in answer.text
    german = workspace.answerer.ask(
        "Wie hoch ist die Liegegebühr in diesem Dokument?", history=(citing(workspace, "Hafen.md"),)
    )
    assert sources(german) == {"Hafen.md"}


def test_a_source_that_was_deleted_is_gone_and_its_words_with_it(workspace: Workspace):
    turn = citing(workspace, "ferry.md", "museum.md")
    workspace.library.catalogue.remove(turn.answer.citations[1].chunk.document_id)
    answer = workspace.answerer.ask("What does a ticket cost in the second source?", history=(turn,))
    assert "museum.md" not in sources(answer)
    assert "ten" not in " ".join(hit.chunk.text for hit in answer.hits).split()


def test_a_source_outside_of_the_scope_is_no_candidate(workspace: Workspace):
    turn = citing(workspace, "ferry.md", "museum.md")
    only = Scope(documents=(turn.answer.citations[0].chunk.document_id,))
    answer = workspace.answerer.ask("What does a ticket cost in the second source?", only, (turn,))
    assert sources(answer) == {"ferry.md"}


def test_other_questions_refer_to_nothing(workspace: Workspace):
    turn = citing(workspace, "ferry.md", "museum.md")
    for question in ("What does the second berth cost?", "Which document is needed at the harbour?", "[7]?", OPENS):
        assert referred(question, (turn,)) is None
    assert referred("What does that document say of it?", ()) is None


def test_only_the_last_few_answers_are_looked_back_at():
    hit = a_hit(1, "The ferry leaves at eight.")
    cited = Answer("q", "a [1]", (), (Citation(1, hit.chunk, 0, 5),), (), Trace())
    without = Answer("q", "Not found.", (), (), (), Trace(), refused=True)
    assert referred("And in [1]?", (Turn("q", cited), Turn("q", without))) is not None
    assert referred("And in [1]?", (Turn("q", cited), *[Turn("q", without)] * 3)) is None


def test_a_model_gets_earlier_answers_with_places_and_never_the_words_of_passages(tmp_path: Path):
    replies = (says("A ticket costs four pounds [1]."), says("ok"), says("Four pounds [1]."))
    with FakeEndpoint(*replies) as endpoint:
        workspace = filled(tmp_path, chat_model="tiny", base_url=endpoint.url)
        try:
            first = workspace.answerer.ask("What does a ticket of the museum cost?", Scope())
            quoted = Turn("When does the ferry leave?", citing(workspace, "ferry.md").answer)
            quote = "The ferry of Fowey leaves at eight."
            quoted = Turn(quoted.question, Answer("q", f"{quote} [1]", (), quoted.answer.citations, (), Trace()))
            history = (Turn(first.question, first), quoted)
            workspace.answerer.ask("What does a ticket cost in winter, as [1] says?", history=history)
        finally:
            workspace.close()
        spoken = [message["content"] for message in endpoint.requests[-1]["messages"]]
    assert "A ticket costs four pounds. (From: museum.md" in spoken[2]
    assert spoken[4] == "I quoted the documents. (From: ferry.md)"
    assert not any(quote in one for one in spoken[:-1])
    assert spoken[-1].endswith("Question: What does a ticket cost in winter, as “ferry.md” says?")


def test_without_history_a_question_is_searched_for_as_it_is(workspace: Workspace):
    turn = citing(workspace, "harbour.md")
    completed = workspace.answerer.ask("What does it cost?", history=(turn,))
    assert completed.query is not None
    assert completed.query.is_completed
    alone = workspace.answerer.ask("What does it cost?")
    assert alone.query is None
