"""The page on which people sign in: plain HTML with no script, so that strangers get nothing of the app itself."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from app.words import language, tr

_HERE = Path(__file__).parent
_PAGE = Template((_HERE / "page.html").read_text("utf-8"))
_FORM = Template((_HERE / "form.html").read_text("utf-8"))
_STYLE = (_HERE / "page.css").read_text("utf-8")
_ICON = f"data:image/png;base64,{b64encode((_HERE.parent / 'icon.png').read_bytes()).decode()}"
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer a browser would send a form from nowhere, and over plain HTTP that is all that tells whose it is.
    "Referrer-Policy": "same-origin",
}


def form(action: str, token: str, wanted: str, name: str = "") -> str:
    """Name and password. `token`: comes back with them; `wanted`: where to go then."""
    values = {"action": action, "token": token, "wanted": wanted, "name": name}
    words = {"name_label": tr("Name"), "password_label": tr("Password"), "sign_in": tr("Sign in")}
    focus = {"focus_name": "" if name else " autofocus", "focus_password": " autofocus" if name else ""}
    return _FORM.substitute({key: escape(value) for key, value in (values | words).items()} | focus)


def link(address: str, name: str) -> str:
    """A button that leads elsewhere."""
    return f'<a class="go" href="{escape(address)}">{escape(name)}</a>'


def page(inner: str, said: str = "", status: int = 200) -> HTMLResponse:
    """The whole page. `inner`: HTML as of this file; `said`: a sentence on what went wrong."""
    told = f'<p class="said" role="alert">{escape(said)}</p>' if said else ""
    about = tr("Answers from your documents, each sentence with its source.")
    words = {"language": language(), "title": escape(tr("Sign in")), "about": escape(about)}
    return HTMLResponse(_PAGE.substitute(words, icon=_ICON, style=_STYLE, said=told, form=inner), status, _HEADERS)
