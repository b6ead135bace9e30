"""`python -m app ask --questions`: a question a line, of a file or of what is piped in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli import _questions
from rag.errors import InputError

TEXT = "\ufeffHow high is it?\r\n\n  \nWho is Jörg?"


@contextmanager
def piped(text: str) -> Iterator[int]:
    """The end of a pipe from which this can be read once."""
    out, into = os.pipe()
    os.write(into, text.encode())
    os.close(into)
    yield out
    os.close(out)


@contextmanager
def as_standard_input(file: int) -> Iterator[None]:
    before = os.dup(0)
    os.dup2(file, 0)
    yield
    os.dup2(before, 0)
    os.close(before)


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0"])
def test_what_is_piped_in_is_read(name: str):
    with piped(TEXT) as file, as_standard_input(file):
        assert list(_questions(Path(name))) == ["How high is it?", "Who is Jörg?"]


def test_what_a_shell_hands_on_as_a_file_is_read(tmp_path: Path):
    with piped(TEXT) as file:
        assert list(_questions(Path(f"/dev/fd/{file}"))) == ["How high is it?", "Who is Jörg?"]
    (tmp_path / "questions.txt").write_text(TEXT)
    assert list(_questions(tmp_path / "questions.txt")) == ["How high is it?", "Who is Jörg?"]


def test_a_folder_or_what_is_no_text_is_wrong_use(tmp_path: Path):
    (tmp_path / "latin.txt").write_bytes("Jörg".encode("latin-1"))
    for name, why in ((".", "is not a file"), ("latin.txt", "in UTF-8"), ("none", "cannot be read")):
        with pytest.raises(InputError, match=why):
            _questions(tmp_path / name)
