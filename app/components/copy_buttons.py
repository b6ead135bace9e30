"""Buttons that put a text on the clipboard, each one its own."""

from __future__ import annotations

from collections.abc import Sequence

from app.components.drawing import component
from app.words import tr

_draw = component("copy", "copy_buttons.css", "clipboard.js", "copy_buttons.js", in_dialog=True)


def clipboard_words() -> dict[str, str]:
    """What `clipboard.js` says."""
    return {"copied": tr("Copied"), "notAllowed": tr("The browser does not allow it")}


def show(choices: Sequence[tuple[str, str]], key: str) -> None:
    """Draw a button for each (name, text)."""
    _draw(data={"choices": [list(choice) for choice in choices], "words": clipboard_words()}, key=key)
