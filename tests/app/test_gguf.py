"""The header of a GGUF file is read as far as its context length, and no odd one brings more than a sentence."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gguf import context_length
from rag.errors import ModelError
from tests.app.local import model_file


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def header(*entries: bytes, version: int = 3, magic: bytes = b"GGUF") -> bytes:
    return magic + struct.pack("<IQQ", version, 1, len(entries)) + b"".join(entries)


NAME = text("general.architecture") + struct.pack("<I", 8) + text("llama")
WORDS = text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("bc")
SCORES = text("tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, 3) + bytes(12)
LENGTH = text("llama.context_length") + struct.pack("<II", 4, 4096)
LONG_LENGTH = text("some-arch.context_length") + struct.pack("<IQ", 10, 131_072)


def written(folder: Path, content: bytes) -> Path:
    (folder / "a.gguf").write_bytes(content)
    return folder / "a.gguf"


def test_of_a_real_file():
    assert context_length(model_file()) == 8192


@pytest.mark.parametrize(
    ("entries", "length"),
    [((NAME, WORDS, SCORES, LENGTH), 4096), ((LONG_LENGTH,), 131_072), ((NAME, WORDS), None), ((), None)],
)
def test_it_is_found_behind_other_entries(tmp_path: Path, entries: tuple[bytes, ...], length: int | None):
    assert context_length(written(tmp_path, header(*entries))) == length


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no GGUF file"),
        (b"PK\x03\x04" * 9, "is no GGUF file"),
        (header(version=1), "is damaged, or a GGUF file of an unknown version"),
        (header(NAME, LENGTH)[:-3], "is damaged"),
        (header(NAME)[:30], "is damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 2**63), "is damaged"),
        (header(struct.pack("<Q", 2**62)), "is damaged"),
        (header(text("x") + struct.pack("<I", 99)), "is damaged"),
        (header(text("x") + struct.pack("<IIQ", 9, 9, 1)), "is damaged"),
        (header(text("x") + struct.pack("<IIQ", 9, 4, 2**62)), "is damaged"),
    ],
)
def test_other_bytes_are_told(tmp_path: Path, content: bytes, said: str):
    with pytest.raises(ModelError, match=said):
        context_length(written(tmp_path, content))


@given(st.binary(max_size=300))
def test_no_bytes_bring_another_error(tmp_path_factory: pytest.TempPathFactory, rest: bytes):
    path = written(tmp_path_factory.getbasetemp(), b"GGUF\x03\x00\x00\x00" + rest)
    try:
        context_length(path)
    except ModelError as error:
        assert "is damaged" in str(error)


def test_a_folder_and_nothing_at_all_are_told(tmp_path: Path):
    for path in (tmp_path, tmp_path / "gone.gguf"):
        with pytest.raises(ModelError, match="there is no file"):
            context_length(path)
