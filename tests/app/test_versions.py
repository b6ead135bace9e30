"""Versions of a document in one collection: the newer one answers and says so, the older one can be asked for."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.components.answer_card import card
from app.wiring import Workspace
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from rag.types import Answer
from tests.fake_endpoint import FakeEndpoint, says

HANDBOOK = """# Staff handbook

## Leave

Every employee is entitled to {days} days of paid annual leave in each calendar year. Leave is requested from the line
manager at least two weeks ahead. Days that are not taken by the end of March are lost.

## Travel

Train tickets are booked through the travel desk in {place}. Receipts are handed in within thirty days of the journey.
"""
OLD, NEW = HANDBOOK.format(days=20, place="Lisbon"), HANDBOOK.format(days=25, place="Lisbon")
LEAVE = "How many days of paid annual leave does an employee get?"
TRAVEL = "Where are train tickets booked?"
YEAR = 365 * 24 * 3600


@contextmanager
def a_workspace(folder: Path, texts: Mapping[str, str], **settings: str) -> Iterator[Workspace]:
    """The texts in one collection; the first file is the oldest by a year each."""
    workspace = Workspace(Settings(home=folder / "home", **settings))
    for age, (name, text) in enumerate(texts.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1.6e9 + age * YEAR, 1.6e9 + age * YEAR))
    outcomes = Pipeline(workspace.library, "default").add(File(folder / name, name) for name in texts)
    assert {one.state for one in outcomes} == {"ready"}
    yield workspace
    workspace.close()


def cited(answer: Answer) -> set[str]:
    return {citation.chunk.source for citation in answer.citations}


@pytest.mark.parametrize("names", [("Handbook 2023.md", "Handbook 2025.md"), ("Handbook 2025.md", "Handbook 2023.md")])
def test_the_newer_version_is_quoted_and_says_what_the_older_one_says(tmp_path: Path, names: tuple[str, str]):
    texts = {name: NEW if "2025" in name else OLD for name in names}
    with a_workspace(tmp_path, texts) as workspace:
        answer = workspace.answerer.ask(LEAVE)
        assert cited(answer) == {"Handbook 2025.md"}
        assert "25 days" in answer.text
        assert answer.notice == (
            "Two versions say different things: «Handbook 2025.md» (newer) is quoted; «Handbook 2023.md» says 20 days "
            "instead of 25."
        )
        assert any("20 days" in row["text"] for row in card(answer)["also"])  # the older passage can be opened
        same = workspace.answerer.ask(TRAVEL)
        assert (cited(same), same.notice) == ({"Handbook 2025.md"}, "")


def test_a_version_that_is_named_goes_before_a_newer_one(tmp_path: Path):
    with a_workspace(tmp_path, {"Handbook 2023.md": OLD, "Handbook 2025.md": NEW}) as workspace:
        for question in (
            f"{LEAVE[:-1]} in 2023?",
            "How many days of annual leave did the old handbook give?",
            "How many days of annual leave did the previous handbook give?",
        ):
            answer = workspace.answerer.ask(question)
            assert cited(answer) == {"Handbook 2023.md"}
            assert "20 days" in answer.text
            assert answer.notice == ""


def test_both_versions_are_there_where_both_are_named(tmp_path: Path):
    with a_workspace(tmp_path, {"Handbook 2023.md": OLD, "Handbook 2025.md": NEW}) as workspace:
        found = workspace.library.retriever.retrieve("days of annual leave in 2023 and in 2025", 4)
        texts = [hit.chunk.text for hit in found.hits if "annual leave" in hit.chunk.text]
        assert len(texts) == 2
        assert found.twins == ()


def test_a_year_that_both_versions_speak_of_names_neither(tmp_path: Path):
    text = "# Works\n\nIn 1992 the works council agreed that {n} apprentices are trained in the foundry each winter."
    texts = {f"Works {year}.md": text.format(n=year - 2000) for year in (2023, 2025)}
    with a_workspace(tmp_path, texts) as workspace:
        answer = workspace.answerer.ask("How many apprentices did the works council agree on in 1992?")
        assert cited(answer) == {"Works 2025.md"}
        assert "«Works 2023.md» says 23 apprentices instead of 25" in answer.notice


def test_copies_are_told_apart_by_the_time_of_their_files(tmp_path: Path):
    with a_workspace(tmp_path, {"Handbook (1).md": OLD, "Handbook.md": NEW}) as workspace:
        answer = workspace.answerer.ask(LEAVE)
        assert cited(answer) == {"Handbook.md"}
        assert "«Handbook (1).md» says 20 days instead of 25" in answer.notice


def test_nearly_the_same_text_is_a_version_whatever_it_is_called(tmp_path: Path):
    padding = "\n".join(
        f"Rule {n} of the house says that floor {n} is cleaned on day {n} of each week." for n in range(9)
    )
    texts = {"intranet-page.md": OLD + padding, "for-new-staff.md": NEW + padding}
    with a_workspace(tmp_path, texts) as workspace:
        answer = workspace.answerer.ask(LEAVE)
        assert cited(answer) == {"for-new-staff.md"}
        assert "«intranet-page.md» says 20 days instead of 25" in answer.notice


def test_contracts_with_two_people_are_no_versions(tmp_path: Path):
    lease = "# Lease\n\nThe flat is let to {who} for {rent} euros a month.\n\n" + HANDBOOK.format(days=5, place="Bonn")
    lease += "\n".join(f"Clause {n} says that room {n} is painted in year {n} by the tenant." for n in range(9))
    texts = {
        "one.md": lease.format(who="Mr Ruben Ahlers", rent=700),
        "two.md": lease.format(who="Ms Ida Brandt", rent=900),
    }
    with a_workspace(tmp_path, texts) as workspace:
        for question in ("What rent does Ruben Ahlers pay?", "What rent does Ida Brandt pay?"):
            answer = workspace.answerer.ask(question)
            assert "versions" not in answer.notice


def test_where_nobody_knows_which_is_newer_both_are_shown_as_contradicting(tmp_path: Path):
    with a_workspace(tmp_path, {"Handbook (1).md": OLD, "Handbook.md": NEW}) as workspace:
        number = workspace.library.catalogue.find("default", "Handbook.md")
        assert number is not None
        same = workspace.library.catalogue.sources.of_document(number.id)[0].stat
        old = workspace.library.catalogue.sources.find("default", "Handbook (1).md")
        assert old is not None
        workspace.library.catalogue.sources.touch(old, same)  # both files of one moment
        answer = workspace.answerer.ask(LEAVE)
        assert cited(answer) == {"Handbook (1).md", "Handbook.md"}
        assert answer.notice == "Your documents contradict each other: the sentences are marked."
        first = answer.sentences[0]
        assert first.check is not None
        ((n, finding),) = first.check.against
        quotes = {citation.n: citation.quote for citation in answer.citations}
        assert {finding.said, finding.instead.split()[0]} == {"20", "25"}
        assert finding.instead in " ".join(quotes[n].split())
        assert answer.text.startswith(f"{first.text} [1][{n}]")


def test_a_report_of_each_year_answers_for_its_year(tmp_path: Path):
    report = (
        "# Annual report\n\nIn the year under review the company earned {profit} million euros with {staff} people."
    )
    texts = {f"Report {year}.md": report.format(profit=year - 2000, staff=year) for year in (2021, 2022, 2023)}
    with a_workspace(tmp_path, texts) as workspace:
        for year in (2021, 2022, 2023):
            answer = workspace.answerer.ask(f"How many million euros did the company earn in {year}?")
            assert cited(answer) == {f"Report {year}.md"}
            assert answer.notice == ""


def test_a_chat_model_reads_the_newer_passage_and_older_documents_are_marked(tmp_path: Path):
    more = "\n\n## Parking\n\nThe company gives every employee a parking place and days of leave in each calendar year."
    with FakeEndpoint(says("Every employee gets 25 days of paid annual leave [1].")) as endpoint:
        settings = {"chat_model": "tiny", "base_url": endpoint.url}
        texts = {"Handbook 2023.md": OLD + more, "Handbook 2025.md": NEW}
        with a_workspace(tmp_path, texts, **settings) as workspace:
            answer = workspace.answerer.ask(LEAVE)
        prompt = str(endpoint.requests[-1])
    assert "25 days" in prompt
    assert "20 days" not in prompt
    assert "Staff handbook, older version" in prompt
    assert cited(answer) == {"Handbook 2025.md"}
    assert "«Handbook 2025.md» (newer) is followed; «Handbook 2023.md» says 20 days instead of 25." in answer.notice


SERIES = (
    (
        {
            "York.md": "The city council has 47 members and meets every second Tuesday of the month in its hall.",
            "New York.md": "The city council has 51 members and meets every second Tuesday of the month in its hall.",
        },
        "How many members has the council of York?",
    ),
    (
        {
            "Minutes 2024-01-15.md": "The committee approved a budget of 12,000 euros for the repair of the roof.",
            "Minutes 2024-02-15.md": "The committee approved a budget of 7,500 euros for the repair of the roof.",
        },
        "What budget for the repair of the roof was approved?",
    ),
    (
        {
            "Invoice (1).md": "The amount that is due on this invoice to Acme Limited is 310 euros within ten days.",
            "Invoice (2).md": "The amount that is due on this invoice to Zeta Partners is 980 euros within ten days.",
        },
        "Which amount is due on the invoice to Acme Limited?",
    ),
    (
        {
            "Annual report 2022.md": "In 2022 the revenue of Nordwind was 41.2 million euros with many new people.",
            "Annual report 2023.md": "In 2023 the revenue of Nordwind was 47.9 million euros with many new people.",
        },
        "What was the revenue of Nordwind?",
    ),
    (
        {
            "Invoice 2021.md": "Invoice to Acme Ltd for garden maintenance. The total amount due is 310 euros in May.",
            "Invoice 2022.md": "Invoice to Zeta Ltd for garden maintenance. The total amount due is 980 euros in May.",
        },
        "What is the total amount due on the invoice to Acme?",
    ),
)


@pytest.mark.parametrize(("texts", "question"), SERIES)
def test_what_is_true_beside_another_is_no_older_version(tmp_path: Path, texts: Mapping[str, str], question: str):
    """A wrong answer from another document is worse than a note that is not there."""
    with a_workspace(tmp_path, texts) as workspace:
        found = workspace.library.retriever.retrieve(question, 4)
        assert {hit.chunk.source for hit in found.hits} == set(texts)
        assert found.twins == ()
        answer = workspace.answerer.ask(question)
        assert "versions" not in answer.notice
        assert "contradict" not in answer.notice


def test_a_month_in_words_asks_for_the_file_of_that_month(tmp_path: Path):
    with a_workspace(tmp_path, SERIES[1][0]) as workspace:
        for month, said in (("January", "12,000 euros"), ("February", "7,500 euros")):
            answer = workspace.answerer.ask(f"What budget for the roof was approved in {month}?")
            assert said in answer.text
            assert (len(answer.citations), answer.notice) == (1, "")


def test_the_note_tells_what_was_asked_for_alone(tmp_path: Path):
    text = (
        "# Specification\n\nThe vessel is made of steel. The maximum pressure of the vessel is {bar} bar at a "
        "temperature of 80 degrees. The vessel is inspected every {years} years."
    )
    texts = {"spec_v1.md": text.format(bar=10, years=2), "spec_v2.md": text.format(bar=16, years=3)}
    with a_workspace(tmp_path, texts) as workspace:
        answer = workspace.answerer.ask("What is the maximum pressure?")
        assert answer.sentences
        assert answer.notice.endswith("«spec_v1.md» says 10 bar instead of 16.")
        named = workspace.answerer.ask("What is the maximum pressure according to spec_v1?")
        assert (cited(named), named.notice) == ({"spec_v1.md"}, "")
