"""The picture of a page in a box that keys and fingers can scroll, as wide as its place or wider."""

from __future__ import annotations

from base64 import b64encode

from app.components.drawing import component
from app.page_picture import PagePicture

_draw = component("page", "page_image.css", "page_image.js", in_dialog=True)


def show(picture: PagePicture, name: str, key: str, zoom: float = 1.0) -> None:
    """Draw it, `zoom` times as wide as its place, and bring what is marked into view; `name` says what it is to those
    who do not see it."""
    _draw(data={"picture": b64encode(picture.jpeg).decode(), "at": picture.at, "name": name, "zoom": zoom}, key=key)
