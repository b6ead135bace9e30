"""An error that nobody foresaw, as the page tells it."""

from __future__ import annotations

import secrets
import sys
from contextlib import suppress

from streamlit import error_util
from streamlit.delta_generator_singletons import get_dg_singleton_instance

from app.words import tr
from rag.errors import FootnoteError
from rag.inert import inert


def tell_by_number() -> None:
    """For the server: from now on such an error is a sentence on the page with a number, by which it is found in what
    the server has written; Streamlit would say no more than that there was one. Errors of our own, which a part of the
    page or a button meets, are told as they are."""
    error_util.show_uncaught_app_exception = _show


def _show(ex: BaseException) -> None:
    with suppress(Exception):  # or the page would never be told that its run has ended
        told = inert(str(ex), escape_dollars=True) if isinstance(ex, FootnoteError) else _numbered(ex)
        get_dg_singleton_instance().main_dg.error(told, icon=":material/error:")


def _numbered(ex: BaseException) -> str:
    number = secrets.token_hex(3)
    with suppress(OSError):  # where what the server writes goes to a full disk
        sys.stderr.write(f"footnote: error {number} on the page is the {type(ex).__name__} above\n")
    return tr(
        "This page met an error that nobody foresaw, so some of it is missing. What was kept is still there: load the"
        " page again. If this comes back, the server has written down why, as error {number}.",
        number=number,
    )
