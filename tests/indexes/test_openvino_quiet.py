"""No command reports its use to anybody: a listener in the place of a proxy hears nothing, and nothing is forked."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

_RUN = """
import multiprocessing, os
multiprocessing.Process.start = lambda self: os.write(2, b"a process was forked")
from indexes.minilm import MiniLM
MiniLM().embed_query("heat")
import ingest.loaders.ocr_lines as ocr
{more}
"""


@pytest.mark.parametrize("more", ["", "ocr.engine()"])
def test_the_models_call_nobody(more: str):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = {key: value for key, value in os.environ.items() if key not in ("CI", "PYTEST_CURRENT_TEST")}
        environment |= {"https_proxy": proxy, "http_proxy": proxy}
        done = subprocess.run(
            [sys.executable, "-c", _RUN.format(more=more)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        with pytest.raises(TimeoutError):
            listener.accept()
