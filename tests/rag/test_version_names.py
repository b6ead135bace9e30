"""What the names of files tell about versions."""

from itertools import permutations

import pytest

from rag.versions.asking import asking, without_mark
from rag.versions.names import are_issues, are_versions, order, version_name


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("Handbook 2025.pdf", "Handbook 2023.pdf"),
        ("contract_v10.docx", "contract_v9.docx"),
        ("HandbookV2.pdf", "HandbookV1.pdf"),
        ("spec v1.10.pdf", "spec v1.9.pdf"),
        ("spec v2.pdf", "spec.pdf"),
        ("policy.md", "policy-alt.md"),
        ("policy-neu.md", "policy.md"),
        ("Offer final.docx", "Offer draft.docx"),
        ("Offer v2 draft.docx", "Offer v1 final.docx"),
        ("plan_2024-05-01.txt", "plan_20240331.txt"),
        ("Satzung Stand 03.02.2024.pdf", "Satzung Stand 17.11.2023.pdf"),
        ("drawing Rev C.pdf", "drawing rev b.pdf"),
        ("Report 2023-24.pdf", "Report 2022-23.pdf"),
        ("figures Q3 2024.xlsx", "figures Q2 2024.xlsx"),
        ("Norm, 3. Auflage.pdf", "Norm, 2. Auflage.pdf"),
        ("2025/handbook.pdf", "2023/handbook.pdf"),
        ("docs/handbook.pdf", "docs/archive/handbook.pdf"),
        ("Handbook 2025.docx", "Handbook 2023.pdf"),
    ],
)
def test_the_newer_of_two_versions_is_told_by_the_mark(newer: str, older: str):
    one, other = version_name(newer), version_name(older)
    assert are_versions(one, other)
    assert (order(one, other), order(other, one)) == (1, -1)


def test_a_copy_is_a_version_of_which_the_name_does_not_tell_the_age():
    one, other = version_name("letter (1).pdf"), version_name("letter.pdf")
    assert are_versions(one, other)
    assert order(one, other) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("chapter 1.md", "chapter 2.md"),
        ("ipv4.md", "ipv6.md"),
        ("scan001.pdf", "scan002.pdf"),
        ("a/README.md", "b/README.md"),
        ("2023.pdf", "2024.pdf"),
        ("north/report 2023.pdf", "south/report 2024.pdf"),
        ("report 2023.pdf", "report 2023.docx"),
        ("Handbook 2023.pdf", "Handbook for drivers 2025.pdf"),
        ("New York.md", "York.md"),
        ("trip-to-new-york.md", "trip-to-york.md"),
        ("Old Testament.txt", "New Testament.txt"),
        ("Current account.md", "Account.md"),
        ("Final exam.md", "Exam.md"),
        ("New hire policy.md", "hire policy.md"),
    ],
)
def test_other_names_are_no_versions(one: str, other: str):
    assert not are_versions(version_name(one), version_name(other))


@pytest.mark.parametrize(
    ("question", "own", "other", "is_asked"),
    [
        ("How many days were there in 2023?", "Handbook 2023.pdf", "Handbook 2025.pdf", True),
        ("How many days were there in 2025?", "Handbook 2023.pdf", "Handbook 2025.pdf", False),
        ("What does v1 say of it?", "spec v1.md", "spec v2.md", True),
        ("What does Version 2 say of it?", "spec v1.md", "spec v2.md", False),
        ("Was steht im Entwurf?", "Satzung Entwurf.md", "Satzung.md", True),
        ("What did the old handbook say?", "Handbook 2023.pdf", "Handbook 2025.pdf", True),
        ("Was stand in der alten Fassung?", "Handbook 2023.pdf", "Handbook 2025.pdf", True),
        ("How old must a driver be?", "Handbook 2023.pdf", "Handbook 2025.pdf", False),
        ("What is in policy.md?", "policy.md", "policy-neu.md", True),
        ("What is the pressure according to spec_v1?", "spec_v1.md", "spec_v2.md", True),
        ("What was approved in January?", "Minutes 2024-01-15.md", "Minutes 2024-02-15.md", True),
        ("What was approved in January?", "Minutes 2024-02-15.md", "Minutes 2024-01-15.md", False),
        ("What was approved in January 2024?", "Minutes 2024-01-15.md", "Minutes 2024-02-15.md", True),
        ("What was approved in January 2023?", "Minutes 2024-01-15.md", "Minutes 2024-02-15.md", False),
        ("What may the board approve?", "Minutes 2024-05-15.md", "Minutes 2024-02-15.md", False),
        ("What was approved in May?", "Minutes 2024-05-15.md", "Minutes 2024-02-15.md", True),
        ("Was wurde im März beschlossen?", "Protokoll 2024-03-15.md", "Protokoll 2024-02-15.md", True),
        ("What were the sales in Q1?", "Sales Q1 2024.xlsx", "Sales Q2 2024.xlsx", True),
    ],
)
def test_a_question_asks_for_a_version_by_its_mark(question: str, own: str, other: str, is_asked: bool):
    assert asking(question).is_for(version_name(own), version_name(other), lambda: True) is is_asked


def test_the_years_before_a_version_are_those_that_a_question_names():
    newest = version_name("Report 2024.pdf")
    assert asking("What was the profit in 2021 and 2024?").years_before(newest) == [2021]
    assert asking("What was the profit of 1,200 shops?").years_before(newest) == []


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("Minutes 2024-01-15.md", "Minutes 2024-02-15.md", True),
        ("Sales Q1 2024.xlsx", "Sales Q2 2024.xlsx", True),
        ("Report 2022-23.pdf", "Report 2023-24.pdf", True),
        ("Invoice (1).md", "Invoice (2).md", True),
        ("2024-01/minutes.md", "2024-02/minutes.md", True),
        ("Handbook 2023.pdf", "Handbook 2025.pdf", False),
        ("Satzung Stand 03.02.2024.pdf", "Satzung Stand 17.11.2023.pdf", False),
        ("spec v1 2024-01-15.md", "spec v2 2024-02-15.md", False),
        ("policy.md", "policy (old).md", False),
    ],
)
def test_days_quarters_seasons_and_numbered_copies_may_be_a_series(one: str, other: str, are: bool):  # noqa: FBT001
    assert are_versions(version_name(one), version_name(other))
    assert are_issues(version_name(one), version_name(other)) is are


def test_the_order_of_names_never_leads_back_to_its_beginning():
    marks = (
        "",
        " v2",
        " 2024",
        " 2023 v3",
        " final",
        " draft",
        " v9 old",
        " 2024 v1",
        " (2)",
        " 2025 draft",
        " 2024-05",
        " Q1 2024",
    )
    found = [version_name(f"r{mark}.md") for mark in marks]
    for one, other, third in permutations(found, 3):
        assert not (order(one, other) < 0 and order(other, third) < 0 and order(third, one) < 0)


@pytest.mark.parametrize(
    ("question", "name", "left"),
    [
        ("What is the pressure according to spec_v1?", "spec_v1.md", "What is the pressure?"),
        ("Wie hoch war die Miete im Mietvertrag 2021?", "Mietvertrag 2021.md", "Wie hoch war die Miete?"),
        ("What was approved in January?", "Minutes 2024-01-15.md", "What was approved?"),
        ("What did the previous handbook grant?", "Handbook 2023.md", "What did the handbook grant?"),
        ("How old is the house of 1900?", "Handbook 2023.md", "How old is the house of 1900?"),
    ],
)
def test_a_question_is_read_without_what_names_the_version(question: str, name: str, left: str):
    assert without_mark(question, version_name(name)) == left
