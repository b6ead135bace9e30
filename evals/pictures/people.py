"""Those who sign in: the page for it, and what each sees of the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evals.pictures import many
from evals.served import served
from indexes.passwords import hashed
from indexes.users import UserFile
from rag.rights import Role

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from evals.pictures.camera import Camera

_PATIENCE_MS = 120_000
_TYPED = "of the pictures alone"


def people(camera: Camera, home: Path) -> None:
    """Signing in, wrong first; what an admin, and then anybody, sees of people; and a page for other roles."""
    users = UserFile(home)
    for name, role in (("Ada Lovelace", Role.ADMIN), ("Grace Hopper", Role.EDITOR), ("Mary Somerville", Role.READER)):
        users.add(name, role, hashed(_TYPED))
    many.fill(home)
    with served(home, FOOTNOTE_SIGN_IN="file") as (address, _), camera.page(f"{address}/people") as page:
        page.get_by_label("Name").fill("Ada Lovelace")
        camera.shoot(page, "sign-in")
        _sign_in(page, "Ada Lovelace", "a wrong one")
        page.get_by_role("alert").wait_for(timeout=_PATIENCE_MS)
        camera.shoot(page, "sign-in-wrong")
        _sign_in(page, "Ada Lovelace", _TYPED)
        _is_there(page, "3 people may sign in")
        camera.shoot(page, "people")
        page.get_by_role("button", name="Add").click()
        page.get_by_role("dialog").wait_for(timeout=_PATIENCE_MS)
        page.wait_for_timeout(800)
        camera.shoot(page, "people-add")
        page.goto(f"{address}/documents")
        page.get_by_text("Collections and storage").click(timeout=_PATIENCE_MS)
        page.get_by_role("button", name="Share").first.click(timeout=_PATIENCE_MS)
        page.get_by_role("dialog").get_by_text("Who may see it").wait_for(timeout=_PATIENCE_MS)
        page.wait_for_timeout(800)
        camera.shoot(page, "collection-sharing")
        page.goto(f"{address}/account")
        _is_there(page, "Another password")
        camera.shoot(page, "account")
        page.get_by_test_id("stMain").get_by_role("button", name="Sign out").click()
        _sign_in(page, "Mary Somerville", _TYPED)
        _is_there(page, "Ask your own documents")
        page.goto(f"{address}/people")
        _is_there(page, "for other roles than yours")
        camera.shoot(page, "page-of-another-role")


def _sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_role("button", name="Sign in").wait_for(timeout=_PATIENCE_MS)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def _is_there(page: Page, text: str) -> None:
    page.get_by_text(text).first.wait_for(timeout=_PATIENCE_MS)
