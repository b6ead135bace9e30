"""Streamlit's server, as `app.serve` becomes it: with nothing in it that asks another machine where this one is."""

from __future__ import annotations

from streamlit import net_util
from streamlit.web.cli import main


def _unknown() -> None:
    """No address: the names that may reach the app are those of its settings."""


def stay_here() -> None:
    """Before it refuses a page of another origin, Streamlit would ask a service in the Internet for this machine's
    address, and answer nobody for up to two seconds meanwhile: any page open in the same browser could stop the app so.
    """
    net_util.get_external_ip = _unknown
    net_util.get_internal_ip = _unknown


if __name__ == "__main__":
    stay_here()
    main(prog_name="streamlit")
