"""How a part of the page that the browser draws by itself is made known to Streamlit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_MAKING = "drawing.js"
"""Read before the scripts of every part: what makes its elements."""


def component(name: str, style: str, *scripts: str, in_dialog: bool = False) -> Any:  # noqa: ANN401 - Streamlit's own callable
    """The part of this name, to be called with its `data` and `key`. `style` and `scripts`: files of this folder; the
    last script exports what draws, into the element `.root`.

    `in_dialog`: a dialog keeps the Tab key among what it can see, which a shadow root hides; so the part gets none, and
    its style is kept from the rest of the page by the name of its class.
    """
    css = _read(style)
    return st.components.v2.component(
        f"footnote_{name}",
        html=f'<div class="drawn-{name}"><div class="root"></div></div>',
        css=f".drawn-{name} {{\n{css}}}\n" if in_dialog else css,
        js="".join(map(_read, (_MAKING, *scripts))),
        isolate_styles=not in_dialog,
    )


def _read(file: str) -> str:
    return (_HERE / file).read_text(encoding="utf-8")
