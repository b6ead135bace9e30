"""Records of runs: read as they were written, or refused with what is wrong in which file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.asking import Asked, Said
from evals.cli import main
from evals.record import RunRecord, estimates
from evals.record_file import read, write
from rag.errors import InputError

QUESTIONS = (
    Asked("q1", "When?", ("1743",), True, ("p1",), Said("In 1743.", False, 0.9, 1.5, 0.1), {"contained": 1.0}),
    Asked("q2", "Why?", (), False, (), Said("", True, 0.1, 2.0)),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good record."""
    write(record(), tmp_path / "good.json")
    return tmp_path / "good.json"


def record() -> RunRecord:
    bare = RunRecord(
        "tiny", "plain", {"threshold": 0.3}, {"embedder": "m"}, {}, "2026-01-01", {}, {"asked": 2}, QUESTIONS
    )
    return RunRecord(
        "tiny",
        "plain",
        {"threshold": 0.3},
        {"embedder": "m"},
        {},
        "2026-01-01",
        {},
        {"asked": 2},
        QUESTIONS,
        metrics=estimates(bare),
    )


def test_what_is_written_is_read_again(path: Path):
    assert read(path) == record()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())  # as some editors save it
    assert read(path.parent) == record()


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (["version"], 2, "version: Input should be 1"),
        (["set"], None, "set: Input should be a valid string"),
        (["questions"], {}, "questions: Input should be a valid array"),
        (["questions", 0], [], "questions[0]: Input should be an object"),
        (["questions", 0, "id"], 7, "questions[0].id: Input should be a valid string"),
        (
            ["questions", 0, "metrics", "contained"],
            float("nan"),
            "questions[0].metrics.contained: Input should be a fin",
        ),
        (
            ["questions", 0, "said", "answerability"],
            "high",
            "questions[0].said.answerability: Input should be a valid nu",
        ),
        (["questions", 1, "id"], "q1", "questions: 'q1' stands there twice"),
        (["settings"], [], "settings: Input should be an object"),
        (["settings", "threshold"], "x", "settings.threshold: it should be a number from 0 to 1"),
        (["settings", "threshold"], 10**400, "settings.threshold: it should be a number from 0 to 1"),
        (["metrics"], None, "metrics: contained is missing"),
        (["metrics", "contained"], 1, "metrics.contained: Input should be an object"),
        (["metrics", "contained", "mean"], float("inf"), "metrics.contained.mean: Input should be a finite number"),
        (["models"], {"embedder": 1}, "models.embedder: Input should be a valid string"),
        (["sample"], 1, "sample: Input should be an object"),
    ],
)
def test_what_is_wrong_is_named(
    path: Path, keys: list[Any], value: object, message: str, capsys: pytest.CaptureFixture[str]
):
    row = changed = json.loads(path.read_text("utf-8"))
    for key in keys[:-1]:
        changed = changed[key]
    changed[keys[-1]] = value
    bad = path.with_name("bad.json")
    bad.write_text(json.dumps(row), "utf-8")
    with pytest.raises(InputError) as error:
        read(bad)
    assert str(error.value).startswith(f"{bad} is not the record of a run ({message}")
    assert main(["compare", str(path), str(bad)]) == 2
    assert capsys.readouterr().err.startswith(f"footnote: {bad} is not the record of a run")


@pytest.mark.parametrize(
    "key", [name for name in RunRecord.__dataclass_fields__ if name not in {"notes", "milliseconds"}]
)
def test_what_is_missing_is_named(path: Path, key: str):
    row = json.loads(path.read_text("utf-8"))
    del row[key]
    path.write_text(json.dumps(row), "utf-8")
    with pytest.raises(InputError, match=f"good.json is not the record of a run .{key}"):
        read(path)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"{", b"\xff", b"\x00", b"[" * 100_000, b'{"set": "\\ud800"}', b"9" * 5000]
)
def test_what_is_no_record_at_all_is_one_sentence(path: Path, content: bytes):
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"good\.json is not the record of a run"):
        read(path)


def test_a_folder_without_a_record_is_told(tmp_path: Path):
    with pytest.raises(InputError, match=r"holds 0 records \(none\)"):
        read(tmp_path)
