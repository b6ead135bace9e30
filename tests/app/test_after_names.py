"""What is asked after the documents were named: of all of them, or of the one that a question refers to, whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kept_turns import as_json, read
from app.wiring import Workspace
from rag.query.condensing import RuleCondenser
from rag.query.nouns import told
from rag.query.references import referred
from rag.settings import Settings
from rag.types import Answer, Scope, Turn
from rag.whole.nouns import names_documents
from tests.app.stepping import add
from tests.ingest.homes import copied

FILLING = "\n\n".join(f"Paragraph {n} tells of ropes, sails, paint and tar. " * 20 for n in range(8))
TEXTS = {f"pier {n}.md": f"# Pier {n}\n\nPier {n} of Fowey is made of oak. It is old.\n" for n in range(1, 5)} | {
    "museum.md": f"# Museum\n\nThe museum of Fowey is a house of two floors.\n\n{FILLING}\n\n"
    "A ticket for the museum costs four pounds for grown-ups in winter.",
    "visa.md": "# Visa\n\nThe documents for the visa are a passport and a photo.",
    "ferry.md": "# Ferry\n\nThe ferry of Fowey leaves at eight. A ticket for the ferry costs two pounds on weekdays.",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(home=copied(tmp_path / "home", fill)))
    yield workspace
    workspace.close()


def fill(home: Path) -> None:
    workspace = Workspace(Settings(home=home))
    add(workspace, home.parent, "default", TEXTS)
    workspace.close()


def asked(workspace: Workspace, *questions: str, scope: Scope = Scope()) -> Answer:  # noqa: B008 - it is frozen
    """The last answer of a conversation, of which each turn was kept and read again."""
    history: list[Turn] = []
    for question in questions:
        answer = workspace.answerer.ask(question, scope, history)
        history.append(read(as_json(Turn(question, answer))))
    return answer


def number(answer: Answer, file: str) -> int:
    return next(n for n, one in enumerate(answer.citations) if one.chunk.source == file)


def test_all_documents_are_searched_after_they_were_named(workspace: Workspace):
    answer = asked(
        workspace, "List all my documents", "What does a ticket for the ferry cost, according to these files?"
    )
    assert "two pounds" in answer.text
    assert answer.query is None or not answer.query.within


def test_one_that_was_named_is_meant_as_a_whole(workspace: Workspace):
    named = asked(workspace, "List all my documents")
    which = ("first", "second", "third", "fourth", "fifth", "last")[number(named, "museum.md")]
    question = f"What does a ticket cost in the {which} document?"
    answer = asked(workspace, "List all my documents", question)
    assert "four pounds" in answer.text
    assert {hit.chunk.source for hit in answer.hits} == {"museum.md"}
    assert "Searched in «museum.md», cited before." in told(answer.query)


@pytest.mark.parametrize(
    ("before", "searched"),
    [
        ((), "And in the last document?"),
        (("What does a ticket for the museum cost?",), "What does a ticket for the museum cost?"),
    ],
)
def test_a_mere_reference_asks_what_was_asked_before_the_names(
    workspace: Workspace, before: tuple[str, ...], searched: str
):
    answer = asked(workspace, *before, "List all my documents", "And in the last document?")
    assert answer.query is not None
    assert answer.query.text == searched
    assert len(answer.query.within) == 1


def test_a_document_that_was_named_alone_is_that_document(workspace: Workspace):
    document = workspace.library.catalogue.find("default", "museum.md")
    assert document is not None
    scope = Scope(documents=(document.id,))
    answer = asked(workspace, "List all my documents", "What does a ticket cost, by that document?", scope=scope)
    assert "four pounds" in answer.text
    assert "Searched in «museum.md», cited before." in told(answer.query)
    summary = asked(workspace, "List all my documents", "What is it about?", scope=scope)
    assert str(summary.coverage).endswith("of Museum.")


@pytest.mark.parametrize("question", ["List the documents", "Which documents are there?", "List my documents"])
def test_documents_that_a_text_speaks_of_are_no_documents_of_the_library(workspace: Workspace, question: str):
    is_of_library = "my" in question.split()
    answer = asked(workspace, "Which documents are needed for the visa?", question)
    assert names_documents(answer) == is_of_library
    assert is_of_library or "passport" in answer.text
    visa = workspace.library.catalogue.find("default", "visa.md")
    assert visa is not None
    assert names_documents(asked(workspace, question, scope=Scope(documents=(visa.id,)))) == is_of_library
    assert names_documents(asked(workspace, "What does a ticket for the ferry cost?", question))
    assert names_documents(asked(workspace, "List all my documents", question))
    assert names_documents(asked(workspace, "Which documents does Queen Victoria of Zembla own?", question))


def test_names_are_no_topic_to_go_on_with(workspace: Workspace):
    named = Turn("List all my documents", asked(workspace, "List all my documents"))
    assert names_documents(named.answer)
    assert referred("What do these documents say of ropes?", (named,)) is None
    assert RuleCondenser().condensed("When does it leave?", (named,)) == "When does it leave?"
    ferry = Turn("What does the ferry cost?", Answer("", "", (), (), (), named.answer.trace))
    assert RuleCondenser().condensed("When does it leave?", (ferry, named)) == "When does it leave? (ferry cost)"
