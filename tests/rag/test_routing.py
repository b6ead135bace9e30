"""What a question wants is told by its form; what it wants it of, by the documents that are there."""

from __future__ import annotations

import pytest

from evals.routed import KINDS, of_labelled, routed, their_documents
from rag.routing import Route, route_of, split_sides
from rag.types import Scope
from rag.whole.naming import named, pointing
from rag.whole.nouns import DocumentName
from rag.whole.planning import Here, Plan, plan

DOCUMENTS = their_documents()


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("Could you please summarise lease.pdf?", Route("summary", ("lease.pdf",))),
        ("TL;DR", Route("summary")),
        ("What is the lease agreement about?", Route("summary", ("the lease agreement",), is_sure=False)),
        ("List all deadlines.", Route("list", ("deadlines",))),
        ("Which documents contain a penalty clause?", Route("list", ("a penalty clause",))),
        ("Compare oak, pine and beech", Route("comparison", ("oak", "pine", "beech"))),
        ("Compare the price of oak and pine", Route("comparison", ("oak", "pine"), "price")),
        ("How does oak differ from pine?", Route("comparison", ("oak", "pine"))),
        ("Compare and contrast oak and pine", Route("comparison", ("oak", "pine"))),
        ("Compare and contrast the price of oak and pine", Route("comparison", ("oak", "pine"), "price")),
        ("Compare these documents", Route("comparison")),
        ("What is the difference in size between Mars and Earth?", Route("lookup")),
        ("Which two types of nuts are in use?", Route("lookup")),
        ("List three advantages of oak", Route("lookup")),
        ("How many points did the team score?", Route("lookup")),
        ("Aspirin versus placebo reduces the risk of stroke.", Route("lookup")),
        *((f"What are the {points}?", Route("summary")) for points in ("key points", "main takeaways", "highlights")),
        ("What are the most important points?", Route("summary")),
        ("What are the key findings of the lease?", Route("summary", ("the lease",), is_sure=False)),
        ("What are the key points scored by the home team?", Route("lookup")),
        ("What are the key terms?", Route("lookup")),
        ("Was sind die wichtigsten Punkte?", Route("summary")),
        ("Was sind die wichtigsten Punkte im Mietvertrag?", Route("summary", ("Mietvertrag",), is_sure=False)),
        ("Liste die Aufgaben des Kassenwarts auf", Route("list", ("Aufgaben des Kassenwarts",))),
        ("Nenne die Aufgaben des Kassenwarts", Route("list", ("Aufgaben des Kassenwarts",))),
        ("Nenne die Hauptstadt von Frankreich", Route("lookup")),
        ("Nenne die Höhe der Miete", Route("lookup")),
        ("Zähle die Mitglieder", Route("lookup")),
        ("Liste der Mitglieder", Route("list", ("Mitglieder",))),
        ("Could you list the deadlines for me?", Route("list", ("deadlines",))),
        ("list of members", Route("list", ("members",))),
        ("All deadlines?", Route("list", ("deadlines",))),
        ("All good?", Route("lookup")),
        ("All access?", Route("lookup")),
        ("All yours?", Route("lookup")),
        ("", Route("lookup")),
        ("summarise " + "word " * 60, Route("lookup")),
    ],
)
def test_the_form_tells(question: str, route: Route):
    assert route_of(question) == route


def test_labelled_questions_are_told_apart():
    found = of_labelled()
    assert all(found[kind].n >= 150 for kind in KINDS)
    assert found["lookup"].recall >= 0.99
    assert all(found[kind].precision >= 0.98 and found[kind].recall >= 0.93 for kind in KINDS if kind != "lookup")


@pytest.mark.timeout(5)
def test_a_hostile_question_takes_no_time():
    for part in ("compare a and ", "all the ", "what are ", "in which ", "how many of the documents ", "summary of "):
        assert route_of(part * 1000).kind in KINDS
        assert route_of((part * 12)[:300]).kind in KINDS


@pytest.mark.parametrize(
    ("phrase", "sides"),
    [
        ("the terms and conditions of A with those of B", ("the terms and conditions of A", "those of B")),
        ("A vs. B", ("A", "B")),
        ("cats, dogs, and mice", ("cats", "dogs", "mice")),
        ("bread to jam", ("bread", "jam")),
        ("the two brothers", ("the two brothers",)),
    ],
)
def test_sides_are_split_where_it_is_clearest(phrase: str, sides: tuple[str, ...]):
    assert split_sides(phrase) == sides


@pytest.mark.parametrize(
    ("phrase", "files"),
    [
        ("the lease agreement", ["lease.pdf"]),
        ("lease.pdf", ["lease.pdf"]),
        ("the annual report", ["annual-report-2023.pdf"]),
        ("the document about toboganning", ["tobogganing-1913.html"]),
        ("the nuts file", ["self-locking-nuts.pdf"]),
        ("the 2022 report", []),
        ("data protection", []),
    ],
)
def test_documents_are_found_by_what_people_call_them(phrase: str, files: list[str]):
    assert [document.file for document in named(phrase, DOCUMENTS)] == files


def test_phrases_that_only_point():
    one, many = pointing("this file"), pointing("all my documents")
    assert one is not None
    assert many is not None
    assert (one.is_many, many.is_many) == (False, True)
    assert pointing("the lease") is None


