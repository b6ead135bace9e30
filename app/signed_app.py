"""The app where people sign in, as Streamlit's server finds it: its pages behind the gate."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from app.security_headers import SECURITY_HEADERS
from app.sign_in.door import FileDoor, open_door
from app.sign_in.gate import Gate
from app.sign_in.oidc import OidcDoor
from app.sign_in.oidc_routes import PATHS, oidc_routes
from app.sign_in.routes import file_routes
from indexes.home import load_settings

door = open_door(load_settings())
assert isinstance(door, FileDoor | OidcDoor), "this is only for where people sign in"  # noqa: S101
routes, others = (file_routes(door), ()) if isinstance(door, FileDoor) else (oidc_routes(door), PATHS)
middleware = [SECURITY_HEADERS, Middleware(Gate, door=door, others=others)]
"""The headers first: the gate answers by itself, too."""
app = st.App(Path(__file__).with_name("main.py"), routes=routes, middleware=middleware)
