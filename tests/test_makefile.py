"""The Makefile says what it can do, and what is missing, in a sentence."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TARGETS = (
    "install",
    "run",
    "test",
    "slow",
    "lint",
    "types",
    "check",
    "questions",
    "bench",
    "benchtools",
    "format",
    "clean",
)

ONCE_MORE = """
import pytest

@pytest.mark.slow
def test_slow(request):
    assert request.node.execution_count == 2

def test_fast(request):
    assert not hasattr(request.node, "execution_count"), "it is counted"
    raise AssertionError("once")
"""
"""One that passes only when it is tried again, and one that may not be."""


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}  # `make test` runs us
    return subprocess.run(["make", *arguments], cwd=ROOT, env=outside, capture_output=True, text=True, check=False)  # noqa: S607


@pytest.mark.parametrize("target", TARGETS)
def test_help_names_every_target(target: str):
    assert f"make {target} " in make("help").stdout


def test_without_a_python_it_says_which_one_is_needed(tmp_path: Path):
    done = make("install", "PYTHON=", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2
    assert "Footnote needs Python 3.11 or newer" in done.stdout
    assert not (tmp_path / "venv").exists()


def test_a_second_run_installs_nothing(tmp_path: Path):
    for name in ("bin/python", ".installed-requirements.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    planned = make("--dry-run", "run", f"VENV={tmp_path}").stdout
    assert planned.strip() == f"exec {tmp_path}/bin/python -m app.serve"


def test_changed_pins_are_installed(tmp_path: Path):
    planned = make("--dry-run", "run", f"VENV={tmp_path}", "--what-if=requirements.txt").stdout
    assert "pip install" in planned


@pytest.mark.parametrize(
    ("target", "given", "words"),
    [
        ("questions", "DIR=my docs", ["questions", "my docs"]),
        ("questions", 'DIR=it\'s $$(here); "so"', ["questions", 'it\'s $(here); "so"']),
        ("questions", "COLLECTION=Bob's own", ["questions", "--collection", "Bob's own"]),
        ("questions", "DIR=docs", ["questions", "docs"]),
        ("questions", "DIR=it'~/docs", ["questions", "it'~/docs"]),
        ("questions", "DIR=", ["questions"]),
        ("bench", "DIR=my docs", ["my docs", "--rounds", "3"]),
        ("bench", "DIR=", ["--rounds", "3"]),
    ],
)
def test_a_value_is_one_word_whatever_is_in_it(target: str, given: str, words: list[str], tmp_path: Path):
    assert shlex.split(planned(target, given, tmp_path))[3:] == words  # behind `python -m evals`


def test_the_home_is_found_by_the_shell_as_before(tmp_path: Path):
    assert planned("questions", "DIR=~/my docs", tmp_path).rstrip().endswith(" questions ~/'my docs'")


def planned(target: str, given: str, tmp_path: Path) -> str:
    """What would be run where everything is installed."""
    for name in ("bin/python", ".installed-requirements.txt", ".installed-requirements-dev.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return make("--dry-run", target, given, f"VENV={tmp_path}").stdout


def test_continuous_integration_runs_every_test_once():
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    steps = [line.partition(" #")[0] for line in lines if line.startswith("make ") and "browser" not in line]
    assert steps == ["make lint", "make types &", "make test"]
    assert lines[-1] == "wait $!", "wrong types are a failure, too"
    (ran,) = [line for line in make("--dry-run", "test").stdout.splitlines() if " -m pytest " in line]
    assert " -m '' " in ran, "no marker leaves any out"


def test_slow_tests_are_tried_once_more_and_fast_ones_are_not_even_counted(tmp_path: Path):
    (tmp_path / "test_it.py").write_text(ONCE_MORE)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest"]
    options = ["-m", "", "--reruns", "1", f"--rootdir={tmp_path}", "-p", "no:cacheprovider", "test_it.py"]
    told = subprocess.run(
        [*command, *options],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "AssertionError: once" in told
    assert "1 failed, 1 passed, 1 rerun" in told
