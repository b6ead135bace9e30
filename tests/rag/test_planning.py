"""Which documents a question means, and what it looks for in them."""

from __future__ import annotations

import numpy as np
import pytest

from rag.routing import route_of
from rag.types import Chunk, Scope
from rag.whole.nouns import DocumentName
from rag.whole.planning import Here, Plan, plan
from rag.whole.sections import Section
from rag.whole.sides import completed


def documents(*files: str) -> list[DocumentName]:
    """Numbered from 1, each called as its file."""
    return [DocumentName(n, file.rsplit(".", 1)[0], file, 5) for n, file in enumerate(files, start=1)]


REPORTS = documents("Annual Report 2022.pdf", "Annual Report 2023.pdf", "Lease.pdf", "Statutes.pdf")
PAIRS = documents(
    "old lease.pdf",
    "new lease.pdf",
    "offer_miller.pdf",
    "offer_schmidt.pdf",
    "cv_anna_berg.pdf",
    "cv_peter_klein.pdf",
)


def planned(question: str, there: list[DocumentName]) -> Plan | None:
    return plan(route_of(question), Here(there, Scope()))


def looked(question: str, there: list[DocumentName]) -> list[tuple[str, tuple[int, ...]]]:
    """(what is looked for, in which documents alone) of every target; none for a lookup."""
    made = planned(question, there)
    return [] if made is None else [(target.topic, target.scope.documents) for target in made.targets]


@pytest.mark.parametrize(
    ("question", "there", "sides"),
    [
        ("compare the 2022 and 2023 reports", REPORTS, [("", (1,)), ("", (2,))]),
        ("compare the 2022 and the 2023 annual report", REPORTS, [("", (1,)), ("", (2,))]),
        ("compare the annual reports 2022 and 2023", REPORTS, [("", (1,)), ("", (2,))]),
        ("compare the annual reports of 2022 and 2023", REPORTS, [("", (1,)), ("", (2,))]),
        ("what changed between the 2022 and 2023 report?", REPORTS, [("", (1,)), ("", (2,))]),
        ("Compare the revenue in the 2022 and 2023 reports", REPORTS, [("revenue", (1,)), ("revenue", (2,))]),
        ("Compare the lease with the statutes", REPORTS, [("", (3,)), ("", (4,))]),
        ("compare the old and the new lease", PAIRS, [("", (1,)), ("", (2,))]),
        ("How does the new lease differ from the old one?", PAIRS, [("", (2,)), ("", (1,))]),
        ("compare the offers from Miller and Schmidt", PAIRS, [("", (3,)), ("", (4,))]),
        ("compare the CVs of Anna and Peter", PAIRS, [("", (5,)), ("", (6,))]),
        ("compare Anna's and Peter's CV", PAIRS, [("", (5,)), ("", (6,))]),
        # what names no document of its own for every side stays as it is said
        ("compare 2022 and 2023", REPORTS, [("2022", ()), ("2023", ())]),
        ("compare the 2021 and 2023 reports", REPORTS, [("2021", ()), ("", (2,))]),
        ("compare the offer and the acceptance", PAIRS, [("offer", ()), ("acceptance", ())]),
        ("compare Miller and Schmidt", PAIRS, [("Miller", ()), ("Schmidt", ())]),
        ("compare the price of oak and pine", PAIRS, [("oak price", ()), ("pine price", ())]),
        ("compare the old roof and the new lease", PAIRS, [("old roof", ()), ("", (2,))]),
    ],
)
def test_sides_share_a_word(question: str, there: list[DocumentName], sides: list[tuple[str, tuple[int, ...]]]):
    assert looked(question, there) == sides


@pytest.mark.parametrize(
    ("question", "there", "sides"),
    [
        ("compare the two reports", REPORTS, [("", (1,)), ("", (2,))]),
        ("Compare the two reports by profit", REPORTS, [("profit", (1,)), ("profit", (2,))]),
        ("compare the two offers", PAIRS, [("", (3,)), ("", (4,))]),
        ("compare both leases", PAIRS, [("", (1,)), ("", (2,))]),
        ("compare both CVs", PAIRS, [("", (5,)), ("", (6,))]),
        ("How do the two offers differ?", PAIRS, [("", (3,)), ("", (4,))]),
        ("What are the differences between these leases?", PAIRS, [("", (1,)), ("", (2,))]),
        (
            "Vergleiche die beiden Angebote",
            documents("Angebot Meier.pdf", "Angebot Kurz.pdf"),
            [("", (1,)), ("", (2,))],
        ),
        ("summarise both reports", REPORTS, [("", (1, 2))]),
        ("List all fees in both reports", REPORTS, [("fees", (1, 2))]),
        # no two documents are called so
        ("compare the two reports", PAIRS[:4], [("", (1,)), ("", (2,)), ("", (3,)), ("", (4,))]),
        ("compare these documents", REPORTS, [("", (1,)), ("", (2,)), ("", (3,)), ("", (4,))]),
        ("summarise both reports", PAIRS, [("", ())]),
        ("Compare the two candidates", PAIRS, []),
        ("compare both statutes", REPORTS, []),
        ("How do the two brothers differ?", PAIRS, []),
        ("What is the difference between the two rents?", PAIRS, []),
    ],
)
def test_documents_of_one_kind(question: str, there: list[DocumentName], sides: list[tuple[str, tuple[int, ...]]]):
    assert looked(question, there) == sides


