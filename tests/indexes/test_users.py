"""The file of users: names and passwords as people type them, and never a library without an admin."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from indexes.passwords import hashed, matches
from indexes.users import NAME, UserFile
from rag.errors import InputError, StoreError
from rag.rights import Role

RIGHT = "correct horse"


def test_who_was_added_is_found_however_the_name_is_written(tmp_path: Path):
    users = UserFile(tmp_path / "home")
    users.add("  Zoë Ärger ", Role.EDITOR, hashed(RIGHT))
    other_process = UserFile(tmp_path / "home")
    found = other_process.find(unicodedata.normalize("NFD", "ZOË ÄRGER"))
    assert found is not None
    assert (found.name, found.role) == ("Zoë Ärger", Role.EDITOR)
    with pytest.raises(InputError, match="'Zoë Ärger' already"):
        users.add("zoë ärger", Role.READER)


@pytest.mark.parametrize("name", ["", "   ", "a\tb", "a\nb", "a\u202eb", "a\u200bb", "a\x00b", "x" * 101, "Local"])
def test_names_that_cannot_be_told_are_refused(tmp_path: Path, name: str):
    with pytest.raises(InputError, match="name"):
        UserFile(tmp_path).add(name, Role.READER)
    assert not (tmp_path / NAME).exists()


def test_the_file_is_ones_own_and_has_no_password_in_it(tmp_path: Path):
    users = UserFile(tmp_path)
    users.add("ada", Role.ADMIN, hashed(RIGHT))
    text = users.path.read_text("utf-8")
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert RIGHT not in text
    assert "$argon2id$" in text


def test_the_last_admin_stays_one(tmp_path: Path):
    users = UserFile(tmp_path)
    users.add("ada", Role.ADMIN)
    users.add("bob", Role.READER)
    with pytest.raises(InputError, match="ada is the last admin"):
        users.remove("ADA")
    with pytest.raises(InputError, match="ada is the last admin"):
        users.change("ada", role=Role.EDITOR)
    users.change("bob", role=Role.ADMIN)
    users.remove("ada")
    assert [user.name for user in users.all()] == ["bob"]
    with pytest.raises(InputError, match="no user 'ada'"):
        users.remove("ada")


def test_a_change_elsewhere_is_seen_at_once(tmp_path: Path):
    here, there = UserFile(tmp_path), UserFile(tmp_path)
    here.add("ada", Role.ADMIN)
    for role in (Role.READER, Role.EDITOR) * 5:
        if there.find("bob") is None:
            there.add("bob", role)
        there.change("bob", role=role)
        found = here.find("bob")
        assert found is not None
        assert found.role is role


def test_processes_at_once_lose_nothing(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from indexes.users import UserFile; from rag.rights import Role\n"
        "for n in range(10): UserFile(Path(sys.argv[1])).add(f'{sys.argv[2]}{n}', Role.READER)"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "abc"]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(UserFile(tmp_path).all()) == 30


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"users": [{"name": "ada"}]}', '{"users": [{"name": 1, "role": 2}]}']
)
def test_a_file_that_is_none_is_one_sentence(tmp_path: Path, text: str):
    (tmp_path / NAME).write_text(text, "utf-8")
    with pytest.raises(StoreError, match="is not a file of users .*mend it"):
        UserFile(tmp_path).all()


def test_a_role_can_be_mended_by_hand(tmp_path: Path):
    users = UserFile(tmp_path)
    users.add("ada", Role.READER, hashed(RIGHT))
    rows = json.loads(users.path.read_text("utf-8"))
    rows["users"][0]["role"] = "admin"
    users.path.write_text(json.dumps(rows), "utf-8")
    assert users.user("ada").role is Role.ADMIN


def test_passwords_match_as_typed_and_nobodys_matches_nothing():
    kept = hashed("Pässwörter!")
    assert matches(kept, "Pässwörter!")
    assert matches(kept, unicodedata.normalize("NFD", "Pässwörter!"))
    assert not matches(kept, "pässwörter!")
    assert not matches(None, "Pässwörter!")
    assert not matches("", "")
    assert not matches("not a hash", "Pässwörter!")
    assert hashed(RIGHT) != hashed(RIGHT), "a salt of its own each"


def test_a_short_password_is_refused():
    with pytest.raises(InputError, match="7 characters: 8 are the least"):
        hashed("seven77")
    with pytest.raises(InputError, match="are the most"):
        hashed("x" * 1001)


def test_a_name_that_nobody_has_takes_as_long():
    """Otherwise the time would tell strangers who is known here."""
    kept = hashed(RIGHT)
    matches(None, "warm")

    def fastest(password: str | None) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            matches(password, "wrong guess")
            times.append(time.perf_counter() - start)
        return min(times)

    assert 0.5 < fastest(None) / fastest(kept) < 2
