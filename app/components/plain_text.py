"""Text from documents and file names as labels of Streamlit, which reads labels as Markdown: nothing in them is."""

from __future__ import annotations

import re

from rag.inert import visible

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def label(text: str, longest: int = 80) -> str:
    """The text on one line with every mark escaped, shortened in the middle so that a file's ending is seen."""
    line = " ".join(visible(text).split())
    if len(line) > longest:
        half = longest // 2
        line = f"{line[: longest - half - 1]}…{line[-half:]}"
    return _MARKS.sub(r"\\\1", line)
