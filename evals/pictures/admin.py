"""The parts of the Admin page: a library that is mended, settings, and what was asked and flagged."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from evals.pictures.doing import ASKED, PATIENCE_MS, add_samples, ask, is_there, mark_first_row
from evals.served import served

if TYPE_CHECKING:
    from evals.pictures.camera import Camera


def health(camera: Camera, home: Path) -> None:
    """A library with a lost index and a leftover, mended by the buttons."""
    with served(home) as (address, _), camera.page(address) as page:
        add_samples(page)
        shutil.rmtree(home / "vectors")
        left = home / "drafts" / "left"
        left.mkdir()
        os.utime(left, (0, 0))
        page.goto(f"{address}/admin")
        mending = page.get_by_role("button", name="Build it anew")
        mending.wait_for(timeout=PATIENCE_MS)
        camera.shoot(page, "health-findings", end=False)
        mending.click()
        mending.wait_for(state="detached", timeout=PATIENCE_MS)
        page.get_by_role("button", name="Delete them").click()
        page.get_by_role("dialog").wait_for(timeout=PATIENCE_MS)
        page.wait_for_timeout(800)
        camera.shoot(page, "health-asked", end=False)
        page.get_by_role("dialog").get_by_role("button", name="Delete them").click()
        is_there(page, "All is well")
        camera.shoot(page, "health", end=False)


def admin(camera: Camera, home: Path) -> None:
    """Settings, one of them changed, and what was asked."""
    with served(home, FOOTNOTE_AUDIT="texts") as (address, _), camera.page(address) as page:
        page.goto(f"{address}/admin?part=Settings")
        is_there(page, "Folder of the catalogue")
        camera.shoot(page, "settings", end=False)
        page.get_by_placeholder("Find a setting").fill("passages answer")
        page.keyboard.press("Enter")
        page.get_by_text("Folder of the catalogue").wait_for(state="detached", timeout=PATIENCE_MS)
        page.get_by_role("button", name="Change").first.click()
        box = page.get_by_role("dialog").get_by_label("Value")
        box.fill("3", timeout=PATIENCE_MS)
        camera.shoot(page, "settings-change", end=False)
        box.press("Enter")
        page.get_by_role("button", name="Save").click()
        is_there(page, "holds from the next question on")
        camera.shoot(page, "settings-changed", end=False)
        for part, text, name in (
            ("Audit", "Nothing was asked yet", "audit-empty"),
            ("Flagged", "Nothing is flagged", "flagged-empty"),
        ):
            page.goto(f"{address}/admin?part={part}")
            is_there(page, text)
            camera.shoot(page, name, end=False)
        page.goto(address)
        add_samples(page)
        for question in ("How fast did the toboggans go?", "What is the capital of Australia?", ASKED):
            ask(page, question)
            page.get_by_role("button", name="Flag for review").last.click()
            page.get_by_role("button", name="Take back the flag").last.wait_for()
        page.goto(f"{address}/admin?part=Audit")
        is_there(page, "1 to 3 of 3 questions")
        mark_first_row(page, "Scope and settings")
        camera.shoot(page, "audit", end=False)
        page.goto(f"{address}/admin?part=Flagged")
        is_there(page, "3 flagged answers")
        page.get_by_role("textbox", name="What was found").first.fill("The figure is in the report of 1928.")
        page.get_by_role("button", name="Looked at").first.click()
        is_there(page, "1 looked at")
        camera.shoot(page, "flagged", end=False)
