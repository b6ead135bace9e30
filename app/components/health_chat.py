"""What is known of the chat endpoint's health, and a button that asks it now."""

from __future__ import annotations

import streamlit as st

from app.checkup import Checkup
from app.components.plain_text import label
from app.components.resources import person, workspace
from app.words import moment, tr
from indexes.endpoint import shown_address
from rag.errors import FootnoteError

_LONGEST = 900


def show(checkup: Checkup) -> None:
    """A card; without a chat model it says that answers are quoted."""
    st.header(tr("Chat model"), anchor=False)
    settings = checkup.settings
    with st.container(border=True, key="health-chat"):
        if not settings.chat_model:
            st.markdown(tr("None is set, so answers are quoted from the documents, and no endpoint is called."))
            return
        model, address = label(settings.chat_model), shown_address(settings.base_url, *settings.secrets)
        st.markdown(tr("**{model}** at {address}", model=model, address=label(address, 120)))
        _told(checkup)
        _gated()
        why_not = _spent()
        if why_not:
            st.caption(tr("It is not asked, since {why}.", why=label(why_not, 300)))
        st.button(
            tr("Ask it now"),
            icon=":material/send:",
            key="ask-chat",
            disabled=checkup.doing is not None or bool(why_not),
            on_click=checkup.ask,
            help=tr("One request of one word, and one that asks for the call of a tool. It takes some seconds."),
        )


def _told(checkup: Checkup) -> None:
    """What it answered when it was asked last, else what the watch beside the chat page knows."""
    report = checkup.report
    for one in report.chat:
        icon = ":green[:material/check_circle:]" if one.is_well else ":orange[:material/warning:]"
        st.markdown(f"{icon} {label(f'{one.said[:1].upper()}{one.said[1:]}', _LONGEST)}")
    if report.chat:
        st.caption(tr("Asked {when}.", when=moment(report.chat_at)))
        return
    try:
        trouble = workspace().watch.trouble if workspace().watch else ""  # type: ignore[union-attr]
    except FootnoteError as error:
        trouble = str(error)
    unknown = tr("Nothing wrong is known of it; it was not asked yet.")
    st.caption(label(trouble, _LONGEST) if trouble else unknown)


def _gated() -> None:
    """What the model has not reached yet; it can be asked for a word all the same."""
    try:
        why_not = workspace().gate.why_not()
    except FootnoteError:  # a home that cannot be opened is told of elsewhere
        return
    if why_not:
        st.warning(
            tr("Answers are quoted from the documents, since {why}.", why=label(why_not, _LONGEST)),
            icon=":material/warning:",
        )


def _spent() -> str:
    try:
        return workspace().limits.why_not(person().name)
    except FootnoteError:  # a home in which no question can be asked has no budget to spend
        return ""
