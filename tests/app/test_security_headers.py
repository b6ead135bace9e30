"""A browser is told to ask no other host for anything: on every page, whatever stands on it."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.security_headers import HEADERS
from evals.served import served
from evals.serving import Serving
from indexes.passwords import hashed
from indexes.users import UserFile
from rag.rights import Role
from tests.app.test_browser import FLAGS, ask, calm, upload
from tests.app.test_serve import recorder

playwright = pytest.importorskip("playwright.sync_api")

NAME = "docs.example.org"
PAGES = ("", "documents", "usage", "lab", "evaluation", "admin")
CALLS = """async (other) => {
    const image = document.createElement("img");
    image.src = other + "/image";
    document.body.append(image);
    const frame = document.createElement("iframe");
    frame.src = other + "/frame";
    document.body.append(frame);
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = other + "/style";
    document.head.append(style);
    const script = document.createElement("script");
    script.src = other + "/script";
    document.head.append(script);
    navigator.sendBeacon(other + "/beacon", "x");
    try { await fetch(other + "/fetch", {mode: "no-cors"}); return "fetched"; } catch { return "refused"; }
}"""


def told(address: str, path: str) -> dict[str, str]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return {name.lower(): value for name, value in answer.getheaders()}


@pytest.mark.slow
def test_no_page_asks_another_host_and_none_is_hindered(tmp_path: Path, chromium: str):
    asked: list[str] = []
    with (
        served(tmp_path) as (address, _),
        Serving(recorder(asked)) as other,
        playwright.sync_playwright() as started,
    ):
        for path in ("/", "/documents", "/_stcore/health", "/static/none.js", "/media/none"):
            headers = told(address, path)
            assert {name: headers.get(name.lower()) for name in HEADERS} == HEADERS, path
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page()
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(address)
        upload(page)
        ask(page, "When does the harbour of Fowey open?")
        page.locator(".chip").first.click()
        page.locator("mark.quote").wait_for()
        page.keyboard.press("Escape")
        for name in PAGES:
            page.goto(f"{address}/{name}")
            page.locator("h1").first.wait_for()
            calm(page)
        assert refused == []
        assert page.evaluate(CALLS, other.url) == "refused"
        calm(page)
        assert len(refused) >= 5
        assert asked == []
        browser.new_page().goto(f"{other.url}/itself")
        assert asked[0] == "/itself"  # it would have heard of them
        browser.close()


@pytest.mark.slow
def test_what_the_gate_answers_has_them_too(tmp_path: Path):
    UserFile(tmp_path).add("Ada", Role.ADMIN, hashed("long enough"))
    with served(tmp_path, FOOTNOTE_SIGN_IN="file") as (address, _):
        for path in ("/", "/media/none", "/_stcore/health"):
            headers = told(address, path)
            assert {name: headers.get(name.lower()) for name in HEADERS} == HEADERS, path
        own = told(address, "/sign-in")
    assert own["content-security-policy"].startswith("default-src 'none'")
    assert own["referrer-policy"] == "same-origin"


@pytest.mark.slow
def test_people_sign_in_over_plain_http_under_another_name(tmp_path: Path, chromium: str):
    UserFile(tmp_path).add("Ada", Role.ADMIN, hashed("long enough"))
    flags = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    names = {"STREAMLIT_SERVER_ALLOWED_HOSTS": f"{NAME} localhost 127.0.0.1"}
    with served(tmp_path, FOOTNOTE_SIGN_IN="file", **names) as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        page.goto(f"http://{NAME}:{urlsplit(address).port}/people")
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Password").fill("long enough")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("may sign in").wait_for(timeout=120_000)
        browser.close()
