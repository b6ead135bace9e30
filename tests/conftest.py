"""What every test gets: no hub, no network beyond this machine, and a Chromium where one is asked for."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from functools import wraps
from hashlib import sha1
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from evals import served

os.environ["HF_HUB_OFFLINE"] = "1"  # before any import of a Hugging Face library reads it
os.environ["ANONYMIZED_TELEMETRY"] = "False"

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a shell, as would be what tests start
    signal.signal(signal.SIGINT, signal.default_int_handler)

_LONG = (
    "test_takeover.py",
    "test_endpoint.py",
    "test_loaders_real_files.py",
    "test_faults.py",
    "test_side_by_side.py",
    "test_job_rows_browser.py",
    "test_conversations_browser.py",
    "test_evaluation_browser.py",
    "test_worker.py",
    "test_leaving.py",
    "test_crash.py",
    "test_attached_browser.py",
    "test_bench.py",
    "test_sharing_browser.py",
    "test_lost_tables.py",
    "test_reaction.py",
    "test_in_view_browser.py",
    "test_browser.py",
    "test_start_page_browser.py",
    "test_checked_browser.py",
    "test_egress_browser.py",
    "test_local_model.py",
    "test_real_endpoint.py",
    "test_sampling_browser.py",
    "test_asking.py",
    "test_whole_page.py",
    "test_following.py",
    "test_sign_in_browser.py",
    "test_pace.py",
    "test_undoing_browser.py",
    "test_proxy_browser.py",
    "test_admin_browser.py",
    "test_follow_up_browser.py",
    "test_hostile_files.py",
    "test_joint.py",
)
"""Files whose slow tests take longest, the longest first."""
_PATIENCE_MS = 120_000
_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_connect = socket.socket.connect


def _connect_here_only(sock: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else "localhost"  # a string is a path of a Unix socket
    if not str(host).startswith(_LOOPBACK):
        raise AssertionError(f"a test tried to reach {address}: only this machine may be talked to")
    _connect(sock, address)  # type: ignore[arg-type]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the long files: one that came last would run alone, with nobody left to share the time with. Files of
    fast tests come last and fill in.

    What is slow may take long on a machine that is slower still or busy; it is only ended when it hangs. Where tests
    are tried once more (`--reruns`), fast ones are not: they miss no moment, and each of eleven thousand would wait a
    twentieth of a second for the process that counts the tries.
    """
    n_more, config.option.reruns = config.getoption("reruns", None), None
    slow = [item for item in items if item.get_closest_marker("slow")]
    for item in slow:
        if n_more:
            item.add_marker(pytest.mark.flaky(reruns=n_more))
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))
    with_slow = {item.path for item in slow}
    items.sort(key=lambda item: _place(item.path, has_slow=item.path in with_slow))


def _place(path: Path, *, has_slow: bool) -> int:
    """When a file's turn comes."""
    if not has_slow:
        return len(_LONG) + 1
    return _LONG.index(path.name) if path.name in _LONG else len(_LONG)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(socket.socket, "connect", _connect_here_only)
    yield


@pytest.fixture(scope="session")
def token_table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """OpenAI's token tables where its library looks for them; that library checks the hashes."""
    folder = tmp_path_factory.mktemp("tokens")
    for name in ("cl100k_base", "o200k_base"):
        packed = Path(str(distribution("bpe-openai").locate_file(f"bpe_openai/data/{name}.tiktoken.gz")))
        address = f"https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"
        table = gzip.decompress(packed.read_bytes())
        (folder / sha1(address.encode(), usedforsecurity=False).hexdigest()).write_bytes(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """Path of the system's Chromium; without one the test is skipped, but fails where CI=true.

    What is awaited in its pages may take long on a machine that is slow or busy: Playwright's own limits, of five
    seconds for what is expected and thirty for the rest, are for a machine that has nothing else to do.
    """
    path = served.chromium()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed: `make browser` installs it on Debian as root")
    if path is None:
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    playwright.expect.set_options(timeout=_PATIENCE_MS)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("new_context", "new_page"):
            patch.setattr(playwright.Browser, name, _patient(getattr(playwright.Browser, name)))
        yield path


def _patient(make: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and what it makes waits longer."""

    @wraps(make)
    def made(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        new = make(*arguments, **options)
        new.set_default_timeout(_PATIENCE_MS)
        return new

    return made


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file system of 24 MB, or of another size; skipped where this user may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    size = getattr(request, "param", 24_000_000)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607
