"""Old binary formats: Word and PowerPoint 97-2003, Outlook messages, damaged workbooks."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.loaders import load
from ingest.loaders.outlook_rtf import body_of_rtf
from rag.errors import LoadError
from rag.types import Document
from tests.ingest.document_rules import check_document
from tests.ingest.make_ole import attachment, message, ole

FILES = Path(__file__).parents[1] / "files"
LIMIT = 10_000_000
TO, FROM, SUBJECT, BODY = 0x0E04, 0x0C1A, 0x0037, 0x1000


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def shipped(name: str) -> Document:
    document = load(FILES / name, Path(name).name, max_bytes=LIMIT)
    check_document(document)
    return document


def loaded(folder: Path, name: str, data: bytes) -> tuple[Document, dict[str, bytes]]:
    (folder / name).write_bytes(data)
    members: dict[str, bytes] = {}
    document = load(folder / name, name, max_bytes=LIMIT, hand_out=members.__setitem__)
    check_document(document)
    return document, members


def test_doc_saved_by_word() -> None:
    document = shipped("olefile/test-ole-file.doc")
    assert document.text == "Test OLE file, saved as Word 97-2003 Document."
    assert document.metadata["author"] == "Laurence Ipsum"
    assert document.metadata["created"] == "2014-04-11T11:15:00"
    assert document.media_type == "application/msword"


def test_doc_headings_and_lists() -> None:
    document = shipped("docling/docx_lists.doc")
    assert document.title == "Test Document"
    assert blocks(document)[:5] == [
        ("heading", "Test Document"),
        ("paragraph", "Paragraph 2.1.1"),
        ("paragraph", "Paragraph 2.1.2"),
        ("heading", "Test 1:"),
        ("list", "- List item 1\n- List item 2\n- List item 3"),
    ]
    assert ("list", "- List item 1\n  - List item 1.1\n    - List item 1.1.1\n- List item 3") in blocks(document)


def test_doc_tables_are_those_of_the_new_format() -> None:
    old, new = shipped("docling/word_tables.doc"), shipped("docling/word_tables.docx")
    tables = [text for kind, text in blocks(old) if kind == "table"]
    assert tables[0] == [text for kind, text in blocks(new) if kind == "table"][0]
    assert len(tables) == len([text for kind, text in blocks(new) if kind == "table"])
    assert "| Cell 2.0 | Merged Cell 2.1 2.2 |  |" in tables[1]


@pytest.mark.parametrize("name", ["word_tables", "docx_lists"])
def test_doc_loses_no_word(name: str) -> None:
    old, new = (shipped(f"docling/{name}.{ending}").text for ending in ("doc", "docx"))
    assert {word for word in new.split() if word.isalpha()} <= set(old.split())


def test_ppt_slides_titles_tables_and_notes() -> None:
    document = shipped("docling/powerpoint_sample.ppt")
    new = shipped("docling/powerpoint_sample.pptx")
    assert len(document.pages) == len(new.pages) == 3
    assert [text for kind, text in blocks(document) if kind == "heading"] == ["Test Table Slide", "Second slide title"]
    table = next(text for kind, text in blocks(document) if kind == "table")
    assert table.split("\n")[2] == "|  | A merged with B |  | C | A | B | C |"
    second = document.text[document.pages[1].start : document.pages[1].end]
    assert second.endswith("Notes: Some notes on the second slide.")
    assert {word for word in new.text.split() if word.isalpha()} <= set(document.text.split())


def test_ppt_hidden_slide_is_left_out(tmp_path: Path) -> None:
    data = bytearray((FILES / "docling/powerpoint_sample.ppt").read_bytes())
    info = data.index(struct.pack("<HI", 1017, 16), data.index(struct.pack("<HI", 1007, 24)))
    data[info + 6 + 10] |= 4
    document, _ = loaded(tmp_path, "a.ppt", bytes(data))
    assert document.warnings == ("Hidden slides were left out: 1.",)
    assert "Test Table Slide" not in document.text
    assert document.pages[1].number == 2


def test_msg_with_an_attachment() -> None:
    path = FILES / "unstructured/fake-email-attachment.msg"
    members: dict[str, bytes] = {}
    document = load(path, path.name, max_bytes=LIMIT, hand_out=members.__setitem__)
    check_document(document)
    assert document.title == "Fake email with attachment"
    assert document.metadata["created"] == "2023-04-20T21:39:10+00:00"
    assert blocks(document)[1][1].startswith(
        "From: Mallori Harrell <mallori@unstructured.io>\nTo: Mallori Harrell <mallori@unstructured.io>\n"
        "Date: Thu, 20 Apr 2023 21:39:10 +0000"
    )
    assert list(members) == ["fake-attachment.txt"]
    assert load(path, path.name, max_bytes=LIMIT).warnings == ("Attachments were not read: fake-attachment.txt.",)


def test_msg_attached_to_a_msg_becomes_a_mail(tmp_path: Path) -> None:
    deepest = message({SUBJECT: "Deepest", BODY: "Ground."}, is_inner=True)
    inner = message(
        {SUBJECT: "Inner: the plan", FROM: "Zoë", BODY: "Grüße aus Köln."},
        is_inner=True,
        attach0=attachment("list.csv", b"a,b\n1,2\n"),
        attach1=attachment("", deepest),
    )
    outer = message({SUBJECT: "Outer", BODY: "See below."}, attach0=attachment("", inner))
    document, members = loaded(tmp_path, "a.msg", ole(outer))
    assert document.title == "Outer"
    assert list(members) == ["Inner the plan.eml"]
    mail, inside = loaded(tmp_path, "b.eml", members["Inner the plan.eml"])
    assert mail.title == "Inner: the plan"
    assert ("paragraph", "Grüße aus Köln.") in blocks(mail)
    assert mail.metadata["author"] == "Zoë"
    assert inside["list.csv"] == b"a,b\n1,2\n"
    assert list(inside) == ["list.csv", "Deepest.eml"]


def test_msg_pictures_within_the_text_are_no_attachments(tmp_path: Path) -> None:
    parts = {"attach0": attachment("image001.txt", b"x", is_hidden=True), "attach1": attachment("real.txt", b"y")}
    assert list(loaded(tmp_path, "a.msg", ole(message({BODY: "Text."}, **parts)))[1]) == ["real.txt"]


def test_msg_of_html_only(tmp_path: Path) -> None:
    streams = message({SUBJECT: "S"}) | {"__substg1.0_10130102": "<h2>Head</h2><p>Größe</p>".encode()}
    document, _ = loaded(tmp_path, "a.msg", ole(streams))
    assert blocks(document) == [("heading", "S"), ("heading", "Head"), ("paragraph", "Größe")]


def test_msg_body_in_rich_text() -> None:
    # The example of [MS-OXRTFCP], chapter 4.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert body_of_rtf(packed) == ("hello world", "")
    assert body_of_rtf(b"\0" * 8) == ("", "")


def test_msg_html_wrapped_in_rich_text() -> None:
    markup = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}\htmlrtf \par \htmlrtf0 Gr\'fc\'dfe"
        rb"{\*\htmltag72 </p>}{\*\htmltag64 <b>}more{\*\htmltag72 </b>}}"
    )
    stored = struct.pack("<IIII", len(markup) + 12, len(markup), 0x414C454D, 0) + markup
    plain, html = body_of_rtf(stored)
    assert plain == ""
    assert html.replace("\n", "") == "<p>Grüße</p><b>more</b>"


@pytest.mark.parametrize(
    "name", ["docling/docx_lists.doc", "docling/powerpoint_sample.ppt", "unstructured/fake-email-attachment.msg"]
)
@pytest.mark.parametrize("harm", ["cut", "noise", "zeros"])
def test_damaged_file_is_read_or_refused_in_a_sentence(tmp_path: Path, name: str, harm: str) -> None:
    whole = (FILES / name).read_bytes()
    path = tmp_path / Path(name).name
    for seed in range(25):
        path.write_bytes(_HARMS[harm](whole, random.Random(seed)))
        try:
            document = load(path, path.name, max_bytes=LIMIT, hand_out=lambda *_: None)
        except LoadError as error:
            assert str(error).startswith(path.name)
            assert str(error).endswith(".")
        else:
            check_document(document)


def _noisy(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(40):
        data[chance.randrange(512, len(data))] = chance.randrange(256)
    return bytes(data)


def _zeroed(whole: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(512, len(whole))
    return whole[:start] + bytes(600) + whole[start + 600 :]


_HARMS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "cut": lambda whole, chance: whole[: chance.randrange(600, len(whole))],
    "noise": _noisy,
    "zeros": _zeroed,
}


def test_encrypted_doc_and_ppt(tmp_path: Path) -> None:
    data = bytearray((FILES / "docling/docx_lists.doc").read_bytes())
    data[data.index(b"\xec\xa5") + 0x0B] |= 1
    (tmp_path / "a.doc").write_bytes(data)
    with pytest.raises(LoadError, match="password"):
        load(tmp_path / "a.doc", "a.doc", max_bytes=LIMIT)
    user = struct.pack("<8xII", 20, 0xF3D1C4DF) + bytes(40)
    (tmp_path / "a.ppt").write_bytes(ole({"Current User": user, "PowerPoint Document": bytes(5000)}))
    with pytest.raises(LoadError, match="password"):
        load(tmp_path / "a.ppt", "a.ppt", max_bytes=LIMIT)


def test_old_workbook_that_is_cut_off_says_so(tmp_path: Path) -> None:
    data = ole({"Workbook": bytes(9000)})
    (tmp_path / "a.xls").write_bytes(data[:3000])
    with pytest.raises(LoadError, match="damaged or cut off"):
        load(tmp_path / "a.xls", "a.xls", max_bytes=LIMIT)


def test_ole_file_with_a_loop_ends(tmp_path: Path) -> None:
    """A record that holds itself, and an edit that follows itself."""
    user = struct.pack("<8xIII", 20, 0xE391C05F, 0) + bytes(40)
    edit = struct.pack("<HHI", 0, 4085, 28) + struct.pack("<7I", 0, 0, 0, 36, 1, 1, 0)
    directory = struct.pack("<HHI", 0, 6002, 8) + struct.pack("<II", 1 | 1 << 20, 52)
    document = struct.pack("<HHI", 0x0F, 1000, 0xFFFFFF) + struct.pack("<HHI", 0x0F, 4080, 0xFFFFFF) * 400
    (tmp_path / "a.ppt").write_bytes(ole({"Current User": user, "PowerPoint Document": edit + directory + document}))
    with pytest.raises(LoadError, match="no slides|damaged"):
        load(tmp_path / "a.ppt", "a.ppt", max_bytes=LIMIT)
