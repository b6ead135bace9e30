"""A source stands for one place alone, and leads back to it."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexes.library import Library
from ingest.cli import main
from ingest.discovery import read_list
from ingest.sources import below, inside, listed, path_of, written
from rag.errors import InputError
from rag.settings import Settings
from tests.ingest.make_files import zipped

NAMES = st.lists(st.sampled_from(["a", "!", "!/", "/", "\\", "\\x", "x21", "5c", "ff", "\\xff", "\\x21/", "é"]))


@given(NAMES.map("".join), NAMES.map("".join))
def test_two_names_never_share_a_source(one: str, other: str):
    assert (listed(one) == listed(other)) == (one == other)


@given(st.binary(max_size=12).map(lambda data: b"/" + data.replace(b"\0", b"!/")))
def test_a_path_of_any_bytes_is_found_again(raw: bytes):
    path = Path(os.fsdecode(raw))
    assert path_of(written(path)) == path
    written(path).encode()  # can be stored


@given(st.lists(NAMES.map("".join), min_size=1, max_size=4), st.lists(NAMES.map("".join), min_size=1, max_size=4))
def test_members_of_members_are_told_apart(one: list[str], other: list[str]):
    def source(names: list[str]) -> str:
        held = listed(names[0])
        for name in names[1:]:
            held = inside(held, name)
        return held

    assert (source(one) == source(other)) == (one == other)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("/d/plain name.txt", "/d/plain name.txt"),
        ("/d/really!.txt", "/d/really!.txt"),
        ("/d/a.zip!/b.txt", "/d/a.zip\\x21/b.txt"),
        ("/d/a\udcff.txt", "/d/a\\xff.txt"),
        ("/d/a\\xff.txt", "/d/a\\x5cxff.txt"),
        ("/d/a\\b.txt", "/d/a\\b.txt"),
        ("half \ud800 pair", "half \\ud800 pair"),
        ("half \\ud800 pair", "half \\x5cud800 pair"),
    ],
)
def test_only_what_could_be_mistaken_is_escaped(name: str, source: str):
    assert listed(name) == source


def test_what_lies_in_a_folder():
    for folder in ("/d/a", "/d/a!", "/d/a.zip\udcff", "/"):
        assert written(Path(folder) / "b.txt").startswith(below(written(Path(folder))))
    assert not inside(written(Path("/d/a.zip")), "b.txt").startswith(below(written(Path("/d/a.zip!"))))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict]]:
    capsys.readouterr()
    code = main([*map(str, arguments), "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def texts(home: Path) -> dict[str, str]:
    catalogue = Library(Settings(home=home)).catalogue
    return {r.source.rpartition("/d/")[2]: catalogue.text(r.id) for r in catalogue.documents() if r.n_chunks}


def plant(folder: Path) -> dict[str, str]:
    """Files whose names once shared a source, and what each is listed under with its text."""
    inner = zipped({"b.txt": "A member of a member."})
    (folder / "a.zip!" / "in.zip!").mkdir(parents=True)
    (folder / "a.zip").write_bytes(
        zipped({"b.txt": "A member.", "in.zip": inner, "in.zip!/b.txt": "Its name has a mark."})
    )
    (folder / "a.zip!" / "b.txt").write_text("A file in a folder.")
    (folder / "a.zip!" / "in.zip!" / "b.txt").write_text("A file in a folder of a folder.")
    (folder / "a\\xff.txt").write_text("A backslash, an x and two letters.")
    Path(os.fsdecode(os.fsencode(folder) + b"/a\xff.txt")).write_text("A byte.")
    return {
        "a.zip!/b.txt": "A member.",
        "a.zip!/in.zip!/b.txt": "A member of a member.",
        "a.zip!/in.zip\\x21/b.txt": "Its name has a mark.",
        "a.zip\\x21/b.txt": "A file in a folder.",
        "a.zip\\x21/in.zip\\x21/b.txt": "A file in a folder of a folder.",
        "a\\x5cxff.txt": "A backslash, an x and two letters.",
        "a\\xff.txt": "A byte.",
    }


@pytest.mark.slow
def test_files_that_look_alike_stay_apart(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path):
    expected = plant(tmp_path / "d")
    assert run(capsys, "add", tmp_path / "d")[0] == 0
    assert texts(home) == expected
    code, rows = run(capsys, "sync", tmp_path / "d")
    assert (code, rows) == (0, [])
    assert run(capsys, "remove", tmp_path / "d" / "a\\xff.txt")[0] == 2  # may be either: by its number then
    assert run(capsys, "remove", tmp_path / "d" / "a.zip")[0] == 0
    left = {source: text for source, text in expected.items() if not source.startswith("a.zip!/")}
    assert texts(home) == left


@pytest.mark.slow
def test_a_home_that_knows_such_files_by_their_old_names(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
):
    folder = tmp_path / "d"
    (folder / "a.zip!").mkdir(parents=True)
    (folder / "a.zip!" / "b.txt").write_text("A file in a folder.")
    (folder / "a\\xff.txt").write_text("A backslash, an x and two letters.")
    run(capsys, "add", folder)
    database = Library(Settings(home=home)).catalogue.database
    old = "source = replace(replace(source, '\\x21/', '!/'), '\\x5c', '\\')"
    database.execute("UPDATE sources SET " + old)  # noqa: S608
    database.execute("UPDATE documents SET " + old)  # noqa: S608
    before = texts(home)
    assert before.keys() == {"a.zip!/b.txt", "a\\xff.txt"}
    code, rows = run(capsys, "sync", folder)
    assert (code, [row["plan"] for row in rows]) == (0, ["moved", "moved"])
    assert texts(home) == {"a.zip\\x21/b.txt": "A file in a folder.", "a\\x5cxff.txt": before["a\\xff.txt"]}
    assert run(capsys, "sync", folder) == (0, [])


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_a_folder_whose_name_is_no_text_is_followed(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/d\xff!"))
    folder.mkdir()
    (folder / "a.txt").write_text("A buoy is red.")
    (folder / "b.txt").write_text("The pier is long.")
    assert run(capsys, "sync", folder)[0] == 0
    assert run(capsys, "sync", folder) == (0, [])
    (folder / "b.txt").unlink()
    assert [row["plan"] for row in run(capsys, "sync", folder)[1]] == ["removed"]


@pytest.mark.slow
def test_a_backslash_in_a_tar_is_no_folder(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path):
    (tmp_path / "d").mkdir()
    with tarfile.open(tmp_path / "d" / "a.tar", "w") as archive:
        for name in ("a\\b.txt", "a/b.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = len(name)
            archive.addfile(entry, io.BytesIO(name.encode()))
    assert run(capsys, "add", tmp_path / "d")[0] == 0
    assert texts(home) == {"a.tar!/a\\b.txt": "a\\b.txt", "a.tar!/a/b.txt": "a/b.txt"}
    assert {row["state"] for row in run(capsys, "add", tmp_path / "d")[1]} == {"unchanged"}


@pytest.mark.slow
def test_a_list_with_odd_names(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path):
    odd = {
        "-rf.txt": "A dash.",
        "line\nbreak.txt": "A line break.",
        "\x1b[31mred.txt": "A colour.",
        "a.zip!/b.txt": "No member.",
        "byte \udcff.txt": "A byte.",
        "zero\0.txt": "A zero.",
    }
    lines = [b"", b"  "]
    for number, (name, text) in enumerate(odd.items()):
        path = tmp_path / f"-{number}.txt"
        path.write_text(text)
        lines.append(json.dumps({"path": str(path), "name": name}).encode())
    (tmp_path / "list").write_bytes(b"\n".join(lines) + b"\r\n\n")
    code, rows = run(capsys, "add", "--list", tmp_path / "list")
    assert (code, [row["state"] for row in rows]) == (0, ["ready"] * len(odd))
    catalogue = Library(Settings(home=home)).catalogue
    assert {r.source: catalogue.text(r.id) for r in catalogue.documents()} == {
        listed(name): text for name, text in odd.items()
    }
    assert main(["list"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == len(odd)
    assert all(line.isprintable() for line in shown)


def test_a_list_without_a_line_names_no_file(tmp_path: Path):
    (tmp_path / "list").write_bytes(b"\n \n\r\n")
    assert read_list(str(tmp_path / "list")) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"path": "a", "name": "\xff"}', "line 2 .* is no JSON"),
        (b"words", "line 2 .* is no JSON"),
        (b"[" * 100_000, "line 2 .* is no JSON"),
        (b"[1]", "line 2 .* is not of the form"),
        (b'{"path": "a"}', "line 2 .* is not of the form"),
        (b'{"path": 5, "name": "a"}', "line 2 .* is not of the form"),
        (b'{"path": "a", "name": " \\n"}', "line 2 .* is not of the form"),
        (b'{"path": "", "name": "a"}', "line 2 .* is not of the form"),
        (b'{"path": "\\ud800", "name": "a"}', "line 2 .* no file can have"),
        (b'{"path": "/other", "name": "first"}', "line 2 .* second time"),
    ],
    ids=["bytes", "words", "deep", "array", "nameless", "number", "blank", "pathless", "half", "twice"],
)
def test_a_list_that_makes_no_sense(tmp_path: Path, line: bytes, said: str):
    (tmp_path / "list").write_bytes(b'{"path": "/first", "name": "first"}\n' + line + b"\n")
    with pytest.raises(InputError, match=said):
        read_list(str(tmp_path / "list"))
