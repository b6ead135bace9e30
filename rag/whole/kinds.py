"""Kinds of things that are told by their form and not by words: dates, amounts of money, addresses, numbers, people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rag.whole.people import PEOPLE
from rag.whole.terms import stem, words

_YEAR = r"(?:1[0-9]|20)\d\d"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|(?-i:M(?:ar(?:ch)?|ARCH|ay|AY))|apr(?:il)?|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember|enero|"
    r"febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_DATE = (
    rf"\b{_YEAR}-(?:0[1-9]|1[0-2])-{_DAY}(?!\d)"
    rf"|(?<![\d./-]){_DAY}\.(?:1[0-2]|0?[1-9])\.{_YEAR}(?!\d)|(?<![\d./-])[0-3]\d\.[01]\d\.\d\d(?![\d.])"
    rf"|(?<![\d./-])(?:{_DAY}/(?:1[0-2]|0?[1-9])|(?:1[0-2]|0?[1-9])/{_DAY})/(?:{_YEAR}|\d\d)(?![\d/])"
    rf"|\b{_DAY}(?:st|nd|rd|th|\.)? (?:of |de )?{_MONTH}\b\.?(?:,? (?:de )?{_YEAR})?"
    rf"|\b{_MONTH}\b\.? (?:{_DAY}(?:st|nd|rd|th)?(?!\d)|{_YEAR}\b)"
    rf"|\b(?:in|since|until|till|during|before|after|between|by|from|im jahr|seit) (?:the (?:year|spring|summer|autumn|"
    rf"fall|winter|end|beginning) (?:of )?|early |late |mid-)?{_YEAR}\b(?![-,./]?\d| ?%)"
)
_AMOUNT = r"\d+(?:[.,' ]\d{3})*(?:[.,]\d+)?(?: ?(?:million|billion|trillion|thousand|mn|bn|[mk])\b)?"
_COIN = r"(?:(?:US|AU|CA|A|C|NZ|HK|R)?\$|[€£¥₹])"
_CODE = r"(?:EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD)"
_MONEY = (
    rf"{_COIN} ?{_AMOUNT}|\b{_CODE} ?{_AMOUNT}"
    rf"|(?<![\w.]){_AMOUNT}[ -]?(?:[€£¥]|(?:euros?|dollars?|pounds sterling|cents?|francs?|yen|yuan|rupees?|{_CODE})\b)"
)
_PHONE = (
    r"(?<![\w+./-])\+[1-9]\d{0,2}[ .()/-]{0,2}(?:\d[ .()/-]{0,2}){6,13}(?!\w)"
    r"|(?<![\w+./-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[ .-]\d{4}(?![\w-])"
    r"|(?<!\w)\(0\d{2,4}\)[ /-]?\d(?:[ /-]?\d){4,8}(?![\w/-]|[.,]\d| ?(?:€|EUR|kg)\b)"
    r"|(?<![\w+./-])0(?:[34678]0|1[567]\d|[2-9]\d{2,3})/(?!(?:19|20)\d\d)\d(?:[ -]?\d){5,7}(?![\w/-]|[.,]\d)"
    r"|\b(?:tel|phone|telephone|mobile|cell|fax|call|telefon|teléfono|hotline)\b[^\d\n]{0,15}\d(?:[ ()/-]{0,2}\d){5,13}"
    r"(?![\w-])"
)


@dataclass(frozen=True, slots=True)
class Form:
    """How things of a kind are written."""

    pattern: re.Pattern[str]
    notice: str = ""
    """What a person should know of how they were recognised."""


def _key(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(phrase) if word not in _FILLING)


_FILLING = frozenset(
    """
    the all any every each different distinct various of in and here there mentioned named listed given stated found
    contained todos todas los las de alle
    """.split()  # noqa: SIM905 - a list of so many strings says less
)
_PEOPLE = Form(PEOPLE, "People were recognised by titles, roles and common first names: others may be missing.")
_DATES = Form(re.compile(_DATE, re.IGNORECASE))
_MONIES = Form(re.compile(_MONEY, re.IGNORECASE))
_MAILS = Form(re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"))
PHONES = Form(re.compile(_PHONE, re.IGNORECASE))
"""Those with a country code, those of North America, those whose area code begins with 0 and stands in brackets or,
as in Germany, before a slash, and what follows a word such as "Tel."."""
_LINKS = Form(re.compile(r"\b(?:https?|ftp)://[^\s<>\"')\]]+|(?<![\w@./-])www\.[\w-]+\.[^\s<>\"')\]]+", re.IGNORECASE))
_CALLED: Mapping[Form, str] = {
    _PEOPLE: "people, persons, names, names of people, names of persons, people names, personen, personas, nombres",
    _DATES: "dates, dates and years, calendar dates, fechas",
    _MONIES: "prices, amounts, money, amounts of money, money amounts, sums, sums of money, prices and amounts, "
    "preise, beträge, geldbeträge, precios, importes",
    _MAILS: "e-mails, emails, e-mail address, email address, e-mail addresses, email addresses, mail addresses, "
    "e-mail-adressen, correos, correos electrónicos",
    PHONES: "phone numbers, phones, telephone numbers, telephones, telefonnummern, teléfonos, números de teléfono",
    _LINKS: "links, urls, hyperlinks, web links, web addresses, websites, enlaces",
}
_KINDS = {_key(phrase): form for form, phrases in _CALLED.items() for phrase in phrases.split(", ")}


def form_of(phrase: str) -> Form | None:
    """How that is written which the phrase means, if it says nothing but a kind: "people", "all dates mentioned"."""
    return _KINDS.get(_key(phrase))
