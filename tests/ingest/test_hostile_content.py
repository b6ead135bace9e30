"""Content that was made to cost time, to reach out, or to pass for something else: each a text or a sentence, soon."""

from __future__ import annotations

import io
import os
import socket
import struct
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.discovery import find
from ingest.fence import Fence
from rag.errors import LoadError
from rag.types import Document
from tests.ingest import make_files as make
from tests.ingest.make_hostile import BOMB, WORDS, stored

LIMIT = 200_000_000
MANY = " ".join(f"a{n}='x'" for n in range(300_000))
QUOTED = " ".join(f"a{n}='>'" for n in range(300_000))


@pytest.fixture(scope="module")
def fence() -> Iterator[Fence]:
    with Fence() as opened:
        yield opened


def loaded(fence: Fence, folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return fence.load(folder / name, name, max_bytes=LIMIT)


def refusal(fence: Fence, folder: Path, name: str, data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        loaded(fence, folder, name, data)
    return str(caught.value)


def with_member(archive: bytes, name: str, data: bytes, *, before: bytes = b"", after: bytes = b"") -> bytes:
    """The ZIP file with one member replaced or added; without `data` its own is kept, with something around it."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        members = {known: opened.read(known) for known in opened.namelist()}
    members[name] = before + (data or bytes(members[name])) + after
    return make.zipped(members)


@pytest.mark.parametrize("attributes", [MANY, QUOTED, MANY.replace("='x'", "")], ids=["plain", "quoted", "bare"])
@pytest.mark.parametrize("tag", ["p", "script"])
def test_a_tag_with_very_many_attributes_is_refused_at_once(fence: Fence, tmp_path: Path, tag: str, attributes: str):
    started = time.monotonic()
    page = f"<html><body><{tag} {attributes}>{WORDS}</{tag}></body></html>"
    assert "a tag with more than 5,000 attributes" in refusal(fence, tmp_path, "a.html", page.encode())
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "odd",
    [
        "<script>for (i = 0; i<words; i++) show([" + "'a b', " * 20_000 + "])</script>",
        "<!-- <a " + "word " * 20_000 + "-->",
        f'<img alt="{"word " * 20_000}">',
        '<img src="data:image/png;base64,' + "A/b+" * 50_000 + '">',
        '<a "' * 3000,
    ],
    ids=["script", "comment", "value", "data", "quotes"],
)
def test_pages_that_only_look_as_if_they_had_many_are_read(fence: Fence, tmp_path: Path, odd: str):
    assert WORDS in loaded(fence, tmp_path, "a.html", f"<p>{WORDS}</p>{odd}".encode()).text


def test_a_hundred_thousand_nested_tags_are_refused(fence: Fence, tmp_path: Path):
    assert "nested too deeply" in refusal(fence, tmp_path, "a.html", b"<b>" * 100_000 + WORDS.encode())


def test_empty_cells_without_number_are_read_past(fence: Fence, tmp_path: Path):
    page = "<table><tr>" + "<td></td>" * 200_000 + f"</tr></table><p>{WORDS}</p>"
    assert loaded(fence, tmp_path, "a.html", page.encode()).text == WORDS


def test_a_picture_of_ten_thousand_directories(fence: Fence, tmp_path: Path):
    tags = ((256, 4, 8), (257, 4, 8), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1), (279, 4, 64))
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    size = 2 + len(entries) + 4
    body = b"".join(
        struct.pack("<H", len(tags)) + entries + struct.pack("<I", 8 + size * n if n < 10_000 else 0)
        for n in range(1, 10_001)
    )
    said = refusal(fence, tmp_path, "a.tif", b"II*\0" + struct.pack("<I", 8) + body)
    assert said == "a.tif has no text: no words were found in the picture."


@pytest.mark.parametrize("hours", ["100000", "9" * 400, "9" * 5000])
def test_times_beyond_reason_are_refused(fence: Fence, tmp_path: Path, hours: str):
    data = f"WEBVTT\n\n{hours}:00:00.000 --> {hours}:00:01.000\n{WORDS}\n\n00:01.000 --> 00:02.000\nMore.\n"
    assert "times of more than 99,999 hours" in refusal(fence, tmp_path, "a.vtt", data.encode())


def test_times_within_reason_are_read(fence: Fence, tmp_path: Path):
    data = f"WEBVTT\n\n0000000099999:00:00.000 --> 99999:00:01.000\n{WORDS}\n"
    assert loaded(fence, tmp_path, "a.vtt", data.encode()).text == f"[99999:00:00] {WORDS}"


@pytest.mark.parametrize("part", ["OPS/book.opf", "META-INF/container.xml"])
def test_a_book_with_a_stray_mark_after_its_table_is_read(fence: Fence, tmp_path: Path, part: str):
    book = make.epub({"One": f"<p>{WORDS}</p>"})
    data = with_member(book, part, b"", after=b"]>")
    assert loaded(fence, tmp_path, "a.epub", data).text == WORDS


def test_declarations_of_a_chapter_are_no_text(fence: Fence, tmp_path: Path):
    book = make.epub({"One": f"<p>{WORDS}</p>"})
    data = with_member(book, "OPS/c0.xhtml", b"", before=b'<!DOCTYPE html [<!ENTITY a "ha">]>')
    assert loaded(fence, tmp_path, "a.epub", data).text == WORDS


def test_a_template_and_a_picture_elsewhere_are_not_fetched(fence: Fence, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        links = "".join(
            f'<Relationship Id="r{kind}" Type="{kinds}/{kind}" Target="{address}" TargetMode="External"/>'
            for kind in ("attachedTemplate", "image", "oleObject", "frame")
        )
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        data = with_member(
            make.docx(make.paragraph(WORDS)),
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{space}">{links}</Relationships>'.encode(),
        )
        assert WORDS in loaded(fence, tmp_path, "a.docx", data).text
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_list_of_types_that_lies_costs_nothing(fence: Fence, tmp_path: Path):
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" \
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    data = with_member(make.docx(make.paragraph(WORDS)), "[Content_Types].xml", types)
    assert WORDS in loaded(fence, tmp_path, "a.docx", data).text


def test_a_million_shared_texts(fence: Fence, tmp_path: Path):
    texts = "".join(f"<si><t>{n}</t></si>" for n in range(1_000_000))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = with_member(
        make.xlsx({"One": [[WORDS, "x"]]}),
        "xl/sharedStrings.xml",
        f'<sst xmlns="{space}" count="1000000" uniqueCount="1000000">{texts}</sst>'.encode(),
    )
    assert WORDS in loaded(fence, tmp_path, "a.xlsx", data).text


def test_a_sheet_that_unpacks_to_hundreds_of_megabytes(fence: Fence, tmp_path: Path):
    data = stored(
        [
            ("[Content_Types].xml", b"<Types/>"),
            ("xl/workbook.xml", b"<w/>"),
            ("xl/worksheets/sheet1.xml", bytes(300_000_000)),
        ]
    )
    assert BOMB in refusal(fence, tmp_path, "a.xlsx", data)


def test_a_line_of_a_gigabyte_is_refused_before_it_is_read(fence: Fence, tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("a")
    os.truncate(path, 1 << 30)
    started = time.monotonic()
    with pytest.raises(LoadError, match=r"has 1,074 MB, and the limit is 200 MB"):
        fence.load(path, "a.txt", max_bytes=LIMIT)
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe" + b"\x00\xd8" * 500_000, b"\xff\xfe" + b"\xff\xfe" * 500_000, b"\xff\xfea", b"\xfe\xff\x00"],
    ids=["half pairs", "marks", "odd", "short"],
)
def test_text_in_broken_sixteen_bits(fence: Fence, tmp_path: Path, data: bytes):
    try:
        text = loaded(fence, tmp_path, "a.txt", data + " Lamps".encode("utf-16-le")).text
    except LoadError as error:
        assert str(error).startswith("a.txt ")  # noqa: PT017 - a text or a sentence are both right
    else:
        text.encode("utf-8")


def test_hard_links_and_names_that_differ_in_case_are_files_of_their_own(tmp_path: Path):
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "A.TXT").write_text("Two.")
    os.link(tmp_path / "a.txt", tmp_path / "b.txt")
    found = {file.path.name for file in find([str(tmp_path)]).files}
    assert found == {"a.txt", "A.TXT", "b.txt"}
