"""Files inside of files: archives, mailboxes and attachments are handed out one by one, within limits."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.fence import Fence
from ingest.loaders import load, unpacking
from rag.errors import LoadError
from rag.types import Document
from tests.ingest import make_files as make

Files = dict[str, bytes]
LIMIT = 30_000_000


def unpacked(folder: Path, name: str, data: bytes, limit: int = LIMIT) -> tuple[Document, Files]:
    """The document, and the members by name; the same comes through the fence."""
    path = folder / "upload"
    path.write_bytes(data)
    members: list[tuple[str, bytes]] = []
    document = load(path, name, max_bytes=limit, hand_out=lambda member, data: members.append((member, data)))
    assert document.n_members == len(members) == len({member for member, _ in members})
    assert all(warning.endswith(".") for warning in document.warnings)
    return document, dict(members)


def refusal(folder: Path, name: str, data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        unpacked(folder, name, data)
    message = str(caught.value)
    assert message.startswith(name)
    assert message.endswith(".")
    return message


def tarred(members: dict[str, bytes | str], mode: str = "w", encoding: str = "utf-8") -> bytes:
    """A tar archive; a text instead of bytes is where a link leads to."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=tarfile.GNU_FORMAT, encoding=encoding) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            if isinstance(data, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, data
            else:
                entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data) if isinstance(data, bytes) else None)
    return buffer.getvalue()


def test_zip(tmp_path: Path) -> None:
    data = make.zipped({"a.txt": "one", "docs/b.md": "# two", "docs/README": "three", "docs/": "", "in.zip": b"PK"})
    document, files = unpacked(tmp_path, "a.zip", data)
    assert files == {"a.txt": b"one", "docs/b.md": b"# two", "docs/README": b"three", "in.zip": b"PK"}
    assert (document.text, document.media_type, document.warnings) == ("", "application/zip", ())


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.tar", tarred),
        ("a.tar.gz", lambda members: tarred(members, "w:gz")),
        ("a.tgz", lambda members: tarred(members, "w:gz")),
        ("a.tar.bz2", lambda members: tarred(members, "w:bz2")),
        ("a.tar.xz", lambda members: tarred(members, "w:xz")),
    ],
)
def test_tar(tmp_path: Path, name: str, pack: Callable[[Files], bytes]) -> None:
    document, files = unpacked(tmp_path, name, pack({"docs/a.txt": b"one", "b.pdf": b"%PDF"}))
    assert files == {"docs/a.txt": b"one", "b.pdf": b"%PDF"}
    assert document.text == ""


