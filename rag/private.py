"""This file finds private details that are told for certain by their form: addresses, and numbers with check digits.

Names of people are left alone: without a model they are found too seldom and too wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.whole.kinds import PHONES

_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"), " "
)
_PLAIN = _SPACES | {ord("\u2010"): "-", ord("\u2011"): "-"}
"""Blanks and hyphens of other widths, or that no line is broken at, are read as plain ones."""
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@(?:[\w-]+\.)+(?:[Xx][Nn]--[\w-]*\w|[^\W\d_]{2,})(?![\w-])")
_PARTED = r"(?:[ -]| ?\r?\n ?)?"
_IBAN = re.compile(rf"(?=\b([A-Za-z]{{2}}\d{{2}}(?:{_PARTED}[A-Za-z0-9]){{11,30}}))")
"""From every place at which one may begin; its length and its check digits tell."""
_IN_FOURS = re.compile(rf"[a-z]{{2}}\d{{2}}(?:{_PARTED}[a-z0-9]{{4}})*(?:{_PARTED}[a-z0-9]{{1,3}})?")
"""As one in lower case is written; in words between blanks the check digits fit by chance."""
_LENGTHS = """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24
    FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21
    LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22
    RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
"""
_IBAN_LENGTHS = {one[:2]: int(one[2:]) for one in _LENGTHS.split()}
_CARD = re.compile(
    r"(?<![\w.-])(?<!\d )(?:[2-6](?:[ -]?\d){12,18}|[2-6]\d{3}(?:\.\d{4}){3}|3\d{3}\.\d{6}\.\d{5})(?![\w-]|\.\d)"
)
_COMPANIES = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}"
)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_NINO = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")
_CODICE_FISCALE = re.compile(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b")
_DNI = re.compile(r"\b(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]\b")
_NIR = re.compile(r"(?<![\w.-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?![\w-])")
_CPF = re.compile(r"(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])")
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"

Span = tuple[str, int, int]
"""Kind, start and end in the text."""


def private_spans(text: str) -> list[Span]:
    """What is private in a text, in order and without overlaps; kinds are IBAN, CARD, IDNUMBER, EMAIL and PHONE."""
    found: list[Span] = []
    taken = bytearray(len(text))
    read = text.translate(_PLAIN)  # one character for each, so that all keep their places
    for kind, spans in _FINDERS:
        for start, end in spans(read):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append((kind, start, end))
    return sorted(found, key=lambda span: span[1])


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        length, end, signs = _IBAN_LENGTHS.get(match[1][:2].upper(), 0), match.start(), ""
        while len(signs) < length and end < match.end(1):
            signs += text[end] if text[end].isalnum() else ""
            end += 1
        if (
            length
            and len(signs) == length
            and _mod_97(signs[4:] + signs[:4]) == 1
            and not text[end : end + 1].isalnum()
            and _is_even(text[match.start() : end])
        ):
            yield match.start(), end


def _is_even(account: str) -> bool:
    return account == account.upper() or _IN_FOURS.fullmatch(account) is not None


def _mod_97(signs: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in signs)) % 97


def _matching(
    pattern: re.Pattern[str], is_valid: Callable[[str], bool] = lambda _: True
) -> Callable[[str], Iterator[tuple[int, int]]]:
    """`is_valid` is asked with the digits and capital letters of what has the form."""

    def spans(text: str) -> Iterator[tuple[int, int]]:
        return (match.span() for match in pattern.finditer(text) if is_valid(re.sub(r"[^0-9A-Z]", "", match[0])))

    return spans


def _phones(text: str) -> Iterator[tuple[int, int]]:
    """The numbers alone, without a word before them; "call PD166285" has none."""
    for match in PHONES.pattern.finditer(text):
        start = match.start() + next(i for i, sign in enumerate(match[0]) if sign in "+(" or sign.isdecimal())
        if not text[start - 1 : start].isalpha():
            yield start, match.end()


def _is_card(signs: str) -> bool:
    """A number that a card company gives, with Luhn's sum."""
    if not _COMPANIES.fullmatch(signs):
        return False
    doubled = [int(sign) * 2 if i % 2 else int(sign) for i, sign in enumerate(reversed(signs))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _is_dni(signs: str) -> bool:
    number = str("XYZ".index(signs[0])) + signs[1:-1] if signs[0] in "XYZ" else signs[:-1]
    return _DNI_LETTERS[int(number) % 23] == signs[-1]


def _is_nir(signs: str) -> bool:
    number = signs[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(signs[13:])


def _is_cpf(signs: str) -> bool:
    digits = [int(sign) for sign in signs]
    sums = [sum(d * w for d, w in zip(digits, range(n + 1, 1, -1), strict=False)) * 10 % 11 % 10 for n in (9, 10)]
    return sums == digits[9:] and len(set(digits)) > 1


_FINDERS: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("IBAN", _ibans),
    ("EMAIL", _matching(_MAIL)),
    ("IDNUMBER", _matching(_NIR, _is_nir)),
    ("CARD", _matching(_CARD, _is_card)),
    ("IDNUMBER", _matching(_SSN)),
    ("IDNUMBER", _matching(_NINO)),
    ("IDNUMBER", _matching(_CODICE_FISCALE)),
    ("IDNUMBER", _matching(_DNI, _is_dni)),
    ("IDNUMBER", _matching(_CPF, _is_cpf)),
    ("PHONE", _phones),
)
KINDS = tuple(dict.fromkeys(kind for kind, _ in _FINDERS))
