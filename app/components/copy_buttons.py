"""Buttons that put a text on the clipboard, each one its own."""

from __future__ import annotations

from collections.abc import Sequence

from app.components.drawing import component

_draw = component("copy", "copy_buttons.css", "clipboard.js", "copy_buttons.js", in_dialog=True)


def show(choices: Sequence[tuple[str, str]], key: str) -> None:
    """Draw a button for each (name, text)."""
    _draw(data={"choices": [list(choice) for choice in choices]}, key=key)
