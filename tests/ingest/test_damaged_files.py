"""Inputs that `python -m evals fuzz` found, each as small as it got: a sentence, and no crash, fault or long wait."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest

from ingest.fence import Fence
from ingest.loaders import load
from ingest.loaders.ole import OLE_SIGNATURE
from rag.errors import LoadError
from tests.ingest import make_files as make
from tests.ingest.make_hostile import closed, directory, entry, with_part, with_rows

LIMIT = 10_000_000
MAIL = "From: ann@example.com\nSubject: Lamps\nDate: {}\nContent-Type: text/plain{}\n\nThe lamps are lit.\n"


def sentence(folder: Path, name: str, data: bytes) -> str:
    """The refusal of a file, in a fenced child with small limits."""
    path = folder / name
    path.write_bytes(data)
    with Fence(timeout_s=10, memory_mb=2048) as fence, pytest.raises(LoadError) as caught:
        fence.load(path, name, max_bytes=LIMIT)
    return str(caught.value)


def test_a_workbook_that_announces_more_texts_than_it_can_hold(tmp_path: Path):
    book = make.xlsx({"One": [["a", "b"]]})
    texts = b'<sst xmlns="x" count="1" uniqueCount="147483648"></sst>'
    assert "announces more texts than it can hold" in sentence(
        tmp_path, "a.xlsx", make.added(book, "xl/sharedStrings.xml", texts)
    )


def test_a_cell_in_the_last_corner_without_a_declared_extent(tmp_path: Path):
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
    assert "reaches to cell XFD1048576" in sentence(tmp_path, "a.xlsx", with_rows(far))


def test_a_zip_whose_first_member_is_cut_off(tmp_path: Path):
    body = entry(b"mimetype", b"", size=20, crc=0)
    data = closed(body, [directory(b"mimetype", 4000, size=20, crc=0, at=0)])
    assert "cannot be unpacked" in sentence(tmp_path, "a.epub", data)


@pytest.mark.parametrize("header", ['; name="' + 'test.t="' * 5000, "; " + "a*0*=b; " * 20_000])
def test_a_header_without_end_takes_no_time(tmp_path: Path, header: str):
    (tmp_path / "a.eml").write_text(MAIL.format("Tue, 1 Jul 2025 10:00:00 +0000", header))
    started = time.process_time()
    document = load(tmp_path / "a.eml", "a.eml", max_bytes=LIMIT)
    assert "Lamps" in document.text
    assert time.process_time() - started < 30


def test_a_date_in_the_year_of_no_calendar(tmp_path: Path):
    (tmp_path / "a.eml").write_text(MAIL.format("Tue, 1 Jul 2025 10:00:00 +9999999999999", ""))
    assert "The lamps are lit." in load(tmp_path / "a.eml", "a.eml", max_bytes=LIMIT).text


@pytest.mark.parametrize("header", ["; a*", "; charset", ";;;=", "; a*0*="])
def test_parameters_that_make_no_sense_cost_no_mail(tmp_path: Path, header: str):
    (tmp_path / "a.eml").write_text(MAIL.format("Tue, 1 Jul 2025 10:00:00 +0000", header))
    assert "The lamps are lit." in load(tmp_path / "a.eml", "a.eml", max_bytes=LIMIT).text


def test_a_page_that_is_nested_beyond_reading_is_not_called_empty(tmp_path: Path):
    assert "nested too deeply" in sentence(tmp_path, "a.html", b"<div>" * 5000 + b"Good words.")


def test_an_old_workbook_whose_sectors_go_in_a_circle(tmp_path: Path):
    none, end = 0xFFFFFFFF, 0xFFFFFFFE
    head = (
        OLE_SIGNATURE
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIIII", 62, 3, 65534, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    )
    table = struct.pack("<128I", 0xFFFFFFFD, 1, *[none] * 126)
    root, book = (
        (name + "\0").encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBIII36xIQ", 2 * len(name) + 2, kind, 1, none, none, child, end, 0)
        for name, kind, child in (("Root Entry", 5, 1), ("Workbook", 2, none))
    )
    data = head + struct.pack("<108I", *[none] * 108) + table + (root + book).ljust(512, b"\0")
    assert "damaged or cut off" in sentence(tmp_path, "a.xls", data)


def test_entities_that_grow_are_never_expanded(tmp_path: Path):
    doctype = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY i "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    path = tmp_path / "a.odt"
    path.write_bytes(
        with_part(make.odt("<text:p>Good words stand in this part.</text:p>"), "content.xml", doctype, "&i;")
    )
    assert "haha" not in load(path, "a.odt", max_bytes=LIMIT).text
