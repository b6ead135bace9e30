"""Workbooks (Excel, old and new, and OpenDocument): each visible sheet is a page; values, not formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING

from ingest.loaders.archive import core_properties, open_archive, read_member
from ingest.loaders.assembly import Assembly
from ingest.loaders.embedded import warn_of_embedded
from ingest.loaders.ole import OLE_SIGNATURE, check_chains
from ingest.loaders.sheet_formats import NumberFormats, Styled, column_number
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import MAX_ROWS, add_grid, value_text
from ingest.loaders.titles import looks_like_title

if TYPE_CHECKING:
    import python_calamine

MAX_CELLS = 40_000_000
"""Cells that a sheet may span; the parser holds all of them in memory, empty ones too."""
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension [^>]*ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
_CELL = re.compile(rb'<(?:\w+:)?c [^>]{0,80}?\br="([A-Z]{1,3})(\d{1,7})"')
_STEP = 1 << 20
_COUNT = re.compile(rb'\buniqueCount="(\d+)"')
_DEFAULT_NAME = re.compile(r"(?:Sheet|Tabelle|Feuil|Hoja|Foglio|Blad|Лист|工作表)\s?\d+")


def load_sheets(source: SourceFile) -> Assembly:
    """Tables of a workbook. Raises LoadError when it is encrypted or spans too many cells."""
    assembly = Assembly()
    if source.has_signature(b"PK"):
        _check_archive(source, assembly)
    elif source.has_signature(OLE_SIGNATURE):
        check_chains(source)
    workbook, formats = _open(source), NumberFormats(source)
    for sheet in workbook.sheets_metadata:
        if str(sheet.visible) != "SheetVisibleEnum.Visible":
            assembly.warnings.append(f"The hidden sheet “{sheet.name}” was left out.")
        elif str(sheet.typ) == "SheetTypeEnum.WorkSheet":
            _add_sheet(assembly, workbook, sheet.name, formats.styled(sheet.name))
    assembly.title = assembly.title or source.stem
    return assembly


def _open(source: SourceFile) -> python_calamine.CalamineWorkbook:
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_path(str(source.path))
    except python_calamine.PasswordError as error:
        raise source.error("is protected with a password: save a copy without a password and add that.") from error


def _check_archive(source: SourceFile, assembly: Assembly) -> None:
    with open_archive(source) as archive:
        found = core_properties(read_member(archive, "docProps/core.xml") or read_member(archive, "meta.xml"))
        title = found.pop("title", "")
        assembly.title = title if looks_like_title(title) else ""
        assembly.metadata |= found
        warn_of_embedded(assembly.warnings, archive.namelist())
        for member in archive.infolist():
            if member.filename.startswith("xl/worksheets/sheet"):
                with archive.open(member) as part:
                    _check_extent(source, part)
            elif member.filename == "xl/sharedStrings.xml":
                with archive.open(member) as part:
                    _check_count(source, part.read(4096), member.file_size)


def _check_extent(source: SourceFile, part: IO[bytes]) -> None:
    """By what the sheet declares, else by its cells: one in the last corner spans them all."""
    head = part.read(_STEP)
    dimension = _DIMENSION.search(head)
    letters, number = (dimension[1], int(dimension[2])) if dimension else _last_cell(head, part)
    if number * column_number(letters) > MAX_CELLS:
        raise source.error(
            f"has a sheet that reaches to cell {letters.decode()}{number}, "
            f"and the limit is {MAX_CELLS:,} cells: delete stray cells or split the sheet."
        )


def _last_cell(head: bytes, part: IO[bytes]) -> tuple[bytes, int]:
    """The rightmost column and the lowest row of any cell."""
    letters, number = b"", 0
    while head:
        for column, row in _CELL.findall(head):
            letters, number = max(letters, column, key=lambda text: (len(text), text)), max(number, int(row))
        more = part.read(_STEP)
        head = head[-100:] + more if more else b""
    return letters, number


def _check_count(source: SourceFile, head: bytes, size: int) -> None:
    """The parser makes room for as many texts as are announced, and ends the process where there is not enough."""
    announced = _COUNT.search(head)
    if announced and int(announced[1]) > size:
        raise source.error("announces more texts than it can hold: it is damaged; get a fresh copy of it.")


def _add_sheet(
    assembly: Assembly, workbook: python_calamine.CalamineWorkbook, name: str, styled: Iterator[Styled]
) -> None:
    sheet = workbook.get_sheet_by_name(name)
    assembly.begin_page(name)
    if not sheet.height:
        return
    if not _DEFAULT_NAME.fullmatch(name):
        assembly.add("heading", name, 1)
    before = sheet.start[1] if sheet.start else 0
    add_grid(assembly, _filled(_rows(sheet, styled, before), sheet, before))
    if sheet.height > MAX_ROWS:
        assembly.warnings.append(
            f"Only the first {MAX_ROWS:,} of {sheet.height:,} rows of the sheet “{name}” were read."
        )


def _rows(sheet: python_calamine.CalamineSheet, styled: Iterator[Styled], before: int) -> Iterator[list[str]]:
    """The texts of its cells as they are shown, from the first column on that has any: `before` are left out."""
    ahead = next(styled, None)
    for number, row in enumerate(islice(sheet.iter_rows(), MAX_ROWS)):
        texts = [value_text(value) for value in row]
        while ahead is not None and ahead[0] <= number:
            place, column, shown = ahead[0], ahead[1] - before, ahead[2]
            value = row[column] if place == number and 0 <= column < len(row) else None
            if isinstance(value, int | float) and not isinstance(value, bool):
                texts[column] = shown.shown(value)
            ahead = next(styled, None)
        yield texts


def _filled(rows: Iterator[list[str]], sheet: python_calamine.CalamineSheet, before: int) -> Iterator[list[str]]:
    """The rows, with what stands in cells that are merged downwards in each of these."""
    begin: dict[int, list[tuple[int, int]]] = {}
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        if last > first:
            begin.setdefault(first, []).append((column - before, last))
    spanning: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows):
        spanning = {column: one for column, one in spanning.items() if number <= one[0]}
        for column, (_, text) in spanning.items():
            row[column] = row[column] or text
        for column, last in begin.get(number, ()):
            if 0 <= column < len(row) and row[column]:
                spanning[column] = last, row[column]
        yield row
