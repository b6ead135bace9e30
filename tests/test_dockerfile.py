"""The Dockerfile copies what exists and what runs, and its steps give a server that passes its own health check."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from tests.test_architecture import LAYERS

ROOT = Path(__file__).parents[1]
LINES = re.sub(
    r"\\\n", " ", re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.M)
).splitlines()
STEPS = [tuple(line.split(None, 1)) for line in LINES if line.strip()]
COPIES = [words.split() for verb, words in STEPS if verb == "COPY"]
SOURCES = [source for *sources, _ in COPIES for source in sources]


def last(verb: str) -> str:
    return next(words for found, words in reversed(STEPS) if found == verb)


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_copied_exists_and_is_let_in(source: str):
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert (ROOT / source).exists()
    assert f"!{source}" in rules


def test_every_layer_is_in_the_image_and_data_is_not():
    assert set(LAYERS) <= set(SOURCES)
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert rules.index("indexes/data") > rules.index("!indexes")
    assert not [
        path for path in (".env", ".git", "tests") if any(fnmatch(path, rule[1:]) for rule in rules if rule[0] == "!")
    ]


def test_it_runs_as_a_user_with_data_outside_the_image():
    assert last("USER") == "footnote"
    assert "/data" in last("VOLUME")
    assert "FOOTNOTE_HOME=/data" in last("ENV")


def test_compose_speaks_of_the_same_things():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    arguments = {words.split("=")[0] for verb, words in STEPS if verb == "ARG"}
    assert set(services["app"]["build"]["args"]) <= arguments
    assert services["app"]["volumes"] == ["data:/data"]
    assert services["vllm"]["profiles"] == ["vllm"]
    assert "profiles" not in services["app"]


@pytest.mark.slow
def test_its_steps_give_a_healthy_server(tmp_path: Path):
    image, data = tmp_path / "app", tmp_path / "data"
    for *sources, target in COPIES:
        for source in sources:
            copy(ROOT / source, image / target / source if target == "./" else image / target)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    variables = {
        "HOST": "0.0.0.0",
        "PORT": port,
        "FOOTNOTE_HOME": str(data),
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    server = subprocess.Popen([sys.executable, *json.loads(last("CMD"))[1:]], cwd=image, env=variables)
    try:
        assert eventually_healthy(variables)
    finally:
        server.terminate()
        server.wait(240)
    assert {path.name for path in image.iterdir()} == {Path(source).name for source in SOURCES}, (
        "the app wrote beside its code"
    )


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "data"))
    else:
        shutil.copyfile(source, target)


def eventually_healthy(variables: dict[str, str]) -> bool:
    """Whether the image's own health check passes in the end."""
    check = json.loads(last("HEALTHCHECK").split("CMD", 1)[1])
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if (
            subprocess.run([sys.executable, *check[1:]], env=variables, check=False, capture_output=True).returncode
            == 0
        ):
            return True
        time.sleep(0.1)
    return False
