"""What is said where sets are too small to learn from or to measure on."""

from __future__ import annotations

from rag.errors import FootnoteError


class TooFew(FootnoteError):
    """There is not enough of something."""

    def __init__(self, lack: str) -> None:
        super().__init__(f"{lack}: name larger sets, or ask for more of them")
