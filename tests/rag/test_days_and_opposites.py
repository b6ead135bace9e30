"""Days of the week, ranks, times of day and opposites: what is said otherwise than in the source, and what is not."""

from __future__ import annotations

import pytest

from rag.verification.comparing import findings

CHANGED = [
    ("The board of the club meets on Tuesday.", "The board of the club meets on Monday.", "Tuesday"),
    ("Waste paper is collected on the first Friday.", "Waste paper is collected on the first Thursday.", "Friday"),
    ("The office is open from Monday to Saturday.", "The office is open from Monday to Friday.", "Saturday"),
    ("Das Büro ist am Dienstag geöffnet.", "Das Büro ist am Montag geöffnet.", "Dienstag"),
    ("Le bureau est ouvert le mardi.", "Le bureau est ouvert le lundi.", "mardi"),
    ("It was built in the eighteenth century.", "It was built in the nineteenth century.", "eighteenth"),
    ("It was built in the eighteenth century.", "It was built in the 19th century.", "eighteenth"),
    ("It is due on the thirty-first of May.", "It is due on the thirtieth of May.", "thirty-first"),
    ("It was her fortieth birthday.", "It was her thirtieth birthday.", "fortieth"),
    ("The office opens at midnight each day.", "The office opens at noon each day.", "midnight"),
    ("Take the tablet in the evening with water.", "Take the tablet in the morning with water.", "evening"),
    ("The fee is paid twice a year.", "The fee is paid once a year.", "twice"),
    ("The fee is paid once a year.", "The fee is paid three times a year.", "once"),
    ("The fee is paid three times a year.", "The fee is paid twice a year.", "three"),
    ("It is possible to cancel the contract.", "It is impossible to cancel the contract.", "possible"),
    ("The rule is valid for guests.", "The rule is invalid for guests.", "valid"),
    ("The bill of May is unpaid so far.", "The bill of May is paid so far.", "unpaid"),
    ("Parking in the yard is legal at night.", "Parking in the yard is illegal at night.", "legal"),
    ("Entry is possible if the flag is raised.", "Entry is possible unless the flag is raised.", "if"),
    ("The harbour was destroyed during World War I.", "The harbour was destroyed during World War II.", "I"),
    ("World War I ended then.", "World War II ended then.", "I"),
]


@pytest.mark.parametrize(("claim", "source", "said"), CHANGED)
def test_what_was_changed_is_found_and_nothing_in_the_sentence_itself(claim: str, source: str, said: str):
    assert said in [one.said for one in findings(claim, [source])]
    assert findings(claim, [claim]) == findings(source, [source]) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The office is open on Wednesday.", "The office is open from Monday to Friday."),
        ("The office is open on Wednesday.", "Office: Mon–Fri 9 am to 5 pm, open to all."),
        ("The office is open on Saturdays.", "The office is open every day."),
        ("The office is open on Monday.", "On weekdays the office is open."),
        ("The office is open on Sunday.", "The office is open Sat. and Sun."),
        ("Das Büro ist montags geöffnet.", "Das Büro ist jeden Montag geöffnet."),
        ("Das Büro ist am Mittwoch geöffnet.", "Öffnungszeiten des Büros: Mo.–Fr. 9–17"),
        ("The office is open on Monday.", "Le bureau de la ville est ouvert le lundi et le mardi."),
        ("The sun sat low when it opened.", "It opened when the sun sat low."),
        ("It was built in the 19th century.", "It was built in the nineteenth century."),
        ("It is due on the 31st of May.", "It is due on the thirty-first of May."),
        ("The office opens at noon.", "The office opens at 12:00 and closes in the evening."),
        ("The tablet is taken in the morning.", "Take the tablet before breakfast in the morning, and never at night."),
        ("The office closes at night.", "The office closes in the evening."),
        ("The fee is paid two times a year.", "The fee is paid twice a year."),
        ("It is not possible to cancel the contract.", "It is impossible to cancel the contract."),
        ("The rule is invalid for guests.", "The rule is not valid for guests."),
        ("Pets are forbidden in the flat.", "Pets are not allowed in the flat."),
        ("Entry is possible if the flag is not raised.", "Entry is possible unless the flag is raised."),
        ("The bill has come in from the port.", "The bill has come in from the import office at the port."),
        ("The advice was valuable to the club.", "The advice was invaluable to the club."),
        ("The harbour was destroyed during World War II.", "The harbour was destroyed in the Second World War."),
        ("The harbour was destroyed during World War I.", "The harbour was destroyed in the First World War."),
        ("Henry II gave the town its market.", "Henry 2 gave the town its market."),
        ("When Ada and I came, the tower stood.", "When Ada came, the tower stood."),
    ],
)
def test_what_says_the_same_in_other_words_is_no_finding(claim: str, source: str):
    assert findings(claim, [source]) == []
