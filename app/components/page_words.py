"""What the page as a whole says: its language, by which browsers read aloud, and the words of its style."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from app.words import ENGLISH, language, tr

_tell = st.components.v2.component(
    "footnote_page_words", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def show() -> None:
    """Draws nothing by itself. Streamlit's page says that it is in English, so only another language is told."""
    hint = tr("or drop files here: PDF, Word, PowerPoint, Excel, Markdown, HTML, e-mail and more")
    over = tr("Drop the files anywhere to add them")
    words = {"--drop-hint": hint, "--drop-over": over}
    said = " ".join(f"{name}: {json.dumps(text, ensure_ascii=False)};" for name, text in words.items())
    st.html(f"<style>.stApp {{ {said} }}</style>")
    if language() != ENGLISH:
        _tell(data=language(), key="page-words")
