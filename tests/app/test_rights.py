"""Trying to get past the rights: every way by which something comes out, by every person, at every collection.

What a person may see has to come out by the same call, so that no way passes because it hands out nothing at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from app.components.painted_page import painted
from app.lab.stages import SearchSettings
from app.personal import PersonalWorkspace
from app.wiring import Workspace
from indexes.document_list import DocumentFilter
from rag.agent.gathered import Gathered
from rag.agent.toolbox import Toolbox
from rag.errors import InputError
from rag.rights import OWNER, Person
from rag.settings import Settings
from rag.tools import ToolCall
from rag.types import Answer, Citation, DocumentRecord, Scope, Trace, Turn
from tests.app.rights_home import ANNA, BEN, PEOPLE, READ, ROOT, WORDS, Home, fill, may
from tests.app.stepping import Asked, search
from tests.fake_endpoint import calls, says

QUESTIONS = (
    "When does the harbour open?",
    "What is the rent of the boathouse?",
    "Summarise the documents.",
    "List all prices.",
    "Compare the lease of 2023 and the lease of 2024.",
    "What is the QLX?",
    "What is the rent of the boathouse, and how long is the pier?",
)
SETTINGS = SearchSettings(0.5, 200, is_reranked=False, k=10)
NOWHERE = 987_654

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    workspace = Workspace(Settings(home=fill(tmp_path_factory.mktemp("rights")), reranker="none"))
    yield Home(workspace)
    workspace.close()


def told(act: Callable[[], object]) -> str:
    """All that comes out, errors as well."""
    try:
        return repr(act())
    except InputError as error:
        return f"InputError: {error}"


ByNumber = Callable[[PersonalWorkspace, int], object]
DOCUMENT: dict[str, ByNumber] = {
    "document": lambda mine, n: mine.catalogue.document(n),
    "text": lambda mine, n: mine.catalogue.text(n),
    "chunks of it": lambda mine, n: mine.catalogue.chunks_of(n),
    "chunks within it": lambda mine, n: mine.catalogue.chunks_within(n, 0, 10_000),
    "records": lambda mine, n: mine.catalogue.listed.records([n]),
    "original": lambda mine, n: mine.catalogue.original(n),
    "consequences": lambda mine, n: list(
        mine.library.consequences([DocumentRecord(n, "", "", "", "", 0, "", 0, 0, (), {}, "", "")])
    ),
    "answer within it": lambda mine, n: mine.answerer.ask("When does the harbour open?", Scope(documents=(n,))),
    "summary of it": lambda mine, n: mine.answerer.ask("Summarise the document.", Scope(documents=(n,))),
    "search within it": lambda mine, n: mine.lab.look("harbour", Scope(documents=(n,)), SETTINGS),
}
SILENT: dict[str, ByNumber] = {
    "has": lambda mine, n: mine.catalogue.has(n),
    "there": lambda mine, n: mine.catalogue.listed.there([n]),
    "pages": lambda mine, n: mine.catalogue.pages(n),
    "layout": lambda mine, n: mine.catalogue.layout(n, 1),
    "versions": lambda mine, n: mine.catalogue.versions(n),
}
"""What may come out without a word of the document."""


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
@pytest.mark.parametrize("way", [*DOCUMENT, *SILENT])
def test_a_document_by_its_number(home: Home, person: Person, way: str):
    """What may not be seen cannot be told from what is not there."""
    mine, reads = home.of(person), (DOCUMENT | SILENT)[way]
    nothing = told(lambda: reads(mine, NOWHERE))
    for collection, word in WORDS.items():
        for record in home.records(collection):
            out = told(lambda: reads(mine, record.id))  # noqa: B023 - called at once
            if not may(READ, person, collection):
                assert without_figures(out, record.id) == without_figures(nothing, NOWHERE), way
            elif way in DOCUMENT and way not in {"consequences", "search within it"} and record.source.endswith(".md"):
                assert word in out, way
            assert not [other for other in WORDS.values() if other != word and other in out]


def without_figures(out: str, number: int) -> str:
    """Without the number itself and how long anything took."""
    kept = out.replace(str(number), "N")
    return kept.partition("trace=")[0].partition("stages=")[0]


ByCollection = Callable[[PersonalWorkspace, str], object]
COLLECTION: dict[str, ByCollection] = {
    **{
        f"answer: {question}": (lambda mine, name, q=question: mine.answerer.ask(q, Scope((name,))))
        for question in QUESTIONS[:3]
    },
    "search in it": lambda mine, name: mine.lab.look("harbour", Scope((name,)), SETTINGS),
    "map": lambda mine, name: mine.lab.embeddings(name),
    "list": lambda mine, name: mine.catalogue.listed.page(DocumentFilter(collection=name), "name", 0, 50),
    "found by a word": lambda mine, name: mine.catalogue.listed.page(DocumentFilter(WORDS[name]), "name", 0, 50),
}


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
@pytest.mark.parametrize("way", COLLECTION)
def test_a_collection_by_its_name(home: Home, person: Person, way: str):
    mine, reads = home.of(person), COLLECTION[way]
    for collection, word in WORDS.items():
        out = told(lambda: reads(mine, collection))  # noqa: B023 - called at once
        assert (word in out) == may(READ, person, collection)
        assert not [other for other in WORDS.values() if other != word and other in out]


EVERYTHING: dict[str, Callable[[PersonalWorkspace], object]] = {
    **{f"answer: {question}": (lambda mine, q=question: mine.answerer.ask(q)) for question in QUESTIONS},
    "search": lambda mine: mine.lab.look("harbour", Scope(), SETTINGS),
    "all the documents": lambda mine: mine.catalogue.listed.page(DocumentFilter(), "name", 0, 50),
    "all the numbers": lambda mine: mine.catalogue.listed.records(mine.catalogue.listed.ids(DocumentFilter())),
}


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
@pytest.mark.parametrize("way", EVERYTHING)
def test_what_is_asked_of_everything(home: Home, person: Person, way: str):
    mine = home.of(person)
    out = told(lambda: EVERYTHING[way](mine))
    seen = {name for name, word in WORDS.items() if word in out}
    readable = {name for name in WORDS if may(READ, person, name)}
    assert seen <= readable
    assert seen or "List" in way or "Compare" in way
    if "answer" not in way:
        assert seen == readable


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
def test_what_is_counted_and_named(home: Home, person: Person):
    mine = home.of(person)
    readable = sorted(name for name in WORDS if may(READ, person, name))
    assert sorted(mine.catalogue.collections()) == sorted(mine.library.weights()) == readable
    assert sorted(one.name for one in mine.catalogue.sizes()) == sorted(mine.library.sharing()) == readable
    assert sorted(mine.lab.with_passages(Scope())) == readable
    assert not set(mine.lab.with_passages(Scope(tuple(WORDS)))).difference(readable)
    assert mine.catalogue.listed.count(DocumentFilter()) == 4 * len(readable)
    assert mine.catalogue.n_chunks() == sum(len(home.chunk_ids(name)) for name in readable)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
def test_a_document_by_its_name(home: Home, person: Person):
    for collection in WORDS:
        for record in home.records(collection):
            is_seen = may(READ, person, collection)
            assert bool(home.of(person).catalogue.find(collection, record.source)) == is_seen


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
def test_a_passage_by_its_number(home: Home, person: Person):
    mine = home.of(person)
    for collection in WORDS:
        for number in home.chunk_ids(collection):
            is_seen = may(READ, person, collection)
            assert bool(mine.catalogue.chunks([number])) == is_seen
            out = told(lambda: mine.lab.inspect(number, "harbour", Scope()))  # noqa: B023 - called at once
            assert ("InputError: this passage is not there any more" in out) == (not is_seen)


def test_what_is_counted_of_a_word_counts_what_may_be_seen(home: Home):
    number = home.chunk_ids("town")[0]
    counts = {
        person.name: home.of(person).lab.inspect(number, "harbour", Scope()).words[0].n_chunks for person in PEOPLE
    }
    assert counts["carl"] < counts["anna"] == counts["ben"] < counts["root"]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
def test_a_slip_of_the_finger_finds_no_word_that_may_not_be_seen(home: Home, person: Person):
    for collection, word in WORDS.items():
        typed = word[:3] + word[4:]
        answer = home.of(person).answerer.ask(f"When does {typed} say that the harbour opens?")
        assert (word in repr(answer)) == may(READ, person, collection)


@cache
def _calls() -> list[ToolCall]:
    made = [("list_documents", {})]
    for word in WORDS.values():
        made += [("search", {"query": "harbour", "document": f"{word} harbour.md"}), ("search", {"query": word})]
        made += [("search", {"query": "pier", "document": f"{word}.pdf"})]
    made += [("open_section", {"passage": number}) for number in range(1, 12)]
    return [ToolCall(f"c{n}", name, json.dumps(given)) for n, (name, given) in enumerate(made)]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
def test_the_tools_of_a_chat_model(home: Home, person: Person):
    scope = home.workspace.library.catalogue.access.rights_of(person).within(Scope())
    box = Toolbox(home.workspace.library.retriever, home.workspace.shelf, scope, Gathered(50_000), lambda: "8d1f0c")
    out = "\n".join(box.run(call).text for call in _calls())
    hits = {hit.chunk.collection for hit in box.gathered.hits}
    assert hits == {name for name in WORDS if may(READ, person, name)}
    for collection, word in WORDS.items():
        texts = " ".join(line for line in out.splitlines() if "are called" not in line)
        assert (word in texts) == may(READ, person, collection)


def cited(home: Home, collection: str) -> Turn:
    """A turn whose answer cites the first passage of a collection."""
    chunk = home.workspace.library.catalogue.chunks(home.chunk_ids(collection)[:1]).popitem()[1]
    answer = Answer("When?", "At six [1].", (), (Citation(1, chunk, chunk.start, chunk.end),), (), Trace(), model="m")
    return Turn("When does the harbour open?", answer)


@pytest.mark.parametrize("question", ["What does the first source say?", "And what does that document say?"])
def test_sources_of_an_earlier_answer_are_not_read_again_once_they_are_not_shared(home: Home, question: str):
    mine, access = home.of(BEN), home.workspace.library.catalogue.access
    turn = cited(home, "team")
    before = mine.answerer.ask(question, Scope(), (turn,))
    assert "team" in {hit.chunk.collection for hit in before.hits}
    access.unshare("team", "ben")
    try:
        after = mine.answerer.ask(question, Scope(), (turn,))
        assert "team" not in {hit.chunk.collection for hit in after.hits}
        assert WORDS["team"] not in repr((after.text, after.sentences, after.citations, after.hits))
        assert not mine.catalogue.has(turn.answer.citations[0].chunk.document_id)
    finally:
        access.share("team", "ben")


def test_what_is_asked_stands_in_the_log_under_the_name_of_who_asks(home: Home):
    home.of(ANNA).answerer.ask("When does the harbour open?")
    home.of(BEN).answerer.ask("When does the harbour open?")
    assert [row["user"] for row in home.workspace.audit.rows()][-2:] == ["anna", "ben"]


def test_whoever_sits_at_a_computer_where_nobody_signs_in_sees_everything(home: Home):
    mine = home.of(OWNER)
    assert sorted(mine.catalogue.collections()) == sorted(WORDS)
    assert mine.library.sees_all
    assert not mine.is_signed_in


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
def test_nothing_of_anothers_is_sent_to_a_chat_model_whatever_it_calls(home: Home, person: Person):
    named = ("search", json.dumps({"query": "harbour", "document": f"{WORDS['diary']} harbour.md"}))
    steps = calls(("list_documents", "{}"), named, search("boathouse pier"), ("open_section", '{"passage": 1}'))
    question = "What is the rent of the boathouse, and how much more is it than the rent of the pier?"
    with Asked(home.workspace.settings.home, steps, says("DONE"), says("It is 330 euros. [1]")) as asked:
        answer = PersonalWorkspace(asked.workspace, person).answerer.ask(question)
        told = [one for request in asked.endpoint.requests for one in request["messages"] if one["role"] != "assistant"]
    assert answer.steps
    sent = "\n".join(line for one in told for line in one["content"].splitlines() if "are called" not in line)
    assert [word for word in WORDS.values() if word in sent]
    assert not [word for name, word in WORDS.items() if word in sent and not may(READ, person, name)]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
def test_the_picture_of_a_page_that_another_one_has_looked_at(home: Home, person: Person):
    for collection in WORDS:
        record = next(one for one in home.records(collection) if one.source.endswith(".pdf"))
        assert painted(home.of(ROOT).catalogue, record, 1)
        if may(READ, person, collection):
            assert painted(home.of(person).catalogue, record, 1)
        else:
            with pytest.raises(InputError, match=f"there is no document {record.id}"):
                painted(home.of(person).catalogue, record, 1)
