"""Number formats of Excel's newer workbooks, as far as they change what a number says: shares, leading zeros, money.

The parser of sheets gives bare numbers, .19 for 19 %, and 1067 for the postcode 01067.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import IO, Any

from ingest.loaders.archive import local_attribute, local_name, open_archive, parse_xml, read_member
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import value_text

_BUILT_IN = {9: "0%", 10: "0.00%"}
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]{0,200}?)/?>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_LONGEST = 300
"""Bytes of what opens a cell."""
_STEP = 1 << 20
_NAMED = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_SAID = re.compile(r'"([^"]*)"|\\(.)')
_ASIDE = re.compile(r"\[[^\]]*\]|_.|\*.")
_MONEY = re.compile(r"[€$£¥₹]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|Fr|kr|zł)\b\.?")
_DIGITS = re.compile(r"[#0?][#0?,. ]*")
_MOST_DIGITS, _LONGEST_NUMBER = 20, 9


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How numbers of a cell are shown."""

    n_digits: int = 0
    """At least, with zeros in front."""
    n_decimals: int = 0
    before: str = ""
    after: str = ""
    is_share: bool = False

    def shown(self, number: float) -> str:
        """The number with what its format says of it; nothing of it is rounded away but the pennies of money."""
        if self.is_share:
            return f"{value_text(round(number * 100, 10))}%"
        if self.n_digits:
            return f"{number:0{self.n_digits}.0f}" if number == int(number) else value_text(number)
        return f"{self.before}{number:.{self.n_decimals}f}{self.after}"


Styled = tuple[int, int, NumberFormat]
"""Row and column of a cell, both counted from 0, and how it shows a number."""


class NumberFormats:
    """Those of a workbook, read once; older workbooks have none that are known here."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._formats: dict[int, NumberFormat] = {}
        self._paths: dict[str, str] = {}
        if source.has_signature(b"PK"):
            with open_archive(source) as archive:
                self._formats = _formats(archive)
                self._paths = _paths(archive) if self._formats else {}

    def styled(self, sheet: str) -> Iterator[Styled]:
        """The cells of this sheet whose formats change what they say, in the order of the file."""
        if path := self._paths.get(sheet, ""):
            with open_archive(self._source) as archive, archive.open(path) as part:
                yield from ((row, column, self._formats[style]) for row, column, style in _cells(part, self._formats))


def _paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet -> where it stands in the archive."""
    relations = _elements(archive, "xl/_rels/workbook.xml.rels")
    targets = {local_attribute(one, "Id"): local_attribute(one, "Target") for one in relations}
    sheets = [one for one in _elements(archive, "xl/workbook.xml") if local_name(one) == "sheet"]
    found = {local_attribute(one, "name"): targets.get(local_attribute(one, "id"), "") for one in sheets}
    paths = {name: to.lstrip("/") if to.startswith("/") else f"xl/{to}" for name, to in found.items()}
    there = set(archive.namelist())
    return {name: path for name, path in paths.items() if path in there}


def _elements(archive: zipfile.ZipFile, member: str) -> list[Any]:
    """All of it that can be made out: the parser of sheets has taken the file."""
    root = parse_xml(read_member(archive, member), recover=True)
    return [] if root is None else list(root.iter())


def _formats(archive: zipfile.ZipFile) -> dict[int, NumberFormat]:
    """Style of a cell -> its format, of those alone that change what is said."""
    codes, styles = dict(_BUILT_IN), list[int]()
    for element in _elements(archive, "xl/styles.xml"):
        number = local_attribute(element, "numFmtId")
        if local_name(element) == "numFmt" and number.isdecimal():
            codes[int(number[:_LONGEST_NUMBER])] = local_attribute(element, "formatCode")
        elif local_name(element) == "xf" and local_name(element.getparent()) == "cellXfs":
            styles.append(int(number[:_LONGEST_NUMBER]) if number.isdecimal() else 0)
    formats = {style: format_of(codes.get(number, "")) for style, number in enumerate(styles)}
    return {style: found for style, found in formats.items() if found is not None}


def format_of(code: str) -> NumberFormat | None:
    """What a format code, of which the first part is for positive numbers, says; None where a bare number says it."""
    part = _NAMED.sub(lambda found: f'"{found[1]}"', code.split(";", maxsplit=1)[0])
    said = " ".join(text or letter for text, letter in _SAID.findall(part))
    plain = _ASIDE.sub("", _SAID.sub("", part)).strip()
    if plain.endswith("%"):
        return NumberFormat(is_share=True)
    if re.fullmatch(r"0{2,20}", plain) and not said.strip():
        return NumberFormat(n_digits=len(plain))
    written = _ASIDE.sub("", _SAID.sub(lambda found: found[1] or found[2] or "", part))
    money, digits = _MONEY.search(written), _DIGITS.search(written)
    if money is None or digits is None:
        return None
    n_decimals = min(len(digits[0].rstrip().partition(".")[2]), _MOST_DIGITS)
    is_before = money.start() < digits.start()
    sign = money[0]
    if is_before:
        return NumberFormat(n_decimals=n_decimals, before=sign if len(sign) == 1 else f"{sign} ")
    return NumberFormat(n_decimals=n_decimals, after=f" {sign}")


def _cells(part: IO[bytes], styles: Collection[int]) -> Iterator[tuple[int, int, int]]:
    """Row, column and style of the cells of a sheet that have one of these."""
    rest = b""
    while step := part.read(_STEP):
        text = rest + step
        end = 0
        for found in _CELL.finditer(text):
            place, style = _PLACE.search(found[1]), _STYLE.search(found[1])
            end = found.end()
            if place and style and int(style[1]) in styles:
                yield int(place[2]) - 1, column_number(place[1]) - 1, int(style[1])
        rest = text[max(end, len(text) - _LONGEST) :]


def column_number(letters: bytes) -> int:
    """`A` is 1, `Z` is 26, `AA` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
