"""An error that nobody foresaw, as the page tells it."""

from __future__ import annotations

import secrets
import sys

from streamlit import error_util
from streamlit.delta_generator_singletons import get_dg_singleton_instance

from app.words import tr


def tell_by_number() -> None:
    """For the server: from now on such an error is a sentence on the page with a number, by which it is found in what
    the server has written; Streamlit would say no more than that there was one."""
    error_util.show_uncaught_app_exception = _show


def _show(ex: BaseException) -> None:
    number = secrets.token_hex(3)
    sys.stderr.write(f"footnote: error {number} on the page is the {type(ex).__name__} above\n")
    told = tr(
        "This page met an error that nobody foresaw, so some of it is missing. What was kept is still there: load the"
        " page again. If this comes back, the server has written down why, as error {number}.",
        number=number,
    )
    get_dg_singleton_instance().main_dg.error(told, icon=":material/error:")
