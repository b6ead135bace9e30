"""The pictures of the README, made of those that were taken just now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

FOLDER = Path("docs") / "pictures"
_TAKEN_AS = {
    "answer-quoted-desktop-light": "answer",
    "source-pdf-desktop-light": "source",
    "evaluation-run-desktop-light": "evaluation",
}


def put(taken: Iterable[Path], folder: Path = FOLDER) -> list[Path]:
    """Those among them that the README shows, written into `folder` in the place of the former ones, as WebP."""
    shown = {_TAKEN_AS[path.stem]: path for path in taken if path.stem in _TAKEN_AS}
    return [_written(path, folder / f"{name}.webp") for name, path in shown.items()]


def _written(taken: Path, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(taken) as picture:
        picture.convert("RGB").save(path, quality=88, method=6)
    return path
