"""Which files a folder holds: patterns, ignore files, and everything that is no plain file."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.discovery import DEVICE, EXCLUDED, HIDDEN, LINK, PIPE, SOCKET, Found, Looked, find, look_through
from ingest.ignore import Ignore, is_left_out, patterns
from rag.errors import InputError


def plant(folder: Path, *paths: str) -> None:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("words")


def names(folder: Path, *, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    files = find([str(folder)], include=include, exclude=exclude).files
    return [file.path.relative_to(folder).as_posix() for file in files]


def test_files_in_order_with_their_stat(tmp_path: Path):
    plant(tmp_path, "b.md", "a/z.txt", "a/y.TXT", "c.xyz", "none")
    found = find([str(tmp_path)])
    assert [file.path.relative_to(tmp_path).as_posix() for file in found.files] == ["a/y.TXT", "a/z.txt", "b.md"]
    assert [file.path.name for file in found.other_kinds] == ["c.xyz", "none"]
    for file in (*found.files, *found.other_kinds, *find([str(tmp_path / "c.xyz")]).files):
        seen = file.path.stat()
        assert file.stat is not None
        assert (file.stat.size, file.stat.modified_ns) == (5, seen.st_mtime_ns)
        assert file.stat.changed_ns in (0, seen.st_ctime_ns)  # 0: it has only just changed


@pytest.mark.parametrize(
    ("include", "exclude", "left"),
    [
        ((), ("*.txt",), ["a/b/c.md", "a/old/d.md", "e.md"]),
        ((), ("old/",), ["a/b/c.md", "a/b/f.txt", "e.md"]),
        ((), ("/a",), ["e.md"]),
        ((), ("a/**/*.md", "!c.md"), ["a/b/c.md", "a/b/f.txt", "e.md"]),
        (("*.md",), (), ["a/b/c.md", "a/old/d.md", "e.md"]),
        (("a/",), ("old",), ["a/b/c.md", "a/b/f.txt"]),
        (("*.md", "!d.md"), ("/e.*",), ["a/b/c.md"]),
        (("[ce].md",), (), ["a/b/c.md", "e.md"]),
        ((" ", "# all"), ("", "#*.md"), ["a/b/c.md", "a/b/f.txt", "a/old/d.md", "e.md"]),
    ],
)
def test_patterns(tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], left: list[str]):
    plant(tmp_path, "a/b/c.md", "a/b/f.txt", "a/old/d.md", "e.md")
    assert names(tmp_path, include=include, exclude=exclude) == left


def test_ignore_files_in_every_folder(tmp_path: Path):
    plant(tmp_path, "a.log", "keep.log", "docs/b.log", "docs/c.md", "docs/drafts/d.md", "out/e.md", "docs/out/f.md")
    (tmp_path / ".footnoteignore").write_bytes("\ufeff# logs\r\n*.log\r\n!keep.log\r\n/out/\r\n".encode())
    (tmp_path / "docs" / ".footnoteignore").write_text("!b.log\ndrafts\n")
    assert names(tmp_path) == ["docs/b.log", "docs/c.md", "docs/out/f.md", "keep.log"]
    assert names(tmp_path, exclude=("b.log",)) == ["docs/c.md", "docs/out/f.md", "keep.log"]
    assert passed_by(find([str(tmp_path)])) == {
        HIDDEN: [".footnoteignore", ".footnoteignore"],
        EXCLUDED: ["a.log", "drafts", "out"],
    }
    named = [str(tmp_path / "a.log")]
    assert [file.path.name for file in find(named).files] == ["a.log"]


def passed_by(found: Found | Looked) -> dict[str, list[str]]:
    return {what: sorted(Path(source).name for source in sources) for what, sources in found.passed_by.items()}


def test_what_is_no_plain_file_is_passed_by_and_named(tmp_path: Path):
    plant(tmp_path, "a.md", ".hidden/b.md", ".c.md")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.md").symlink_to(tmp_path / "a.md")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.md"))
        found, looked = find([str(tmp_path)]), look_through(tmp_path)
    assert [file.path.name for file in found.files] == ["a.md"]
    expected = {HIDDEN: [".c.md", ".hidden"], LINK: ["link.md", "loop"], PIPE: ["pipe.md"], SOCKET: ["socket.md"]}
    assert passed_by(found) == passed_by(looked) == expected


def test_a_device_is_passed_by(tmp_path: Path):
    plant(tmp_path, "a.md")
    try:
        os.mknod(tmp_path / "zero.txt", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError as error:
        pytest.skip(f"no device may be made here: {error}")
    assert passed_by(find([str(tmp_path)])) == {DEVICE: ["zero.txt"]}


def test_a_pipe_in_the_place_of_an_ignore_file_is_not_waited_for(tmp_path: Path):
    plant(tmp_path, "a.md")
    os.mkfifo(tmp_path / ".footnoteignore")
    assert names(tmp_path) == ["a.md"]


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A folder of somebody who is not root, who may read everything."""
    with TemporaryDirectory() as name:
        mine = os.geteuid()
        other = mine or 65534
        os.chown(name, other, -1)
        try:
            os.seteuid(other)
            yield Path(name)
        finally:
            os.seteuid(mine)
            for folder, _, _ in os.walk(name):
                os.chmod(folder, 0o700)


def test_a_closed_folder_fails_by_name(nobodys: Path):
    plant(nobodys, "a.md", "closed/b.md", "listed/c.md", "z.md")
    (nobodys / "closed").chmod(0)
    (nobodys / "listed").chmod(0o400)
    found = find([str(nobodys)])
    assert [(file.path.name, file.stat is None) for file in found.files] == [
        ("a.md", False),
        ("closed", True),
        ("listed", True),
        ("z.md", False),
    ]


