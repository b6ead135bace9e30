"""What the page as a whole says: its language, by which browsers read aloud, the words of its style, and the names of
its toasts."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from app.words import language, tr

_tell = st.components.v2.component(
    "footnote_page_words", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def show() -> None:
    """Draws nothing by itself."""
    documents = tr("or drop files here: PDF, Word, PowerPoint, Excel, Markdown, HTML, e-mail and more")
    questions = tr("or drop a file here: JSONL, CSV or JSON")
    over = tr("Drop the files anywhere to add them")
    coming = tr("Uploading…")
    words = [
        (".stApp", "--drop-hint", documents),
        (".stApp", "--drop-over", over),
        (".stApp", "--drop-coming", coming),
        ("[class*=st-key-new-set-file]", "--drop-hint", questions),
    ]
    rules = [f"{where} {{ {name}: {json.dumps(text, ensure_ascii=False)}; }}" for where, name, text in words]
    st.html(f"<style>{''.join(rules)}</style>")
    _tell(data=language(), key="page-words")
