import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexes.terminal import first_of, one_line, run_command
from rag.errors import InputError, StoreError

ROOT = Path(__file__).parents[2]


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


_STOPPED_WHILE_CLEARING_AWAY = """
import signal, sys, time
from indexes.terminal import run_command, stop_on_sigterm

class Cleared:
    def __del__(self):
        signal.raise_signal(signal.{signal})
        time.sleep(0)

def run():
    {before}
    Cleared()
    print("it went on", flush=True)
    time.sleep(30)
    return 0

sys.exit(run_command(run))
"""


@pytest.mark.parametrize(("name", "before"), [("SIGTERM", "stop_on_sigterm()"), ("SIGINT", "")])
def test_a_wish_to_end_is_not_lost_while_an_object_is_cleared_away(name: str, before: str):
    """Python drops what is raised there; the worker had gone on as if nobody had asked."""
    script = _STOPPED_WHILE_CLEARING_AWAY.format(signal=name, before=before)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False, timeout=20
    )
    assert (done.returncode, done.stdout) == (130, "it went on\n"), done.stderr
    assert done.stderr == "footnote: stopped; what was finished is kept\n"


@pytest.mark.slow
@pytest.mark.parametrize("package", ["app", "ingest", "evals"])
def test_ctrl_c_before_a_command_has_begun_says_nothing(package: str, tmp_path: Path):
    """Imports ended in a screen of Python's own words."""
    variables = os.environ | {"FOOTNOTE_HOME": str(tmp_path)}
    for wait_s in (0.02, 0.08, 0.15, 0.25, 0.4):
        command = [sys.executable, "-m", package, "--help"]
        with subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as run:
            time.sleep(wait_s)
            run.send_signal(signal.SIGINT)
            _, said = run.communicate(timeout=60)
        is_before = b"__main__.py" not in said or b"    import signal" in said  # what Python says until then is its own
        assert is_before, said.decode()


def test_a_name_stays_on_its_line():
    assert one_line("a\nb\x1b]0;c\u202e é\U0001f600") == "a\\nb\\x1b]0;c\\u202e é\U0001f600"


def test_spaces_and_joiners_of_any_script_are_no_escapes():
    name = "Screenshot 3.04\u202fPM \u3000 \u0645\u06cc\u200c\u0631\u0648\u0645.png"
    assert one_line(name) == name


def test_of_many_names_the_first_few_are_named():
    assert first_of(["a", "b\n"]) == "a, b\\n"
    assert first_of([str(n) for n in range(1234)], 2) == "0, 1 and 1,232 more"


def test_a_reader_that_leaves_is_no_error():
    command = f"{sys.executable} -m ingest add --help | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.startswith("usage")
    assert done.stderr == ""
