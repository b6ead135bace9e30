"""How a part of the page that the browser draws by itself is made known to Streamlit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_MAKING = "drawing.js"
"""Read before the scripts of every part: what makes its elements."""


def component(name: str, style: str, *scripts: str) -> Any:  # noqa: ANN401 - Streamlit's own callable
    """The part of this name, to be called with its `data` and `key`. `style` and `scripts`: files of this folder; the
    last script exports what draws, into the element `.root`.
    """
    return st.components.v2.component(
        f"footnote_{name}",
        html='<div class="root"></div>',
        css=_read(style),
        js="".join(map(_read, (_MAKING, *scripts))),
    )


def _read(file: str) -> str:
    return (_HERE / file).read_text(encoding="utf-8")
