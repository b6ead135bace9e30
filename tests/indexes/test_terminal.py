import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexes.terminal import one_line, run_command
from rag.errors import InputError, StoreError


def failing(error: BaseException) -> Callable[[], int]:
    def run() -> int:
        raise error

    return run


def test_every_end_has_its_code(capsys: pytest.CaptureFixture[str]):
    assert run_command(lambda: 0) == 0
    assert run_command(failing(StoreError("it\nis\x1b[31m locked"))) == 1
    assert capsys.readouterr().err == "footnote: it\\nis\\x1b[31m locked\n"
    assert run_command(failing(InputError("no"))) == 2
    assert run_command(failing(KeyboardInterrupt())) == 130


def test_a_name_stays_on_its_line():
    assert one_line("a\nb\x1b]0;c\u202e é\U0001f600") == "a\\nb\\x1b]0;c\\u202e é\U0001f600"


def test_a_reader_that_leaves_is_no_error():
    command = f"{sys.executable} -m ingest add --help | head -n 1"
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False
    )
    assert done.stdout.startswith("usage")
    assert done.stderr == ""
