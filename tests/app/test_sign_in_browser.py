"""Signing in as people do it, in a real browser before the real server: wrong, right, out, and thrown out."""

from __future__ import annotations

import re
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.sign_in.door import COOKIE
from evals.served import BROWSER_FLAGS, served
from indexes.passwords import hashed
from indexes.users import UserFile
from rag.rights import Role
from tests.app.test_browser import open_to_all

playwright = pytest.importorskip("playwright.sync_api")

RIGHT = "long enough"
PATIENCE_MS = 60_000


@pytest.mark.slow
def test_sign_in_and_permission(tmp_path: Path, chromium: str):
    users = UserFile(tmp_path / "home")
    users.add("Ada", Role.ADMIN, hashed(RIGHT))
    users.add("Bob", Role.READER, hashed(RIGHT))
    with (
        served(tmp_path / "home", FOOTNOTE_SIGN_IN="file") as (address, _),
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        reader, admin = (browser.new_context().new_page() for _ in range(2))
        for page in (reader, admin):
            page.set_default_timeout(PATIENCE_MS)
        strangers_get_nothing(address)
        a_reader_comes_in(reader, address)
        and_leaves(reader, address)
        an_admin_adds(admin, address)
        sign_in(reader, "Eve")
        another_role_while_there(reader, users)
        removed_while_there(reader, admin, users)
        browser.close()


def strangers_get_nothing(address: str) -> None:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=20)
    for path, status in (("/", 303), ("/static/index.html", 403), ("/media/x.pdf", 403), ("/_stcore/stream", 403)):
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4PEA=="}
        headers = {**upgrade, "Sec-WebSocket-Version": "13"} if path.endswith("stream") else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status, path
        connection.close()


def sign_in(page: playwright.Page, name: str, password: str = RIGHT) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def a_reader_comes_in(page: playwright.Page, address: str) -> None:
    page.goto(f"{address}/documents")
    open_to_all(page)
    sign_in(page, "Bob", "not this one")
    playwright.expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    open_to_all(page)
    page.get_by_label("Password").fill(RIGHT)
    page.keyboard.press("Enter")
    page.get_by_text("Editors add them").wait_for()
    assert urlsplit(page.url).path == "/documents", "where it was to go"
    assert page.locator("input[type=file]").count() == 0
    (cookie,) = (one for one in page.context.cookies() if one["name"] == COOKIE)
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"], cookie["secure"]) == (True, "Lax", "/", False)
    assert COOKIE not in page.evaluate("document.cookie")
    page.reload()
    page.get_by_text("Editors add them").wait_for()
    other = page.context.new_page()
    other.goto(f"{address}/people")
    other.get_by_text("for other roles than yours").wait_for()
    other.close()


def and_leaves(page: playwright.Page, address: str) -> None:
    page.goto(f"{address}/account")
    page.get_by_role("heading", name="Bob").wait_for()
    page.get_by_test_id("stMain").get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert COOKIE not in {one["name"] for one in page.context.cookies()}
    page.go_back()
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.get_by_text("Bob").count() == 0
    page.goto(f"{address}/documents")
    page.get_by_role("button", name="Sign in").wait_for()


def an_admin_adds(page: playwright.Page, address: str) -> None:
    page.goto(f"{address}/people")
    sign_in(page, "ADA")
    page.get_by_text("2 people may sign in").wait_for()
    open_to_all(page)
    page.get_by_role("button", name="Add").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Eve")
    dialog.get_by_label("Password", exact=True).fill(RIGHT)
    dialog.get_by_label("Once more").fill(RIGHT)
    dialog.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("3 people may sign in").wait_for()


def another_role_while_there(page: playwright.Page, users: UserFile) -> None:
    """A click on what still stands on the page leads to the question, with a sentence on why."""
    for role, link in ((Role.EDITOR, "Lab"), (Role.READER, "Documents")):
        page.get_by_role("link", name=link).first.wait_for()
        users.change("Eve", role=role)
        page.get_by_role("link", name=link).first.click()
        page.get_by_text(f"Your role is “{role.value}” now: an admin has changed it").wait_for()
        page.wait_for_url(re.compile(r":\d+/$"))
        page.get_by_test_id("stToast").get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Documents").first.click()


def removed_while_there(page: playwright.Page, admin: playwright.Page, users: UserFile) -> None:
    """A click on what still stands on the page of somebody who was removed does nothing, and leads out."""
    page.get_by_text("Editors add them").wait_for()
    page.get_by_role("link", name="Ask").first.wait_for()
    admin.locator("[class*='remove-of-Eve'] button").click()
    admin.get_by_role("dialog").get_by_role("button", name="Remove").click()
    admin.get_by_text("2 people may sign in").wait_for()
    assert users.find("Eve") is None
    page.get_by_role("link", name="Ask").first.click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert re.search(r"/sign-in", page.url)
