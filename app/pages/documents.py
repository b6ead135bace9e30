"""The documents page: files in, what is there, and what each holds."""

from __future__ import annotations

import streamlit as st

from app.components import job_rows, upload_zone

st.title("Documents", anchor=False)
upload_zone.show("default", "upload")
job_rows.show()
