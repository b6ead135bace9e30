"""A file is what its content says; when the name says something else, the message names both."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.loaders.source import SourceFile
from ingest.sniff import FORMATS, sniff, supported
from rag.errors import LoadError
from tests.ingest import make_files as make
from tests.ingest.make_ole import ole

WORD = make.docx(make.paragraph("Hello"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def sniffed(folder: Path, name: str, data: bytes) -> str:
    path = folder / "file"
    path.write_bytes(data)
    return sniff(SourceFile(path, name))


def refusal(folder: Path, name: str, data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        sniffed(folder, name, data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", b"%PDF-1.7\n", "pdf"),
        ("a.PDF", b"\n\n%PDF-1.7\n", "pdf"),
        ("a.docx", WORD, "docx"),
        ("a.xlsx", make.xlsx({"S": [["a"]]}), "xlsx"),
        ("a.epub", make.epub({"One": "<p>x</p>"}), "epub"),
        ("a.odt", make.odt("<text:p>x</text:p>"), "odt"),
        ("a.rtf", b"{\\rtf1 x}", "rtf"),
        ("a.xls", OLE + "Workbook".encode("utf-16-le"), "xls"),
        ("a.doc", ole({"WordDocument": b"x", "1Table": b"x"}), "doc"),
        ("a.ppt", ole({"PowerPoint Document": b"x"}), "ppt"),
        ("a.msg", ole({"__properties_version1.0": b"x", "WordDocument?": b"x"}), "msg"),
        ("a.zip", make.zipped({"a.txt": "x"}), "zip"),
        ("a.tar.gz", b"\x1f\x8b\x08" + bytes(20), "gz"),
        ("a.tbz2", b"BZh91AY" + bytes(20), "bz2"),
        ("a.txz", b"\xfd7zXZ\0" + bytes(20), "xz"),
        ("a.tar", bytes(257) + b"ustar\0" + bytes(250), "tar"),
        ("BZh.txt", b"BZh is how bzip2 files begin", "txt"),
        ("PAR1.txt", b"PAR1 is how Parquet files begin", "txt"),
        ("a.db", b"SQLite format 3\0" + bytes(90), "sqlite"),
        ("a.parquet", b"PAR1" + bytes(90), "parquet"),
        ("a.ipynb", b"{}", "ipynb"),
        ("a.vtt", b"WEBVTT", "vtt"),
        ("a.mbox", b"From x", "mbox"),
        ("a.html", b"<p>x", "html"),
        ("a.csv", b"a,b", "csv"),
        ("a.json", b"{}", "json"),
        ("a.md", b"# x", "md"),
        ("notes.LOG", b"x", "txt"),
        ("a.py", b"import os", "code"),
        ("README", b"x", "txt"),
        ("report", b"%PDF-1.7\n", "pdf"),
        ("a.txt", "Grüße".encode("utf-16"), "txt"),
        ("a.txt", "Grüße und mehr".encode("utf-16-le"), "txt"),
        ("BMW.txt", b"BMW builds cars", "txt"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "png"),
        ("a.JPG", b"\xff\xd8\xff\xe0" + b"\0" * 50, "jpeg"),
        ("a.tif", b"II*\0" + b"\0" * 50, "tiff"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 50, "webp"),
    ],
)
def test_kind(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    assert sniffed(tmp_path, name, data) == kind


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a PNG image"),
        ("a.docx", b"<!DOCTYPE html><html><body>x", "an HTML page"),
        ("a.pdf", b"just words", "plain text"),
        ("a.pdf", WORD, "rename it to end in .docx"),
        ("a.txt", WORD, "a Word document"),
        ("a.docx", b"%PDF-1.7\n", "rename it to end in .pdf"),
        ("a.xyz", b"%PDF-1.7\n", "rename it to end in .pdf"),
        ("a.xyz", b"words", ".epub"),
        ("a.docx", make.zipped({"a.txt": "x"}), "without the parts of a document"),
        ("a.jar", make.zipped({"a.txt": "x"}), "rename it to end in .zip"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), "unpack it"),
        ("a.zip", b"\x1f\x8b\x08" + bytes(50), "rename it to end in .gz"),
        ("a.docx", WORD[:200], "damaged"),
        ("a.doc", OLE, "damaged or cut off"),
        ("a.pub", ole({"Quill": b"x"}), "of a kind that is not known"),
        ("a.docx", ole({"WordDocument": b"x"}), "rename it to end in .doc"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.mp3", b"ID3\x04" + b"\0" * 50, "sound is not supported yet"),
        ("a.jpg", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "rename it to end in .png"),
        ("a.heic", b"\0\0\0\x18ftypheic" + b"\0" * 50, "save it as JPEG"),
        ("a.txt", bytes(range(256)) * 4, "not text"),
        ("a.exe", b"MZ\x90\x00\x03" + b"\0" * 100, "a Windows program"),
    ],
)
def test_refusal_names_file_and_cure(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    message = refusal(tmp_path, name, data)
    assert message.startswith(name)
    assert words in message
    assert message.endswith(".")


def test_hostile_names_stay_on_one_line(tmp_path: Path) -> None:
    message = refusal(tmp_path, "../../etc/\n<b>\u202e\x00" + "x" * 5000 + ".zzz", b"words")
    assert "\n" not in message
    assert "\u202e" not in message
    assert "\0" not in message
    assert len(message) < 500


def test_every_format_has_an_ending_of_its_own() -> None:
    endings = [suffix for known in FORMATS.values() for suffix in known.suffixes]
    assert len(endings) == len(set(endings))
    assert all(suffix in supported() for suffix in (".pdf", ".docx", ".odt", ".jsonl"))
