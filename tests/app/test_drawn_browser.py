"""What the browser draws on a telephone, where little room is: nothing lies on something else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.test_browser import FLAGS

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

PARTS = Path(__file__).parents[2] / "app" / "components"
WIDTH = 358
"""Pixels that a part has on a screen of 390."""
TIMES = {"half": "Hälfte", "most": "95 %", "time": "Dauer einer Antwort"}
STAGES = {"inspect": "Untersuchen", "inspectPassage": "", "open": "", "stages": ""}


@pytest.fixture(scope="module")
def phone(chromium: str) -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
        page.set_content(f'<style></style><div style="width: {WIDTH}px"><div class="root"></div></div>')
        yield page
        browser.close()


def drawn(page: Any, script: str, style: str, data: dict[str, Any]) -> None:  # noqa: ANN401 - Playwright's own
    """Let a part draw itself, as Streamlit does."""
    source = "".join((PARTS / name).read_text("utf-8") for name in ("drawing.js", script))
    module = f"data:text/javascript;base64,{b64encode(source.encode()).decode()}"
    draw = """async ([module, style, data]) => {
      document.querySelector("style").textContent = style;
      const part = await import(module);
      part.default({ data, parentElement: document.querySelector("div"), setTriggerValue: () => {} });
    }"""
    page.evaluate(draw, [module, (PARTS / style).read_text("utf-8"), data])


@pytest.mark.parametrize(
    ("half", "most"), [(709, 1210), (136, 140), (3900, 3926), (136, 3926), (2000, 2000), (136, 700), (3000, 3926)]
)
def test_the_two_figures_of_times_stand_beside_each_other(phone: Any, half: int, most: int):  # noqa: ANN401
    data = {"kind": "times", "label": "", "p50": half, "p95": most, "words": TIMES}
    drawn(
        phone, "evaluation.js", "evaluation.css", data | {"counts": [11, 7, 5, 1], "edges": [136, 500, 900, 2000, 3926]}
    )
    boxes = [phone.get_by_text(name).bounding_box() for name in (f"Hälfte {half} ms", f"95 % {most} ms")]
    left, right = ((box["x"] - 8, box["x"] - 8 + box["width"]) for box in boxes)
    assert 0 <= left[0] < left[1] + 4 <= right[0] < right[1] <= WIDTH + 1


def test_where_nothing_hovers_the_button_of_a_passage_stands_below_its_words(phone: Any):  # noqa: ANN401
    row = {
        "id": 1,
        "rank": 1,
        "share": 0.9,
        "title": "Mietvertrag",
        "score": "0,45",
        "place": "§ 2",
        "words": "Wort " * 60,
    }
    stage = {"name": "Nach Bedeutung", "note": "", "isKept": False, "nothing": "", "rows": [row | {"from": ""}]}
    drawn(phone, "lab_stages.js", "lab.css", {"stages": [stage], "words": STAGES})
    words, button = (phone.locator(name).bounding_box() for name in (".words", ".inspect"))
    assert button["y"] >= words["y"] + words["height"]
    assert button["height"] >= 24
    assert phone.locator("li").bounding_box()["height"] >= button["y"] + button["height"] - words["y"]
