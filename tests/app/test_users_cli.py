"""`python -m app users`: who may sign in, without a password on a command line or a screen."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.cli import main
from indexes.catalogue import Catalogue
from indexes.conversations import ConversationShelf
from indexes.passwords import matches
from indexes.users import UserFile
from rag.errors import StoreError
from rag.rights import Person, Role

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    return tmp_path


def users(monkeypatch: pytest.MonkeyPatch, *line: str, typed: str = "") -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return main(["users", *line])


def test_from_the_first_admin_to_the_last(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert users(monkeypatch, "list") == 0
    assert "make the first one with `python -m app users add NAME --role admin`" in capsys.readouterr().out
    assert users(monkeypatch, "add", "Ada", "--role", "admin", typed="long enough\n") == 0
    assert users(monkeypatch, "add", "Bob", typed="long enough\n") == 0
    assert users(monkeypatch, "role", "bob", "editor") == 0
    assert users(monkeypatch, "password", "bob", typed="another one\n") == 0
    capsys.readouterr()
    assert users(monkeypatch, "list") == 0
    assert capsys.readouterr().out == "admin   Ada\neditor  Bob\n"
    assert matches(UserFile(home).user("Bob").password, "another one")
    assert users(monkeypatch, "remove", "Bob") == 0
    assert users(monkeypatch, "remove", "Ada") == 2
    assert "Ada is the last admin" in capsys.readouterr().err


def test_who_comes_to_bear_a_name_finds_nothing_of_the_one_before(home: Path, monkeypatch: pytest.MonkeyPatch):
    users(monkeypatch, "add", "Ada", "--role", "admin", typed="long enough\n")
    users(monkeypatch, "add", "Bob", "--role", "editor", typed="long enough\n")
    with closing(Catalogue(home)) as catalogue:
        catalogue.access.begin("diary", "Bob")
        catalogue.access.begin("plans", "Ada")
        catalogue.access.share("plans", "Bob")
        catalogue.conversations.begin("Bob", "A secret")
        assert len(catalogue.conversations.all("Bob")) == 1
        assert catalogue.access.rights_of(Person("Bob", Role.EDITOR)).readable == {"diary", "plans"}
        assert users(monkeypatch, "remove", "Bob") == 0
        users(monkeypatch, "add", "Bob", "--role", "editor", typed="long enough\n")
        assert catalogue.access.rights_of(Person("Bob", Role.EDITOR)).readable == frozenset()
        assert catalogue.conversations.all("Bob") == []
        assert set(catalogue.access.all()) == {"diary", "plans"}


def test_a_removal_that_fails_changes_nothing_and_is_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch):
    users(monkeypatch, "add", "Ada", "--role", "admin", typed="long enough\n")
    users(monkeypatch, "add", "Bob", typed="long enough\n")

    def full(_self: ConversationShelf, _owner: str) -> None:
        raise StoreError("the disk is full")

    with closing(Catalogue(home)) as catalogue:
        catalogue.access.begin("diary", "Bob")
        with monkeypatch.context() as patched:
            patched.setattr(ConversationShelf, "forget", full)
            assert users(patched, "remove", "Bob") == 1
        assert UserFile(home).find("Bob") is not None
        assert catalogue.access.of("diary").owner == "Bob"
        assert users(monkeypatch, "remove", "Bob") == 0
        assert catalogue.access.of("diary").owner == ""


def test_who_is_new_has_nothing_that_a_backup_brought_back_of_a_former_one(home: Path, monkeypatch: pytest.MonkeyPatch):
    users(monkeypatch, "add", "Ada", "--role", "admin", typed="long enough\n")
    with closing(Catalogue(home)) as catalogue:  # as after a removal and a restore
        catalogue.access.begin("diary", "Bob")
        catalogue.conversations.begin("Bob", "A secret")
        users(monkeypatch, "add", "Bob", typed="long enough\n")
        assert catalogue.access.rights_of(Person("Bob", Role.READER)).readable == frozenset()
        assert catalogue.conversations.all("Bob") == []


def test_whom_a_provider_knows_keeps_what_was_theirs_before_they_got_a_role(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_SIGN_IN", "oidc")
    with closing(Catalogue(home)) as catalogue:
        catalogue.conversations.begin("bob@example.org", "Theirs")
        assert users(monkeypatch, "add", "bob@example.org") == 0
        assert len(catalogue.conversations.all("bob@example.org")) == 1


@pytest.mark.parametrize(
    ("line", "typed", "said"),
    [
        (["add", "Ada"], "short\n", "8 are the least"),
        (["add", "A\x07da"], "long enough\n", "characters that nobody sees"),
        (["password", "Nobody"], "long enough\n", "there is no user 'Nobody'"),
        (["role", "Nobody", "admin"], "", "there is no user 'Nobody'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: list[str], typed: str, said: str
):
    assert users(monkeypatch, *line, typed=typed) == 2
    assert said in capsys.readouterr().err


def test_where_a_provider_asks_for_the_password_nobody_else_does(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_SIGN_IN", "oidc")
    assert users(monkeypatch, "add", "ada@example.org", "--role", "admin") == 0
    assert UserFile(home).user("ada@example.org").password == ""


@pytest.mark.parametrize(("again", "code"), [("long enough", 0), ("long enouhg", 2)])
def test_a_terminal_asks_twice_and_shows_nothing(home: Path, again: str, code: int):
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "app", "users", "add", "Ada"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    os.close(inner)
    shown = until(outer, "Password: ")
    os.write(outer, b"long enough\n")
    shown += until(outer, "Once more: ")
    os.write(outer, f"{again}\n".encode())
    shown += until(outer, None)
    assert process.wait(60) == code
    assert "long" not in shown
    assert (UserFile(home).find("Ada") is not None) is (code == 0)


@pytest.mark.parametrize("typed", [["\x04"], ["long enough\n", "\x04"]])
def test_ctrl_d_at_a_password_changes_nothing_and_is_one_sentence(home: Path, typed: list[str]):
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "app", "users", "add", "Ada"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=inner, stdout=inner, stderr=inner, start_new_session=True)
    os.close(inner)
    for prompt, keys in zip(("Password: ", "Once more: "), typed, strict=False):
        until(outer, prompt)
        os.write(outer, keys.encode())
    shown = until(outer, None)
    assert process.wait(60) == 2
    assert "footnote: no password was given: nothing was changed" in shown
    assert "Traceback" not in shown
    assert UserFile(home).find("Ada") is None


def until(terminal: int, text: str | None) -> str:
    """What the terminal shows until this, or until its end."""
    shown = ""
    while text is None or text not in shown:
        try:
            shown += os.read(terminal, 1000).decode()
        except OSError:  # its other side was closed
            break
    return shown
