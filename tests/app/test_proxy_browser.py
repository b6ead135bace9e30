"""The sample for nginx before the real app: what a browser is told, and that everything works under it."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from http.client import HTTPSConnection
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.sign_in.door import COOKIE
from evals.served import free_port, served
from indexes.passwords import hashed
from indexes.users import UserFile
from rag.rights import Role
from tests.app.test_browser import FLAGS, ROOT, ask, calm, upload

playwright = pytest.importorskip("playwright.sync_api")

NAME = "docs.example.org"
SAMPLE = ROOT / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or ""
POLICY = re.compile(r'Content-Security-Policy "([^"]+)"')


@pytest.mark.slow
@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_the_page_works_under_its_policy(tmp_path: Path, chromium: str):
    flags = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    with (
        served(tmp_path / "home", STREAMLIT_SERVER_ALLOWED_HOSTS=f"{NAME} localhost 127.0.0.1") as (address, _),
        proxied(tmp_path, address) as port,
        playwright.sync_playwright() as started,
    ):
        told_to_browsers(port)
        browser = started.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_context(ignore_https_errors=True).new_page()
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"https://{NAME}:{port}")
        upload(page)
        ask(page, "When does the harbour of Fowey open?")
        page.locator(".chip").first.click()
        page.locator("mark.quote").wait_for()
        page.keyboard.press("Escape")
        cookies = page.context.cookies()
        for name in ("documents", "usage", "lab", "evaluation", "admin"):
            page.goto(f"https://{NAME}:{port}/{name}")
            page.locator("h1").first.wait_for()
            calm(page)
        browser.close()
    assert refused == []
    assert {(bool(cookie["secure"]), cookie["sameSite"]) for cookie in cookies} == {(True, "Strict")}


@pytest.mark.slow
@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_people_sign_in_behind_it(tmp_path: Path, chromium: str):
    UserFile(tmp_path / "home").add("Ada", Role.ADMIN, hashed("long enough"))
    flags = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    names = {"STREAMLIT_SERVER_ALLOWED_HOSTS": f"{NAME} localhost 127.0.0.1"}
    with (
        served(tmp_path / "home", FOOTNOTE_SIGN_IN="file", **names) as (address, _),
        proxied(tmp_path, address) as port,
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_context(ignore_https_errors=True).new_page()
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"https://{NAME}:{port}/people")
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Password").fill("long enough")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("may sign in").wait_for(timeout=60_000)
        (cookie,) = (one for one in page.context.cookies() if one["name"] == COOKIE)
        browser.close()
    assert refused == []
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")


def told_to_browsers(port: int) -> None:
    """The headers of every answer, those of errors too; and what no browser needs is not there."""
    for path, status in (("/", 200), ("/_stcore/agent/openapi.json", 404), ("/_stcore/health", 200)):
        found, headers = asked(port, path)
        assert found == status, path
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "max-age" in headers["strict-transport-security"]
        assert headers["server"] == "nginx"
    assert asked(port, "/", host="evil.example")[0] == 421


def asked(port: int, path: str, host: str = NAME) -> tuple[int, dict[str, str]]:
    """The status, and the headers with their names in small letters."""
    unchecked = ssl._create_unverified_context()  # noqa: S323 - of a certificate made for this test
    with closing(HTTPSConnection("127.0.0.1", port, context=unchecked, timeout=20)) as connection:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


@contextmanager
def proxied(folder: Path, address: str) -> Iterator[int]:
    """The port at which nginx answers with the sample, its paths and ports alone changed."""
    certificate(folder)
    port, plain = free_port(), free_port()
    server = (
        SAMPLE.read_text(encoding="utf-8")
        .replace("http://127.0.0.1:8501", address)
        .replace("/etc/ssl/", f"{folder}/")
        .replace("listen 443", f"listen 127.0.0.1:{port}")
        .replace("listen 80", f"listen 127.0.0.1:{plain}")
    )
    (folder / "server.conf").write_text(server, encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    log = folder / "error.log"
    head = f"daemon off; pid {folder}/pid; error_log {log}; events {{}}"
    whole = f"{head} http {{ access_log off; {paths} include {folder}/server.conf; }}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-e", str(log)])
    try:
        wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def certificate(folder: Path) -> None:
    paths = "-keyout", str(folder / f"{NAME}.key"), "-out", str(folder / f"{NAME}.crt")
    options = "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"
    subprocess.run([shutil.which("openssl") or "openssl", "req", *options, *paths], check=True, capture_output=True)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(400):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not answer")


def test_the_hash_is_of_the_script_in_the_page():
    """Another version of Streamlit may bring another script, which the policy would refuse."""
    found = find_spec("streamlit")
    assert found is not None
    assert found.origin is not None
    page = (Path(found.origin).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts]
    policy = POLICY.search(SAMPLE.read_text(encoding="utf-8"))
    assert policy is not None
    assert re.findall(r"'sha256-[^']+'", policy[1]) == hashes
