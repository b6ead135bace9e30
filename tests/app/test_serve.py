"""The server is started with checked settings and lets only known host names in."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from base64 import b64encode
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.serve import allowed_hosts, arguments, check_address
from evals.served import free_port, served
from evals.serving import Serving
from rag.errors import ConfigError
from rag.settings import Settings


def test_settings_reach_the_server():
    line = arguments(Settings(host="192.168.1.5", port=9000, max_file_mb=50))
    assert line[1:5] == ["-m", "app.page_server", "run", "app/main.py"]
    assert line[5:] == ["--server.address=192.168.1.5", "--server.port=9000", "--server.maxUploadSize=50"]
    assert arguments(Settings(sign_in="file"))[4] == "app/signed_app.py"


def test_where_people_sign_in_somebody_can(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "app.serve"],
        cwd=Path(__file__).parents[2],
        env={"FOOTNOTE_HOME": str(tmp_path), "FOOTNOTE_SIGN_IN": "file", "PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "make the first one with `python -m app users add NAME --role admin`" in done.stderr
    assert "Traceback" not in done.stderr


def test_where_nobody_signs_in_nothing_of_it_is_read():
    code = (
        "import sys, app.serve, app.components.resources as r; assert r.person().name == 'local'; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], env={}, capture_output=True, text=True, check=True
    )
    read = set(done.stdout.split())
    assert "streamlit" in read
    assert not {"argon2", "app.sign_in", "app.signed_app", "indexes.users"} & read


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


def can_listen(port: int) -> bool:
    try:
        check_address(Settings(port=port))
    except ConfigError:
        return False
    return True


def test_an_address_where_nothing_can_listen_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"PORT={port} .*choose others"):
            check_address(Settings(port=port))
    assert any(can_listen(at) for at in (port, free_port(), free_port()))  # another process may take one meanwhile
    with pytest.raises(ConfigError, match=r"HOST=999\.1\.1\.1"):
        check_address(Settings(host="999.1.1.1"))


@pytest.mark.slow
def test_a_page_of_another_origin_is_refused_and_nobody_is_asked_about_it(tmp_path: Path):
    """A stranger is told no at once; a proxy that all of the server's own requests would pass through sees none."""
    asked: list[str] = []
    with Serving(recorder(asked)) as proxy:
        through = {"HTTP_PROXY": proxy.url, "HTTPS_PROXY": proxy.url, "NO_PROXY": "127.0.0.1"}
        with served(tmp_path / "home", **through) as (address, _):
            took = []
            for _ in range(5):  # of which a busy machine delays some
                start = time.monotonic()
                assert opened(address, "https://evil.example") != 101
                took.append(time.monotonic() - start)
            assert opened(address, address) == 101
    assert asked == []
    assert min(took) < 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="what a process has read is seen in /proc")
def test_the_code_below_the_first_page_is_read_before_somebody_opens_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    with served(tmp_path) as (_, process):
        maps, end = Path(f"/proc/{process}/maps"), time.monotonic() + 20
        while not all(f"/{name}/" in maps.read_text() for name in ("pandas", "apsw")):
            assert time.monotonic() < end
            time.sleep(0.1)
    assert "ScriptRunContext" not in capfd.readouterr().err, "what draws is read by a page alone"


def opened(address: str, origin: str) -> int:
    """The status with which a WebSocket from a page of this origin is answered."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=20)
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": b64encode(b"sixteen letters!").decode()}
    with closing(connection):
        connection.request("GET", "/_stcore/stream", headers={"Origin": origin, **upgrade, **key})
        return connection.getresponse().status


def recorder(asked: list[str]) -> ThreadingHTTPServer:
    """A proxy, or a host, that writes down what it is asked for, and fetches nothing."""

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(502)

        do_CONNECT = do_POST = do_GET  # noqa: N815 - the names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