@pytest.mark.parametrize(
    ("name", "pack"),
    [("notes.txt.gz", gzip.compress), ("notes.txt.bz2", bz2.compress), ("notes.txt.xz", lzma.compress)],
)
def test_one_compressed_file(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    assert unpacked(tmp_path, name, pack(b"words" * 100))[1] == {"notes.txt": b"words" * 100}


def test_what_nobody_misses_is_skipped_silently(tmp_path: Path) -> None:
    members = {"a.txt": "x", "__MACOSX/._a.txt": "x", ".DS_Store": "x", "docs/.git/config.txt": "x", "Thumbs.db": "x"}
    document, files = unpacked(tmp_path, "a.zip", make.zipped(members))
    assert (list(files), document.warnings) == (["a.txt"], ())


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    links = zipfile.ZipInfo("link.txt")
    links.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in (
            "good.txt",
            "../evil.txt",
            "/etc/passwd.txt",
            "C:\\x.txt",
            "a/../../b.txt",
            "run.exe",
            "x.bin",
            "y.bin",
        ):
            archive.writestr(name, name)
        archive.writestr(links, "/etc/passwd")
    document, files = unpacked(tmp_path, "a.zip", buffer.getvalue())
    assert list(files) == ["good.txt"]
    outside, linked, kinds = document.warnings
    assert all(name in outside for name in ("../evil.txt", "/etc/passwd.txt", "C:/x.txt", "a/../../b.txt"))
    assert "link.txt" in linked
    assert kinds == "3 files inside were left out because their kinds cannot be read: .bin, .exe."


def test_tar_with_links_and_devices(tmp_path: Path) -> None:
    data = tarred({"good.txt": b"x", "link.txt": "/etc/passwd", "../evil.txt": b"x", "/abs.txt": b"x"})
    document, files = unpacked(tmp_path, "a.tar", data)
    assert list(files) == ["good.txt"]
    assert ["link.txt" in document.warnings[0], "../evil.txt, /abs.txt" in document.warnings[1]] == [True, True]


def test_locked_members(tmp_path: Path) -> None:
    data = bytearray(make.zipped({"a.txt": "secret", "b.txt": "open"}))
    first, entry = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    data[first + 6] |= 1
    data[entry + 8] |= 1
    document, files = unpacked(tmp_path, "a.zip", bytes(data))
    assert list(files) == ["b.txt"]
    assert document.warnings == ("Files inside were left out because they are protected with a password: a.txt.",)


def test_archive_of_nothing_readable(tmp_path: Path) -> None:
    assert "kind cannot be read: .exe" in refusal(tmp_path, "a.zip", make.zipped({"a.exe": "x"}))
    assert "no file that can be read" in refusal(tmp_path, "a.zip", make.zipped({}))
    assert "no file that can be read" in refusal(tmp_path, "a.tar", tarred({".hidden": b"x"}))
    assert ".iso" in refusal(tmp_path, "disk.iso.gz", gzip.compress(b"x" * 5000))


def test_archive_that_nobody_unpacks(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(make.zipped({"a.txt": "x"}))
    with pytest.raises(LoadError, match="unpack it and add the files"):
        load(tmp_path / "a.zip", "a.zip", max_bytes=LIMIT)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.txt.gz", "a.tar.xz"])
def test_bomb(tmp_path: Path, name: str) -> None:
    zeros = bytes(20_000_000)
    packed = {
        "a.zip": lambda: make.zipped({"a.txt": zeros}),
        "a.tar.gz": lambda: tarred({"a.txt": zeros}, "w:gz"),
        "a.txt.gz": lambda: gzip.compress(zeros),
        "a.tar.xz": lambda: tarred({"skipped.exe": zeros}, "w:xz"),
    }
    assert "as a bomb does: if you know where it comes from, unpack it" in refusal(tmp_path, name, packed[name]())


def test_total_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_INFLATED", 2_000_000)
    members = {f"{n}.txt": b"x" * 900_000 for n in range(3)}
    assert "more than 2 MB" in refusal(tmp_path, "a.zip", make.zipped(members))
    assert "more than 2 MB" in refusal(tmp_path, "a.tar", tarred(dict(members)))


def test_too_many_members(tmp_path: Path) -> None:
    names = {f"{n}.exe": b"" for n in range(10_001)}
    assert "10,001 files" in refusal(tmp_path, "a.zip", make.zipped(names))
    assert "10,000 files" in refusal(tmp_path, "a.tar", tarred(dict(names)))


@pytest.mark.parametrize(
    ("name", "pack"), [("a.zip", make.zipped), ("a.tar.gz", lambda members: tarred(members, "w:gz"))]
)
def test_member_beyond_the_limit_of_a_file(tmp_path: Path, name: str, pack: Callable[[Files], bytes]) -> None:
    data = pack({"large.txt": bytes(range(250)) * 400, "small.txt": b"x"})
    document, files = unpacked(tmp_path, name, data, limit=50_000)
    assert list(files) == ["small.txt"]
    assert document.warnings == (
        "Files inside were left out because they are larger than the limit for a file: large.txt.",
    )


@pytest.mark.parametrize(("name", "encoding"), [("Müller.txt", "cp437"), ("Grüße.txt", "utf-8")])
def test_zip_names_that_do_not_tell_their_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    raw = name.encode(encoding)
    data = make.zipped({"N" * len(raw): "x"}).replace(b"N" * len(raw), raw)
    assert list(unpacked(tmp_path, "a.zip", data)[1]) == [name]


def test_tar_names_in_other_encodings(tmp_path: Path) -> None:
    name = "Müller und größere Straßen.txt"
    assert list(unpacked(tmp_path, "a.tar", tarred({name: b"x"}, encoding="latin-1"))[1]) == [name]


def test_equal_names_are_told_apart(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning):
        for text in ("one", "two", "three"):
            archive.writestr("d/a.txt", text)
    files = unpacked(tmp_path, "a.zip", buffer.getvalue())[1]
    assert files == {"d/a.txt": b"one", "d/a (2).txt": b"two", "d/a (3).txt": b"three"}


def test_damaged_member_costs_only_itself(tmp_path: Path) -> None:
    data = bytearray(make.zipped({"a.txt": "first" * 100, "b.txt": "second"}))
    data[data.index(b"a.txt") + 8] ^= 0xFF
    document, files = unpacked(tmp_path, "a.zip", bytes(data))
    assert list(files) == ["b.txt"]
    assert document.warnings == ("Files inside were left out because they are damaged: a.txt.",)


def test_archive_that_is_cut_off(tmp_path: Path) -> None:
    import random

    noise = random.Random(1).randbytes(100_000)
    data = tarred({"a.txt": b"whole", "b.txt": noise}, "w:gz")
    document, files = unpacked(tmp_path, "a.tar.gz", data[:50_000])
    assert list(files) == ["a.txt"]
    assert "damaged or cut off" in document.warnings[0]
    assert "damaged or cut off" in refusal(tmp_path, "a.zip", make.zipped({"a.txt": "x" * 100})[:60])
    assert "damaged or cut off" in refusal(tmp_path, "a.tar.gz", data[:12])


def test_documents_in_zip_clothes_stay_documents(tmp_path: Path) -> None:
    document, files = unpacked(tmp_path, "a.docx", make.docx(make.paragraph("Hello")))
    assert (document.text, files) == ("Hello", {})


def test_forged_size_in_a_zip(tmp_path: Path) -> None:
    data = bytearray(make.zipped({"a.txt": b"x" * 5_000_000, "b.txt": "fine"}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 1)
    document, files = unpacked(tmp_path, "a.zip", bytes(data))
    assert files == {"b.txt": b"fine"}
    assert "a.txt" in document.warnings[0]


MBOX = b"""From ada@example.org Wed Jan 31 12:00:00 2024
Subject: The plan
From: ada@example.org

>From here on it is a quote.
From now on we meet on Mondays.

From bob@example.org Wed Jan 31 13:00:00 2024
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= / The plan
From: bob@example.org

Fine.

From eve@example.org Wed Jan 31 14:00:00 2024
Subject: The plan

Late.
"""


def test_mbox(tmp_path: Path) -> None:
    document, files = unpacked(tmp_path, "a.mbox", MBOX)
    assert list(files) == ["The plan.eml", "Grüße The plan.eml", "The plan (2).eml"]
    assert files["The plan.eml"].endswith(b"\n\nFrom here on it is a quote.\nFrom now on we meet on Mondays.\n\n")
    assert document.text == ""
    assert "is not a mailbox" in refusal(tmp_path, "b.mbox", b"just words")


def test_members_come_through_the_fence(tmp_path: Path) -> None:
    members = {f"{n}.txt": f"text {n} ".encode() * 1000 for n in range(20)}
    got: Files = {}
    with Fence() as fence:
        for name, data in (
            ("a.zip", make.zipped(members)),
            ("a.tar.xz", tarred(dict(members), "w:xz")),
            ("a.mbox", MBOX),
        ):
            (tmp_path / name).write_bytes(data)
            document = fence.load(tmp_path / name, name, max_bytes=LIMIT, hand_out=got.__setitem__)
            assert document.n_members == (3 if name == "a.mbox" else 20)
    assert got.items() >= members.items()


MAIL = b"""Subject: Plans
From: ada@example.org
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: multipart/related; boundary=C

--C
Content-Type: text/html

<p>The body.<img src="cid:1"></p>
--C
Content-Type: image/png
Content-ID: <1>

x
--C--
--B
Content-Type: application/pdf; name="=?utf-8?q?Gr=C3=B6=C3=9Fe.pdf?="
Content-Transfer-Encoding: base64

JVBERg==
--B
Content-Type: text/plain

A footer of the list.
--B
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="../../setup.exe"

x
--B
Content-Type: text/csv
Content-Disposition: attachment; filename="..\\..\\data.csv"

a,b
--B
Content-Type: message/rfc822

Subject: An older mail
From: bob@example.org

Older words.
--B--
"""


def test_mail_attachments(tmp_path: Path) -> None:
    document, files = unpacked(tmp_path, "a.eml", MAIL)
    assert files["Größe.pdf"] == b"%PDF"
    assert files["data.csv"] == b"a,b"
    assert b"Older words." in files["An older mail.eml"]
    assert list(files) == ["Größe.pdf", "data.csv", "An older mail.eml"]
    assert document.text.endswith("The body.\n\nA footer of the list.")
    assert document.warnings == ("1 file inside was left out because its kind cannot be read: .exe.",)


def test_mail_that_is_an_attachment_and_nothing_else(tmp_path: Path) -> None:
    mail = b"Subject: Scan\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERg==\n"
    assert unpacked(tmp_path, "a.eml", mail)[1] == {"attachment.pdf": b"%PDF"}


def test_mail_without_anybody_who_takes_attachments(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    document = load(tmp_path / "a.eml", "a.eml", max_bytes=LIMIT)
    assert document.warnings[0].startswith("Attachments were not read: Größe.pdf, ")
    assert document.n_members == 0


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archive_that_begins_with_a_pdf_is_an_archive(tmp_path: Path, kind: str) -> None:
    data = Path("samples/documents/self-locking-nuts.pdf").read_bytes()
    packed = tarred({"paper.pdf": data})
    if kind == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:  # stored as it is
            archive.writestr("paper.pdf", data)
        packed = buffer.getvalue()
    assert unpacked(tmp_path, f"papers.{kind}", packed)[1] == {"paper.pdf": data}


def test_a_header_that_promises_terabytes_costs_no_time(tmp_path: Path) -> None:
    good, promising = tarfile.TarInfo("a.txt"), tarfile.TarInfo("more.txt")
    good.size, promising.size = 512, 10**12
    document, files = unpacked(tmp_path, "cut.tar", good.tobuf() + b"Six o'clock.".ljust(512) + promising.tobuf())
    assert list(files) == ["a.txt"]
    assert any("damaged or cut off" in warning for warning in document.warnings)


def test_names_that_begin_at_the_folder_itself(tmp_path: Path) -> None:
    """`tar c .` and some zippers write them; a second name for the same place is kept beside the first."""
    _, files = unpacked(tmp_path, "a.tar", tarred({"./a.txt": b"one", "./docs/./b.md": b"two", "./.hidden.txt": b"no"}))
    assert files == {"a.txt": b"one", "docs/b.md": b"two"}
    _, files = unpacked(tmp_path, "a.zip", make.zipped({"./a.txt": "one", "a.txt": "two"}))
    assert files == {"a.txt": b"one", "a (2).txt": b"two"}


def test_empty_files_are_named(tmp_path: Path) -> None:
    document, files = unpacked(tmp_path, "a.zip", make.zipped({"a.txt": "one", "docs/b.md": ""}))
    assert list(files) == ["a.txt"]
    assert document.warnings == ("Files inside were left out because they are empty: docs/b.md.",)
    assert "because they are empty: b.txt." in refusal(tmp_path, "b.zip", make.zipped({"b.txt": ""}))