def planned(question: str, documents: list[DocumentName] = DOCUMENTS, focus: DocumentName | None = None) -> Plan | None:
    return plan(route_of(question), Here(documents, Scope(), focus))


def test_an_unsure_form_counts_only_for_a_document():
    assert planned("What is the poem about?") is None
    found = planned("What is the handbook about?")
    assert found is not None
    assert [target.name for target in found.targets] == ["Employee handbook"]


def test_what_is_looked_for_is_narrowed_to_the_document_that_is_named():
    found = planned("List all deadlines mentioned in the lease agreement")
    assert found is not None
    (target,) = found.targets
    assert (target.topic, target.scope.documents) == ("deadlines", (1,))


@pytest.mark.parametrize(
    ("question", "topic", "documents"),
    [
        ("What deadlines are there in the lease agreement?", "deadlines", (1,)),
        ("Where is the deposit mentioned in the lease agreement?", "the deposit", (1,)),
        ("What fees are there for late payment?", "fees for late payment", ()),
        ("Welche Fristen gibt es für die Kündigung?", "Fristen für die Kündigung", ()),
        ("What deadlines are there?", "deadlines", ()),
    ],
)
def test_what_stands_behind_a_list_is_a_part_of_what_is_asked(question: str, topic: str, documents: tuple[int, ...]):
    found = planned(question)
    assert found is not None
    (target,) = found.targets
    assert (target.topic.removeprefix("the "), target.scope.documents) == (topic.removeprefix("the "), documents)


@pytest.mark.parametrize("question", ["What does it cover?", "Explain it", "Can you explain that?"])
def test_it_is_what_a_lookup_was_about_and_not_its_document(question: str):
    def asked(documents: list[DocumentName], *, follows_lookup: bool) -> Plan | None:
        return plan(route_of(question), Here(documents, Scope(), DOCUMENTS[3], follows_lookup))

    for documents in (DOCUMENTS, DOCUMENTS[3:4]):
        assert asked(documents, follows_lookup=True) is None
        assert asked(documents, follows_lookup=False) is not None


def test_this_document_is_the_one_that_was_spoken_of():
    found = planned("Summarise this document", focus=DOCUMENTS[3])
    assert found is not None
    assert [target.scope.documents for target in found.targets] == [(4,)]
    without = planned("Summarise this document")
    assert without is not None
    assert without.notice == "No single document was named, so all 7 were read."


KINDS_OF = [
    DocumentName(1, "Washing machine manual", "wm300.pdf", 9),
    DocumentName(2, "Rental contract", "flat.docx", 9),
    DocumentName(3, "", "report-2022.docx", 9),
    DocumentName(4, "", "report-2023.docx", 9),
]


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("Summarise the manual", (1,)),
        ("What is the manual about?", (1,)),
        ("Summarise my contract", (2,)),
        ("Summarise the pdf", (1,)),
        ("List all fees in the contract", (2,)),
        ("List all fees in the report", ()),  # two are called so
        ("List all fees in the letter", ()),  # none is
        ("Summarise all documents and the manual", ()),
        ("Summarise the document", ()),
    ],
)
def test_a_kind_that_one_document_alone_is_called_names_it(question: str, documents: tuple[int, ...]):
    found = planned(question, KINDS_OF)
    assert found is not None
    assert [target.scope.documents for target in found.targets] == [documents]


def test_this_manual_is_the_document_that_was_spoken_of():
    for question, number in (("Summarise this manual", 3), ("Summarise the manual", 1)):
        found = planned(question, KINDS_OF, KINDS_OF[2])
        assert found is not None
        assert [target.scope.documents for target in found.targets] == [(number,)]


def test_sides_may_be_kinds():
    found = planned("Compare the manual with the contract", KINDS_OF)
    assert found is not None
    assert [(target.topic, target.scope.documents) for target in found.targets] == [("", (1,)), ("", (2,))]


def test_a_name_that_fits_several_says_which():
    copies = [DocumentName(n, f"Lease {2020 + n}", f"lease-{2020 + n}.pdf", 3) for n in range(1, 4)]
    found = planned("Summarise the lease", copies)
    assert found is not None
    assert found.targets[0].scope.documents == (1, 2, 3)
    assert "lease-2021.pdf, lease-2022.pdf, lease-2023.pdf" in found.notice
    many = [DocumentName(n, f"Lease {n}", f"lease-{n}.pdf", 3) for n in range(1, 20)]
    unclear = planned("Summarise the lease", many)
    assert unclear is not None
    assert unclear.unclear.startswith("“the lease” fits 19 documents: name one of them, such as lease-1.pdf")


def test_which_two_are_to_be_compared_is_asked_back():
    found = planned("Compare the two documents")
    assert found is not None
    assert found.unclear.startswith("Which of the 7 documents are to be compared?")


def test_a_lone_word_of_a_title_is_a_thing_and_not_the_document():
    found = planned("Compare tobogganing and skiing")
    assert found is not None
    assert [(target.topic, target.scope) for target in found.targets] == [
        ("tobogganing", Scope()),
        ("skiing", Scope()),
    ]


def test_without_documents_there_is_nothing_to_route():
    assert planned("Summarise this document", []) is None
    assert routed("When does the lease end?", DOCUMENTS) == "lookup"
