"""Pictures are taken at each width and in each theme, and what is wider than the screen is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("playwright.sync_api")

from evals.pictures import readme  # noqa: E402 - what it needs is there by now
from evals.pictures.camera import camera  # noqa: E402
from evals.pictures.readme import put  # noqa: E402
from evals.pictures.scenes import shoot_all  # noqa: E402
from evals.pictures_cli import barrier_lines  # noqa: E402
from rag.errors import InputError  # noqa: E402

ROOT = Path(__file__).parents[2]
PAGE = "data:text/html,<meta name=color-scheme content='light dark'><body><div style='width:600px'>Harbour</div>"


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_a_scene_that_is_none_is_told_with_those_there_are(tmp_path: Path):
    with camera(tmp_path) as taking, pytest.raises(InputError, match="no scene sauces: choose from .*sources"):
        shoot_all(taking, print, ["sauces"])
    assert not taking.taken


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_each_width_and_theme(tmp_path: Path):
    with camera(tmp_path) as taking, taking.page(PAGE) as page:
        taking.shoot(page, "wide")
    found = {path.stem: Image.open(path).convert("L") for path in taking.taken}
    assert {name: image.size for name, image in found.items()} == {
        "wide-desktop-light": (1280, 860),
        "wide-desktop-dark": (1280, 860),
        "wide-phone-light": (390, 844),
        "wide-phone-dark": (390, 844),
    }
    light, dark = found["wide-desktop-light"].getpixel((900, 600)), found["wide-desktop-dark"].getpixel((900, 600))
    assert isinstance(light, int)
    assert isinstance(dark, int)
    assert light > 200
    assert dark < 60
    assert taking.too_wide == ["wide-phone"]


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_a_button_without_a_name_keeps_people_out(tmp_path: Path):
    nameless = "data:text/html,<html lang=en><title>Harbour</title><main><h1>Harbour</h1><button></button></main>"
    with camera(tmp_path) as taking, taking.page(nameless) as page:
        taking.shoot(page, "nameless")
    assert set(taking.barriers) == {path.stem for path in taking.taken}
    [line] = barrier_lines(taking.barriers)
    assert line.startswith("critical: button-name: button: ")
    assert "nameless-phone-dark" in line


def test_the_readme_gets_its_pictures_and_no_others(tmp_path: Path):
    taken = [tmp_path / f"{name}.png" for name in ("answer-quoted-desktop-light", "answer-quoted-desktop-dark", "lab")]
    for path in taken:
        Image.new("RGBA", (12, 8), "teal").save(path)
    [written] = put(taken, tmp_path / "pictures")
    assert written == tmp_path / "pictures" / "answer.webp"
    with Image.open(written) as picture:
        assert (picture.format, picture.size) == ("WEBP", (12, 8))


def test_each_picture_that_the_readme_shows_is_one_that_is_written():
    shown = re.findall(r"docs/pictures/(\w+)\.webp", (ROOT / "README.md").read_text("utf-8"))
    assert sorted(shown) == sorted(readme._TAKEN_AS.values())
