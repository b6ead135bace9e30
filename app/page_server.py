"""Streamlit's server, as `app.serve` becomes it: it asks no other machine where this one is and lets no page of it do
so, holds no more of a page than is drawn there, and has read the code below its first page before somebody opens it."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable

from streamlit import net_util, runtime
from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.runtime.state import session_state
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from streamlit.web.cli import main
from streamlit.web.server.starlette import starlette_app

from app.components.stops import end_answers_alone
from app.components.unforeseen import tell_by_number
from app.security_headers import SECURITY_HEADERS

_Forget = Callable[[session_state.WStates, frozenset[str], list[str] | None], None]
_BELOW_THE_FIRST_PAGE = ("app.personal", "app.jobs", "app.checkup", "app.pdf_export", "pandas")
"""Nothing that draws, which a page has to read. pandas is read by Streamlit, for what its parts are given."""


def _unknown() -> None:
    """No address: the names that may reach the app are those of its settings."""


def stay_here() -> None:
    """Before it refuses a page of another origin, Streamlit would ask a service in the Internet for this machine's
    address, and answer nobody for up to two seconds meanwhile: any page open in the same browser could stop the app so.
    """
    net_util.get_external_ip = _unknown
    net_util.get_internal_ip = _unknown


def tell_browsers() -> None:
    """Streamlit sends none of the headers by which a browser guards a page: they go with all that it answers."""
    own = starlette_app.create_streamlit_middleware
    starlette_app.create_streamlit_middleware = lambda: [SECURITY_HEADERS, *own()]


def forget_gone_widgets() -> None:
    """Streamlit forgets the value of a widget that is not drawn any more, but would hold its callbacks, and with them
    the answers that these are about, for as long as its page is open."""
    states = session_state.WStates
    states.remove_stale_widgets = _forgetting(states.remove_stale_widgets)  # type: ignore[method-assign, assignment]


def _forgetting(forget_values: _Forget) -> _Forget:
    def forget(held: session_state.WStates, active: frozenset[str], fragments: list[str] | None) -> None:
        forget_values(held, active, fragments)
        known = held.widget_metadata.items()
        drawn = active | {key for key, _ in known if _drawn_by(key) in active}
        held.widget_metadata = {
            key: one
            for key, one in known
            if not session_state._is_stale_widget(one, drawn, fragments)  # noqa: SLF001 - as it does with the values
        }

    return forget


def _drawn_by(key: str) -> str:
    """The part of a page whose triggers stand under this key; they are never drawn themselves."""
    name, _, _ = key.rpartition(EVENT_DELIM)
    return name.removeprefix(f"{STREAMLIT_INTERNAL_KEY_PREFIX}_")


def read_ahead() -> None:
    """A thread reads the code below the first page once the server stands: half a second or more that whoever opens it
    would wait for. Not before, since the server would stand that much later."""
    threading.Thread(target=_read_below_first_page, name="reading ahead", daemon=True).start()


def _read_below_first_page() -> None:
    while not runtime.exists():
        time.sleep(0.02)
    for module in _BELOW_THE_FIRST_PAGE:
        importlib.import_module(module)


if __name__ == "__main__":
    stay_here()
    tell_browsers()
    forget_gone_widgets()
    end_answers_alone()
    tell_by_number()
    read_ahead()
    main(prog_name="streamlit")