def test_a_closed_ignore_file_is_one_sentence(nobodys: Path):
    plant(nobodys, "a.md", ".footnoteignore")
    (nobodys / ".footnoteignore").chmod(0)
    with pytest.raises(InputError, match="what it leaves out is not known"):
        find([str(nobodys)])


def test_names_that_are_no_utf8(tmp_path: Path):
    for name in (b"i\xff.md", b"i\xfe.md"):
        (tmp_path / os.fsdecode(name)).write_text("x")
    (tmp_path / ".footnoteignore").write_bytes(b"i\xfe.md\n")
    (file,) = find([str(tmp_path)]).files
    assert file.source == f"{tmp_path}/i\\xff.md"


def test_deep_folders(tmp_path: Path):
    depth = 1200
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(os.open("a.md", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    try:
        (file,) = find([str(tmp_path)]).files
        assert file.path.name == "a.md"
    finally:
        subprocess.run(["/bin/rm", "-rf", tmp_path / "d"], check=True)  # shutil would recurse too deeply


@pytest.mark.parametrize("odd", ["a[b", "a\\", "[z-a]", "[]"])
def test_patterns_that_mean_nothing_are_one_sentence(tmp_path: Path, odd: str):
    plant(tmp_path, "a.md")
    with pytest.raises(InputError, match="cannot be used"):
        names(tmp_path, exclude=(odd,))
    (tmp_path / ".footnoteignore").write_text(odd)
    with pytest.raises(InputError, match="footnoteignore' cannot be used"):
        names(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("\\!a", "!a", True), ("\\#a", "#a", True), ("a\\ ", "a ", True), ("a ", "a", True), ("[]a]", "]", True),
        ("[^a]", "b", True), ("[!a]", "a", False), ("[a-c]", "b", True), ("[a\\-c]", "b", False),
        ("[a\\-c]", "-", True),
        ("a.b", "axb", False), ("a*b", "a\nb", True), ("[.]x", "/x", False), ("!", "a", False), ("/", "a", False),
    ],
)  # fmt: skip
def test_single_patterns(pattern: str, path: str, fits: bool):
    found = patterns([pattern])
    assert found is not None
    assert found.fits(path) is fits


def test_patterns_that_leave_nothing_are_named(tmp_path: Path):
    plant(tmp_path, "a.md")
    with pytest.raises(InputError, match="patterns leave no file"):
        names(tmp_path, exclude=("*",))
    with pytest.raises(InputError, match="patterns leave no file"):
        names(tmp_path, include=("*.pdf",))


@pytest.mark.slow
def test_ten_thousand_files_take_little_time(tmp_path: Path):
    for number in range(100):
        folder = tmp_path / f"folder{number}"
        folder.mkdir()
        for inner in range(100):
            (folder / f"note{inner}.md").touch()
    (tmp_path / ".footnoteignore").write_text("*.log\nbuild/\n!keep\n")
    times = []
    for _ in range(3):
        start = time.process_time()
        files = find([str(tmp_path)], exclude=("tmp", "*.bak")).files
        times.append(time.process_time() - start)
    assert len(files) == 10_000
    assert min(times) < 4, times


def test_a_single_path_is_judged_like_in_a_walk(tmp_path: Path):
    plant(tmp_path, "a.md", "b.log", "out/c.md", "sub/d.log", ".git/e.md", "sub/.f.md")
    (tmp_path / ".footnoteignore").write_text("*.log\nout/\n")
    (tmp_path / "sub" / ".footnoteignore").write_text("!d.log\n")
    kept = [
        path for path in ("a.md", "sub/d.log", "sub", "gone.md", "gone") if not is_left_out(tmp_path, tmp_path / path)
    ]
    assert kept == ["a.md", "sub/d.log", "sub", "gone.md", "gone"]
    for path in ("b.log", "out/c.md", "out", ".git/e.md", "sub/.f.md", "gone.log", "out/gone/x.md"):
        assert is_left_out(tmp_path, tmp_path / path), path
    assert not is_left_out(tmp_path, tmp_path)


_PARTS = st.sampled_from(["a", "b", "ab", "a.b", "ba"])
_PATHS = st.lists(_PARTS, min_size=1, max_size=4).map("/".join)
_PATTERNS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/", "**/"]),
    st.lists(st.sampled_from(["a", "b", "*", "a*", "?", "**", "[ab]", "*.b", "[!a]"]), min_size=1, max_size=3).map(
        "/".join
    ),
    st.sampled_from(["", "", "/", "/**"]),
)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths=st.sets(_PATHS, min_size=1, max_size=12), lines=st.lists(_PATTERNS, min_size=1, max_size=4))
def test_git_agrees(tmp_path: Path, paths: set[str], lines: list[str]):
    """Every path is judged as `git check-ignore` does, folder by folder from the top."""
    shutil.rmtree(tmp_path, ignore_errors=True)
    tmp_path.mkdir()
    subprocess.run([shutil.which("git") or "", "init", "-q", "."], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("\n".join(lines) + "\n")
    for path in sorted(paths):
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
    command = [shutil.which("git") or "", "check-ignore", "--no-index", "--stdin"]
    asked = sorted({"/".join(path.split("/")[:n]) for path in paths for n in range(1, path.count("/") + 2)})
    done = subprocess.run(command, cwd=tmp_path, input="\n".join(asked), capture_output=True, text=True, check=False)
    rules = Ignore(None, ((0, patterns(lines)),))  # type: ignore[arg-type]

    def ignored(path: str) -> bool:
        steps = ["/".join(path.split("/")[:n]) + "/" for n in range(1, path.count("/") + 2)]
        return any(rules.leaves_out(step) for step in steps)

    assert {path for path in asked if ignored(path)} == set(done.stdout.splitlines()), lines
