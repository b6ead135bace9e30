"""Times of day agree however they are written, and what only looks like one is none."""

import pytest

from rag.verification.comparing import findings
from rag.verification.quantities import quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The office is open from 9 am to 5 pm.", "The office is open from 09:00 to 17:00."),
        ("The office is open from 9 to 5 pm.", "The office is open from 9 am to 17:00."),
        ("The office is open between 9 and 5 pm.", "The office is open between 9:00 AM and 5:00 PM."),
        ("The meeting is at 5 PM.", "The meeting is at 5pm."),
        ("The meeting is at 5:00 p.m. on Monday.", "The meeting is at 5 pm on Monday."),
        ("The shop closes at 18:30.", "The shop closes at 6:30 pm."),
        ("The shop opens at 9:30.", "The shop opens at 9.30 am."),
        ("Lunch is at 12 pm.", "Lunch is at noon."),
        ("Der Laden schließt um 18 Uhr.", "Der Laden schließt um 18:00 Uhr."),
        ("Der Laden schließt um 18 Uhr.", "Der Laden schließt um 18.00 Uhr."),
        ("Der Laden ist von 9–17 Uhr geöffnet.", "Der Laden ist von 9:00 Uhr bis 17:00 Uhr geöffnet."),
        ("Le magasin ferme à 17h30.", "Le magasin ferme à 17:30."),
        ("The ratio is 4:3.", "The ratio is 4 to 3."),
        ("It says so in chapter 3:16.", "It says so in chapter 3, verse 16."),
    ],
)
def test_the_same_time_agrees(one: str, other: str):
    assert findings(one, [other]) == findings(other, [one]) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The meeting is at 5 am.", "The meeting is at 5 pm."),
        ("The meeting is at 5am.", "The meeting is at 5:00 PM."),
        ("The meeting is at 09:00.", "The meeting is at 9 pm."),
        ("The meeting is at 18:30.", "The meeting is at 6:45 pm."),
        ("The meeting is at 12 am.", "The meeting is at 12:30 pm."),
        ("Der Laden schließt um 18 Uhr.", "Der Laden schließt um 19.00 Uhr."),
        ("The office is open from 9 to 5 pm.", "The office is open from 8 am to 5 pm."),
        ("The shop opens at 8:00.", "The shop opens at 20:00."),
        ("Der Kurs beginnt um 8 Uhr.", "Der Kurs beginnt um 20 Uhr."),
        ("The shop opens at 9:30.", "The shop opens at 9:45."),
    ],
)
def test_another_time_is_found(claim: str, source: str):
    assert [one.kind for one in findings(claim, [source])] == ["number"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The office is open from 9 am to 5 pm.", "Office hours: 9-5"),
        ("Das Büro ist von 9 bis 17 Uhr geöffnet.", "Öffnungszeiten: Mo-Fr 9-17"),
        ("Das Essen beginnt um 7 Uhr.", "Das Essen beginnt um sieben Uhr."),
        ("The dinner starts at 7 o'clock.", "The dinner starts at seven o'clock."),
        ("The meeting begins at 9.", "The meeting begins at 9 am."),
        ("Quiet hours are between 10 and 6.", "Quiet hours are from 10 pm to 6 am."),
        ("Sprechstunde ist um 14.15 Uhr.", "Sprechstunde: 14.15"),
        ("The drawing is 1:50.", "Scale 1:50"),
        ("Dilute it 1:20.", "Dilution ratio 1:20"),
        ("The film lasts 1:30 hours.", "Duration 1:30"),
        ("The shop opens at 8:00.", "The shop opens at 8 pm."),
    ],
)
def test_what_may_be_the_same_agrees(one: str, other: str):
    assert not findings(one, [other])
    assert not [finding for finding in findings(other, [one]) if finding.kind == "number"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a 4:3 ratio", ["4", "3"]),
        ("a ratio of 10:30", ["10", "30"]),
        ("chapter 3:16 and a score of 3:2", ["3", "16", "3", "2"]),
        ("9.30 m", ["9.3"]),
        ("It took 1:30:00, or 1:30 hours", ["1", "30", "0", "1", "30"]),
        ("2 rooms and 5 pm", ["time 17:00", "2"]),
        ("25:10, 12:75, 24:30", ["25", "10", "12", "75", "24", "30"]),
        ("5 AM, 12 am, 12 pm, 24:00", ["time 5:00", "time 0:00", "time 12:00", "time 0:00"]),
        ("Nimm 2 am Morgen und eine am Abend.", ["2"]),
    ],
)
def test_what_is_a_time(text: str, found: list[str]):
    assert [fact.key for fact in quantities(text)] == found