def test_which_documents_of_a_kind_were_compared_is_said():
    found = planned("compare the two reports", REPORTS + documents(*(f"Letter {n}.pdf" for n in range(9)))[4:])
    assert found is not None
    assert (
        found.notice
        == "“reports” fits 2 documents, and all of them were read: Annual Report 2022.pdf, Annual Report 2023.pdf."
    )


WRITINGS = documents("Lease.pdf", "Statutes.pdf", "Minutes of the board.docx", "Rental contract.pdf", "Wood.md")


@pytest.mark.parametrize(
    ("question", "topic", "numbers"),
    [
        ("List all payments under the lease", "payments", (1,)),
        ("List all deadlines of the lease", "deadlines", (1,)),
        ("List the duties of the treasurer according to the statutes", "duties of the treasurer", (2,)),
        ("List all fees of Lease.pdf", "fees", (1,)),
        ("List all fees under the contract", "fees", (4,)),
        ("Liste alle Fristen des Mietvertrags auf", "Fristen", (9,)),
        ("summarise the main points of the lease", "", (1,)),
        ("Give me a summary of the key points of the lease", "", (1,)),
        ("summarise the rent section of the lease", "rent", (1,)),
        ("summarise the first chapter of the lease", "the first chapter", (1,)),
        # "of" stands before much that is no document
        ("List all members of the board", "members of the board", ()),
        ("List all parts of the pump", "parts of the pump", ()),
        ("List the results of the election", "results of the election", ()),
        ("List all types of contract", "types of contract", ()),
        ("List all kinds of wood", "kinds of wood", ()),
        ("List all costs per month", "costs per month", ()),
        ("List what the documents say about pets", "pets", ()),
    ],
)
def test_what_is_looked_for_of_which_document(question: str, topic: str, numbers: tuple[int, ...]):
    there = [*WRITINGS, DocumentName(9, "Mietvertrag", "mietvertrag.pdf", 5)]
    assert looked(question, there) == [(topic, numbers)]


@pytest.mark.parametrize(
    ("question", "number", "numbers"),
    [
        ("summarise section 4 of the lease", "4", (1,)),
        ("Summarise § 4 of the lease", "4", (1,)),
        ("summarise chapter 2.1 in the statutes", "2.1", (2,)),
        ("Summarise clause 7", "7", ()),
        ("Fasse Kapitel 2 der Satzung zusammen", "", ()),  # no document is called so
        ("summarise section 4", "4", ()),
        ("summarise section 4 of Rental contract.pdf", "4", (4,)),
    ],
)
def test_a_section_is_called_by_its_number(question: str, number: str, numbers: tuple[int, ...]):
    made = planned(question, WRITINGS)
    assert made is not None
    (target,) = made.targets
    assert (target.section, target.scope.documents) == (number, numbers)


@pytest.mark.parametrize(
    ("heading", "is_there"),
    [
        ("4. Rent", True),
        ("§ 4 Rent", True),
        ("Lease > Section 4: Rent > Due dates", True),
        ("4.1 Deposit", True),
        ("14. Rent", False),
        ("40 Rent", False),
        ("4.5.2024 Meeting", False),
        ("Part 5 > Rule of 4", False),
        ("", False),
    ],
)
def test_what_stands_below_a_heading_with_a_number(heading: str, is_there: bool):
    chunk = Chunk(1, 1, 1, 0, 4, "Text", heading, "", None, None, "lease.md", "Lease", "c")
    assert Section("4").matches([chunk], np.zeros((1, 1), np.float32)).tolist() == [is_there]


def test_among_very_many_documents_no_side_is_completed():
    reports = [DocumentName(n, f"Annual report {2022 + n}", f"report-{2022 + n}.pdf", 3) for n in range(2)]
    others = [DocumentName(n, f"Letter {n}", f"letter-{n}.pdf", 3) for n in range(2, 2_001)]
    phrases = ["the 2022", "2023 reports"]
    assert completed(phrases, "", [*reports, *others[:100]]) == (["the 2022 reports", "2023 reports"], "")
    assert completed(phrases, "", [*reports, *others]) == (phrases, "")
