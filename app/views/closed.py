"""What stands at the address of a page that is not for whoever asks."""

from __future__ import annotations

import streamlit as st

from app.words import tr

st.info(tr("This page is for other roles than yours: ask an admin, if you need it."), icon=":material/lock:")
