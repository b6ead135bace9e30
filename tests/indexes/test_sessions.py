"""Sessions: they outlast a restart, and end with their user, password or time."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexes.sessions import IDLE_S, LONGEST_S, EndedSignIns, Sessions
from indexes.users import UserFile
from rag.errors import StoreError
from rag.rights import Role

DAY_S = 24 * 3600


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def users(tmp_path: Path) -> UserFile:
    users = UserFile(tmp_path)
    users.add("ada", Role.ADMIN, "hash 1")
    users.add("bob", Role.READER, "hash 2")
    return users


def test_a_token_is_whose_it_is_after_a_restart_too(tmp_path: Path, users: UserFile):
    token = Sessions(tmp_path, users).begin(users.user("ada"))
    found = Sessions(tmp_path, UserFile(tmp_path)).user(token)
    assert found == users.user("ada")
    assert len(token) >= 43, "32 bytes in base64"
    assert Sessions(tmp_path, users).user(f"{token}x") is None
    assert Sessions(tmp_path, users).user("../users.json") is None


def test_what_is_on_disk_lets_nobody_in(tmp_path: Path, users: UserFile):
    token = Sessions(tmp_path, users).begin(users.user("ada"))
    (file,) = (tmp_path / "sessions").iterdir()
    assert token not in file.name + file.read_text("utf-8")
    assert Sessions(tmp_path, users).user(file.name) is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_it_ends_with_another_password_a_removal_or_a_sign_out(tmp_path: Path, users: UserFile):
    sessions = Sessions(tmp_path, users)
    tokens = [sessions.begin(users.user(name)) for name in ("ada", "ada", "bob")]
    sessions.end(tokens[0])
    assert [sessions.user(token) is not None for token in tokens] == [False, True, True]
    users.change("ada", password="hash 3")
    assert [sessions.user(token) is not None for token in tokens] == [False, False, True]
    users.remove("bob")
    assert sessions.user(tokens[2]) is None
    users.add("bob", Role.READER, "hash 4")
    assert sessions.user(tokens[2]) is None, "somebody else of the same name"


def test_another_role_counts_at_once_and_ends_nothing(tmp_path: Path, users: UserFile):
    sessions = Sessions(tmp_path, users)
    token = sessions.begin(users.user("bob"))
    UserFile(tmp_path).change("bob", role=Role.EDITOR)
    found = sessions.user(token)
    assert found is not None
    assert found.role is Role.EDITOR


def test_it_ends_when_nobody_uses_it_and_at_last_in_any_case(tmp_path: Path, users: UserFile):
    clock = Clock()
    sessions = Sessions(tmp_path, users, clock)
    idle, used = sessions.begin(users.user("ada")), sessions.begin(users.user("ada"))
    start = clock.now
    while clock.now - start < IDLE_S:
        clock.now += IDLE_S / 2 + 1
        assert sessions.user(used) is not None
    assert sessions.user(idle) is None
    while clock.now - start < LONGEST_S - IDLE_S / 2 - 1:
        clock.now += IDLE_S / 2
        assert sessions.user(used) is not None
    clock.now += IDLE_S
    assert sessions.user(used) is None


def test_what_is_over_is_swept_away(tmp_path: Path, users: UserFile):
    clock = Clock()
    sessions = Sessions(tmp_path, users, clock)
    for _ in range(5):
        sessions.begin(users.user("ada"))
    clock.now += IDLE_S + 1
    sessions.begin(users.user("ada"))
    assert len(list((tmp_path / "sessions").iterdir())) == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": "ada", "mark": "x", "began": "soon"}'])
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, users: UserFile, text: str):
    sessions = Sessions(tmp_path, users)
    token = sessions.begin(users.user("ada"))
    next((tmp_path / "sessions").iterdir()).write_text(text, "utf-8")
    assert sessions.user(token) is None


def test_what_ended_before_its_time_is_remembered_until_then(tmp_path: Path, users: UserFile):
    clock = Clock()
    ended = EndedSignIns(tmp_path, clock)
    assert not ended.has_any(["one", "two"])
    ended.add(["one", "two"])
    clock.now += LONGEST_S - 1
    Sessions(tmp_path, users, clock).begin(users.user("ada"))
    EndedSignIns(tmp_path, clock).add(["three"])
    again = EndedSignIns(tmp_path, clock)
    assert [again.has_any([one, "four"]) for one in ("one", "two", "three", "four")] == [True, True, True, False]
    clock.now += 2
    again.add(["five"])
    files = sorted((tmp_path / "sessions" / "ended").iterdir())
    assert (len(files), [path.read_text("utf-8") for path in files]) == (2, ["", ""])
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files[0].parents[:2]} == {0o700}


def test_an_end_that_cannot_be_remembered_is_told(tmp_path: Path):
    (tmp_path / "sessions").write_text("in the way", "utf-8")
    with pytest.raises(StoreError, match="a sign-out is not remembered"):
        EndedSignIns(tmp_path).add(["one"])
