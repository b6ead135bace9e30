"""The server is started with checked settings and lets only known host names in."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.serve import allowed_hosts, arguments, check_address
from rag.errors import ConfigError
from rag.settings import Settings


def test_settings_reach_the_server():
    line = arguments(Settings(host="192.168.1.5", port=9000, max_file_mb=50))
    assert line[1:5] == ["-m", "streamlit", "run", "app/main.py"]
    assert line[5:] == ["--server.address=192.168.1.5", "--server.port=9000", "--server.maxUploadSize=50"]


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", "localhost 127.0.0.1 ::1"),
        ("0.0.0.0", "localhost 127.0.0.1 ::1"),
        ("box.lan", "localhost 127.0.0.1 ::1 box.lan"),
    ],
)
def test_only_known_names_are_let_in(host: str, names: str):
    assert allowed_hosts(host) == names


def test_a_wrong_setting_is_one_sentence_and_exit_code_2():
    done = subprocess.run(
        [sys.executable, "-m", "app.serve"],
        cwd=Path(__file__).parents[2],
        env={"PORT": "eighty"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "PORT='eighty' must be a whole number from 1 to 65535\n"


def test_an_address_where_nothing_can_listen_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"PORT={port} .*choose others"):
            check_address(Settings(port=port))
    check_address(Settings(port=port))
    with pytest.raises(ConfigError, match=r"HOST=999\.1\.1\.1"):
        check_address(Settings(host="999.1.1.1"))
