"""What every test gets: no hub, no network beyond this machine, and a Chromium where one is asked for."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # before any import of a Hugging Face library reads it
os.environ["ANONYMIZED_TELEMETRY"] = "False"

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_connect = socket.socket.connect


def _connect_here_only(sock: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else "localhost"  # a string is a path of a Unix socket
    if not str(host).startswith(_LOOPBACK):
        raise AssertionError(f"a test tried to reach {address}: only this machine may be talked to")
    _connect(sock, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(socket.socket, "connect", _connect_here_only)
    yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; without one the test is skipped, but fails where CI=true."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed: `make browser` installs it on Debian as root")
    if path is None:
        pytest.skip("Chromium is not installed")
    return path
