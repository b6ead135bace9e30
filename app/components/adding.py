"""The ways in: files, web pages, a folder of this computer."""

from __future__ import annotations

import streamlit as st

from app.components import collection_choice, folder_sync, upload_zone, web_page_box
from app.personal_library import PersonalLibrary
from app.words import tr

_WIDTH = 480
"""Of what is opened, where the screen is as wide."""


def show(library: PersonalLibrary) -> None:
    """One beneath the other, as long as they are what the page is for."""
    collection = collection_choice.show(library.catalogue)
    upload_zone.show(collection, "upload")
    web_page_box.show(collection)
    if folder_sync.is_offered(library):
        with st.expander(
            tr("Compare with a folder of this computer"), icon=":material/folder_managed:", key="folder-sync"
        ):
            folder_sync.show(library, collection)


def show_briefly(library: PersonalLibrary) -> None:
    """In one row; files are dropped anywhere on the page, so that a button is enough for them."""
    with st.container(key="ways-in", horizontal=True, vertical_alignment="center", gap="small"):
        collection = collection_choice.show(library.catalogue)
        upload_zone.show(collection, "upload")
        page = st.popover(tr("Web page"), icon=":material/link:", key=web_page_box.place())
        with page.container(width=_WIDTH):
            web_page_box.show(collection)
        if folder_sync.is_offered(library):
            folder = st.popover(tr("Folder"), icon=":material/folder_managed:", key="folder-sync")
            with folder.container(width=_WIDTH):
                st.markdown(tr("Compare with a folder of this computer"))
                folder_sync.show(library, collection)
