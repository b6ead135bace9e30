"""Files inside of files become documents of their own, and come and go with the file that holds them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.jobs import JobBoard
from indexes.job_records import Job
from indexes.library import Library
from ingest.cli import main
from rag.settings import Settings

pytestmark = pytest.mark.slow


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "The boats", "ann@example.org", "bob@example.org"
    message.set_content("The list of boats is attached.")
    message.add_attachment(b"Boat 7 is painted green.", maintype="text", subtype="plain", filename="boats.txt")
    return message.as_bytes()


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict]:
    capsys.readouterr()
    main([*map(str, arguments), "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def names(home: Path) -> set[str]:
    return {record.source.rpartition("all.zip")[2] for record in Library(Settings(home=home)).catalogue.documents()}


def test_an_archive_with_a_mail_and_another_archive(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path):
    inner = zipped({"deep/pier.md": b"The pier is long."})
    archive = tmp_path / "all.zip"
    archive.write_bytes(zipped({"a.md": b"The harbour opens at six.", "m.eml": mail(), "x.zip": inner}))
    rows = run(capsys, "add", archive)
    assert {row["state"] for row in rows} == {"ready"}
    everything = {"", "!/a.md", "!/m.eml", "!/m.eml!/boats.txt", "!/x.zip", "!/x.zip!/deep/pier.md"}
    assert names(home) == everything
    library = Library(Settings(home=home))
    hit = library.retriever.retrieve("which boat is painted green", 1).hits[0]
    assert hit.chunk.source.endswith("all.zip!/m.eml!/boats.txt")
    assert {row["state"] for row in run(capsys, "add", archive)} == {"unchanged"}
    archive.write_bytes(zipped({"a.md": b"The harbour opens at seven.", "x.zip": inner}))
    run(capsys, "add", archive)
    assert names(home) == everything - {"!/m.eml", "!/m.eml!/boats.txt"}
    assert "seven" in library.retriever.retrieve("when does the harbour open", 1).hits[0].chunk.text
    run(capsys, "remove", archive)
    assert names(home) == set()
    assert list((home / "uploads").iterdir()) == []
    assert "all 0 documents can be read again" in [finding["text"] for finding in run(capsys, "doctor")]


def test_the_same_attachment_in_two_mails_is_stored_once(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
):
    for n in (1, 2):
        (tmp_path / f"{n}.eml").write_bytes(mail().replace(b"list of boats", b"list %d of boats" % n))
        run(capsys, "add", tmp_path / f"{n}.eml")
    library = Library(Settings(home=home))
    (boats,) = [record for record in library.catalogue.documents() if record.source.endswith("boats.txt")]
    assert len(boats.also) == 1
    run(capsys, "remove", tmp_path / "1.eml")
    left = library.catalogue.document(boats.id)
    assert (left.also, Path(left.source).parts[-2]) == ((), "2.eml!")
    run(capsys, "remove", tmp_path / "2.eml")
    assert library.catalogue.documents() == []


def test_an_endless_nest_ends(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path):
    data = b"The bottom."
    name = "bottom.md"
    for n in range(8):
        data, name = zipped({name: data}), f"{n}.zip"
    (tmp_path / "all.zip").write_bytes(zipped({name: data}))
    run(capsys, "add", tmp_path / "all.zip")
    records = Library(Settings(home=home)).catalogue.documents()
    assert 1 <= len(records) <= 4
    assert not any(record.source.endswith("bottom.md") for record in records)


def test_what_is_nothing_but_its_files_is_listed_with_their_number(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
):
    (tmp_path / "all.zip").write_bytes(zipped({"a.md": b"A buoy is red.", "b.md": b"A pier.", "m.eml": mail()}))
    run(capsys, "add", tmp_path / "all.zip")
    assert main(["list"]) == 0
    lines = {line.rpartition("/")[2]: line for line in capsys.readouterr().out.splitlines()}
    assert "  3 files inside  " in lines["all.zip"]
    assert "passage" not in lines["all.zip"]
    assert "  1 passage, 1 file inside  " in lines["m.eml"]
    assert "  1 passage  " in lines["a.md"]
    library = Library(Settings(home=home))
    record = library.catalogue.documents()[0]
    job = Job(1, "b", "default", record.source, "", 1, {}, None, 0, "ready", document=record.id)
    assert JobBoard(library).extent(job) == record.extent == "3 files inside"
    assert JobBoard(library).extent(replace(job, document=None)) == "0 passages"
