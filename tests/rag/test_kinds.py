"""Things that are told by their form, and phrases that ask for them."""

from __future__ import annotations

import pytest

from rag.whole.kinds import form_of

NO_DATES = "You may 5 times march 10 miles; see 1.10.32, 3/4, version 2019.4 and 1998 seats, or in 2010/11."
DATES = {
    "Due 2024-05-01.": ["2024-05-01"],
    "Am 1.5.2024 oder 01.05.24": ["1.5.2024", "01.05.24"],
    "On 12/31/2024 at noon": ["12/31/2024"],
    "the 3rd of May, 2021; May 3, June 2020, Mar. 4": ["3rd of May, 2021", "May 3", "June 2020", "Mar. 4"],
    "el 3 de mayo de 2020, am 3. Oktober 1990": ["3 de mayo de 2020", "3. Oktober 1990"],
    "in 1998 and since the summer of 2003": ["in 1998", "since the summer of 2003"],
    NO_DATES: [],
}
MONEY = {
    "It costs $1,250.50 or 40 euros, EUR 5, 3 € and £2 million.": [
        "$1,250.50",
        "40 euros",
        "EUR 5",
        "3 €",
        "£2 million",
    ],
    "13 stone 10 pounds, 5 cents each, 20 metres": ["5 cents"],
}
MAILS = {"Write to jo.b+x@mail.example.org. Not to @jo or a@b": ["jo.b+x@mail.example.org"]}
PHONES = {
    "Call (202) 512-9535 or +49 30 1234567, tel. 030 12345": [
        "Call (202) 512-9535",
        "+49 30 1234567",
        "tel. 030 12345",
    ],
    "Ring (030) 123 45 67 or 030/1234567, see 012/2024": ["(030) 123 45 67", "030/1234567"],
    "Mon Dec 05 17:09:55 +0000 2022; 2024-11-15; 978-3-16-148410-0; 1234567": [],
}
PEOPLE = {
    "We met Dr. Kastner, Mrs Tiggy and the poet Percy Shelley.": 3,
    "Contact: Liu Zong; Kony Ealy said so to Maria van der Berg and John F. Kennedy.": 4,
    "Shen Kuo (1031-1095), Tamir Erez <t@e.org>": 2,
    "The Charles River, San Luis Obispo, the United States, Vitamin A. Systemic, James Street, May Day": 0,
}


@pytest.mark.parametrize(
    ("phrase", "cases"),
    [("dates", DATES), ("prices", MONEY), ("e-mail addresses", MAILS), ("phone numbers", PHONES)],
)
def test_things_are_recognised_by_their_form(phrase: str, cases: dict[str, list[str]]):
    form = form_of(phrase)
    assert form is not None
    for text, found in cases.items():
        assert [match[0].strip() for match in form.pattern.finditer(text)] == found, text


def test_links_and_people_are_recognised():
    links, people = form_of("links"), form_of("people")
    assert links is not None
    assert people is not None
    assert len(links.pattern.findall("See https://example.org/a?b=1 and www.example.com, not example.com")) == 2
    for text, n in PEOPLE.items():
        found = [match[0] for match in people.pattern.finditer(text)]
        assert len(found) == n, (text, found)
    assert "others may be missing" in people.notice


def test_only_a_phrase_that_says_nothing_else_asks_for_a_kind():
    same = ("people", "all people", "persons", "people mentioned", "the names of people", "Personen")
    assert len({form_of(phrase) for phrase in same}) == 1
    assert form_of("every e-mail address") == form_of("emails") is not None
    for phrase in ("people with a key", "deadlines", "important dates", "the price of oak", "", "all"):
        assert form_of(phrase) is None, phrase
