"""Before the first question: a drop zone, sample documents to try, and questions to begin with."""

from __future__ import annotations

import json

import streamlit as st

from app.components import upload_zone
from app.components.conversation import suggest
from app.components.resources import board, personal
from app.personal_catalogue import PersonalCatalogue
from app.words import tr

_SUGGESTED = 3


def show(catalogue: PersonalCatalogue) -> None:
    """What this is, and how to get the first documents in."""
    with st.container(key="hero", horizontal_alignment="center", gap="small"):
        st.title(tr("Ask your own documents"), anchor=False, text_alignment="center")
        st.markdown(tr("Every sentence of the answer carries a source you can check."), text_alignment="center")
    show_ways_in(catalogue)


def show_ways_in(catalogue: PersonalCatalogue) -> None:
    """The drop zone, and the samples; nothing for those who add none."""
    if personal().edits:
        upload_zone.show(catalogue.usual, "first-upload")
        show_samples(catalogue)


def show_samples(catalogue: PersonalCatalogue) -> None:
    """A button that takes the sample documents in, until they are there."""
    if not catalogue.collections().get(upload_zone.SAMPLE_COLLECTION) and not board().is_busy:
        with st.container(horizontal_alignment="center"):
            name, icon = tr("Try it with sample documents"), ":material/auto_stories:"
            st.button(name, icon=icon, key="samples", on_click=upload_zone.add_samples)


def show_questions(catalogue: PersonalCatalogue) -> None:
    """Three things to ask, once there is something that answers them."""
    if not catalogue.collections().get(upload_zone.SAMPLE_COLLECTION) or board().is_busy:
        return
    questions = json.loads((upload_zone.SAMPLES / "questions.json").read_text(encoding="utf-8"))
    with st.container(key="suggestions", horizontal_alignment="center", gap="small"):
        st.caption(tr("Three things to ask"), text_alignment="center")
        for i, question in enumerate(questions[::2][:_SUGGESTED]):
            st.button(
                question, key=f"suggested-{i}", icon=":material/arrow_outward:", on_click=suggest, args=(question,)
            )
