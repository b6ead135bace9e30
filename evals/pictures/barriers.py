"""What keeps people who use a keyboard or a screen reader from a page, as axe-core finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_HEAVY = ("serious", "critical")


@dataclass(frozen=True, slots=True)
class Barrier:
    """One rule that an element of the page breaks."""

    rule: str
    impact: str
    element: str
    """How axe-core names the element: a CSS selector, the hosts of its shadow roots before it."""
    why: str

    @property
    def is_heavy(self) -> bool:
        return self.impact in _HEAVY


def barriers(page: Page) -> tuple[Barrier, ...]:
    """Every rule broken on the page as it is now, one for each element, the heaviest first."""
    from axe_playwright_python.sync_playwright import Axe

    found = [
        Barrier(
            rule["id"], rule["impact"] or "minor", _selector(node["target"]), " ".join(node["failureSummary"].split())
        )
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
    ]
    return tuple(sorted(found, key=lambda barrier: (not barrier.is_heavy, barrier.rule)))


def _selector(target: list[str | list[str]]) -> str:
    return " >> ".join(part if isinstance(part, str) else " >> ".join(part) for part in target)
