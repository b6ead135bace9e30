"""Runs of Office XML that nobody sees: marked as hidden, too small, or white where nothing dark may lie below."""

from __future__ import annotations

from typing import Any

from ingest.loaders.archive import local_attribute, local_name

_OFF = frozenset({"0", "false", "off"})
_TINY = 3
"""Half points."""
_TINY_ON_A_SLIDE = 150
"""Hundredths of a point, in which slides count."""
_GROUNDS = frozenset({"shd", "highlight"})
_SHADED = frozenset({"tc", "txbxContent", "background"})
"""Cells and boxes get their grounds from styles that are not looked at here, so white letters in them are seen."""


def is_unseen(run: Any) -> bool:  # noqa: ANN401 - lxml's elements have no public type
    """Whether a reader of the printed page does not see the run's words."""
    properties = _child(run, "rPr")
    if properties is None:
        return False
    found = {local_name(child): child for child in properties}
    if "vanish" in found and local_attribute(found["vanish"], "val") not in _OFF:
        return True
    size, on_slide = local_attribute(found["sz"], "val") if "sz" in found else "", properties.get("sz") or ""
    if (size.isdecimal() and int(size) < _TINY) or (on_slide.isdecimal() and int(on_slide) < _TINY_ON_A_SLIDE):
        return True
    is_white = "color" in found and local_attribute(found["color"], "val").upper() == "FFFFFF"
    return is_white and not found.keys() & _GROUNDS and not _has_ground(run)


def n_unseen_words(root: Any) -> int:  # noqa: ANN401
    """How many words below the element nobody sees."""
    runs = (run for run in root.iter() if local_name(run) == "r" and is_unseen(run))
    return sum(len((text.text or "").split()) for run in runs for text in run if local_name(text) == "t")


def _has_ground(run: Any) -> bool:  # noqa: ANN401
    """Whether something may lie below it: a shaded or styled paragraph, a cell, a box, a page with a colour."""
    for part in run.iterancestors():
        name = local_name(part)
        if name in _SHADED or (name == "document" and _child(part, "background") is not None):
            return True
        if name == "p" and (properties := _child(part, "pPr")) is not None:
            style = _child(properties, "pStyle")
            if _child(properties, "shd") is not None or style is not None:
                return True
    return False


def _child(parent: Any, name: str) -> Any:  # noqa: ANN401
    return next((child for child in parent if local_name(child) == name), None)
