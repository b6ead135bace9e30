"""This file changes a stream of text in which what becomes of some signs depends on what stands at both their sides."""

from __future__ import annotations

from collections.abc import Callable


class Beside:
    """Such a stream, changed as if it had come whole: however it is cut, the signs at its end wait for what follows.

    `change` changes a text, but nothing of it other than the `signs`, each by its neighbours alone.
    """

    def __init__(self, signs: str, change: Callable[[str], str]) -> None:
        self._signs = signs
        self._change = change
        self._held = ""
        self._last = ""

    def feed(self, text: str) -> str:
        """What this text settles; may be empty."""
        text = self._held + text
        end = len(text.rstrip(self._signs))
        settled, self._held = text[:end], text[end:]
        return self._changed(settled)

    def finish(self) -> str:
        """The rest."""
        rest, self._held = self._held, ""
        return self._changed(rest)

    def _changed(self, text: str) -> str:
        changed = self._change(self._last + text)[len(self._last) :]
        self._last = changed[-1:] or self._last
        return changed
