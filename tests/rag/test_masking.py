"""Private details never stand in what is sent, and always in what comes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.masking import Mask, Restored
from rag.private import private_spans

DETAILS = {
    "EMAIL": ["anna.holm+x@varn.example.org", "a@b.co"],
    "PHONE": ["+44 20 7946 0018", "+49 (0)30 1234567", "(212) 555-0142", "212-555-0142"],
    "IBAN": ["DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "NO93 8601 1117 947"],
    "CARD": ["4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005"],
    "IDNUMBER": [
        "536-22-1234",
        "AB 12 34 56 C",
        "RSSMRA85T10A562S",
        "12345678Z",
        "X1234567L",
        "2 55 08 14 168 025 38",
        "529.982.247-25",
    ],
}
ALL = [(kind, detail) for kind, details in DETAILS.items() for detail in details]
WRITTEN_OTHERWISE = [
    ("IBAN", "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000"),
    ("IBAN", "DE89\u202f3704\u20090044 0532 0130 00"),
    ("IBAN", "DE89-3704-0044-0532-0130-00"),
    ("IBAN", "de89 3704 0044 0532 0130 00"),
    ("IBAN", "gb29nwbk60161331926819"),
    ("IBAN", "DE89 3704 0044\n0532 0130 00"),
    ("IBAN", "DE89 3704 0044 \r\n 0532 0130 00"),
    ("CARD", "4111\u00a01111\u00a01111\u00a01111"),
    ("CARD", "4111.1111.1111.1111"),
    ("CARD", "3782.822463.10005"),
    ("CARD", "5500\u20110000\u20110000\u20110004"),
    ("EMAIL", "ada@xn--e1afmkfd.xn--p1ai"),
    ("PHONE", "+49\u00a030\u00a01234567"),
    ("PHONE", "(030) 123 45 67"),
    ("PHONE", "(089)1234567"),
    ("PHONE", "030/1234567"),
    ("PHONE", "0171/123 45 67"),
    ("IDNUMBER", "2\u00a055\u00a008\u00a014\u00a0168\u00a0025\u00a038"),
]
OTHER = [
    "DE89 3704 0044 0532 0130 01",
    "4111 1111 1111 1112",
    "12345678A",
    "529.982.247-26",
    "000-12-3456",
    "In 1990-2000 it was 41 metres high.",
    "@home",
    "katex@0.13.11",
    "20190410102524",
    "cell lines. Both PD166285",
    "ISBN 978-3-16-148410-0",
    "192.168.100.200",
    "2026-11-28 18:36:06",
    "chapter 12.3.4",
    "DE89-3704-0044-0532-0130-01",
    "de89370400440532013001",
    "no12\nde89 and more words of it",
    "4111.1111.1111.1112",
    "4.111111111111111",
    "ada@xn--",
    "012/2024",
    "0123/45678",
    "03/04/2024",
    "(0123) in 2024",
    "0.123/1234567",
    "2024/1234567",
    "in SE27 6GN London pay landlord.",
    "AL25 5EY was room the house from in",
    "Rechnung Nr. 012/345678",
    "Auftrag 0815/202417",
    "Item (01) 125 000 EUR",
    "(05)12345,67",
    "Charge 021/240513",
]
WORDS = st.sampled_from(
    [
        *(detail for _, detail in ALL + WRITTEN_OTHERWISE),
        *OTHER,
        "EMAIL_1",
        "email_2",
        "PHONE_",
        "EMAIL\\_1",
        "\\",
        "Phone_12",
        "IBAN",
        "EMAIL",
        "_1",
        "1",
        "_",
        " ",
        "é",
        "电",
        "x",
        "\n",
        "[1]",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(WORDS).map("".join), st.lists(WORDS).map(" ".join))


@pytest.mark.parametrize(("kind", "detail"), ALL + WRITTEN_OTHERWISE)
def test_each_kind_is_found_within_a_sentence(kind: str, detail: str):
    text = f"Reach Ms Holm at {detail}, or ask in the office."
    assert [(one, text[start:end]) for one, start, end in private_spans(text)] == [(kind, detail)]


def test_an_account_is_found_behind_what_begins_like_one():
    text = "room an12\nDE89 3704 0044 0532 0130 00 of ab12 gb29nwbk60161331926819"
    assert [text[start:end] for _, start, end in private_spans(text)] == [
        "DE89 3704 0044 0532 0130 00",
        "gb29nwbk60161331926819",
    ]


@pytest.mark.parametrize("text", OTHER)
def test_what_only_looks_like_it_stays(text: str):
    assert private_spans(f"It says {text} there.") == []


def test_a_word_with_a_number_tells_a_telephone():
    text = "Telephone: 030 1234567, room 030 1234567"
    assert [text[start:end] for _, start, end in private_spans(text)] == ["030 1234567"]


def test_a_detail_keeps_its_placeholder_and_a_word_of_the_text_is_none():
    texts = ["Write to a@b.co or c@d.org, not to email_2.", "Is a@b.co right?"]
    mask = Mask(texts)
    assert [mask.masked(text) for text in texts] == [
        "Write to EMAIL_1 or EMAIL_3, not to email_2.",
        "Is EMAIL_1 right?",
    ]
    assert (
        mask.restored("Yes: (EMAIL_1), email_3, EMAIL_2 and EMAIL_11.")
        == "Yes: (a@b.co), c@d.org, EMAIL_2 and EMAIL_11."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to EMAIL\\_1.", "Write to a@b.co."),
        ("**EMAIL\\_1**, email\\_1", "**a@b.co**, a@b.co"),
        ("EMAIL\\_2, EMAIL\\\\_1, EMAIL\\ 1", "EMAIL\\_2, EMAIL\\\\_1, EMAIL\\ 1"),
        ("EMAIL\\_1", "a@b.co"),
        ("EMAIL\\_", "EMAIL\\_"),
        ("EMAIL\\", "EMAIL\\"),
    ],
)
def test_a_line_that_is_escaped_belongs_to_a_placeholder(text: str, expected: str):
    mask = Mask(["a@b.co"])
    assert mask.masked("a@b.co") == "EMAIL_1"
    for pieces in ([text], list(text)):
        stream = Restored(mask)
        assert "".join([*map(stream.feed, pieces), stream.finish()]) == mask.restored(text) == expected


@given(TEXTS, st.lists(st.integers(0, 40)))
def test_masked_and_restored_it_is_the_same_however_it_is_cut(text: str, cuts: list[int]):
    mask = Mask([text])
    masked = mask.masked(text)
    assert mask.restored(masked) == text
    stream, out, at = Restored(mask), "", 0
    for cut in cuts:
        out += stream.feed(masked[at : at + cut])
        at += cut
    out += stream.feed(masked[at:]) + stream.finish()
    assert out == text


@given(st.lists(st.sampled_from([detail for _, detail in ALL + WRITTEN_OTHERWISE]), max_size=6))
def test_no_detail_is_left(details: list[str]):
    text = "; ".join(details)
    masked = Mask([text]).masked(text)
    assert not any(detail in masked for detail in details)


def test_text_that_cannot_become_a_placeholder_is_not_held_back():
    stream = Restored(Mask(["a@b.co"]))
    assert stream.feed("The height is 41 metres. ") == "The height is 41 metres. "
    assert stream.feed("Em") == ""  # could be
    assert stream.feed("u") == "Emu"


def test_more_details_than_numbers_stay_readable():
    mask = Mask([])
    text = " ".join(f"n{n}@b.co" for n in range(10_050))
    masked = mask.masked(text)
    assert "EMAIL_9999 n9999@b.co" in masked
    assert mask.restored(masked) == text
