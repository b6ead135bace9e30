"""The gate: nothing of the app is answered to those who are not signed in, be it a page, an upload or a click.

It stands before Streamlit, which checks of an upload only the number of its session and of a picture nothing, and runs
what a button does before the page can ask who presses it.
"""

from __future__ import annotations

import sys
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from app.sign_in.door import Door
from app.sign_in.reader import speaking_to
from app.words import tr
from rag.errors import FootnoteError
from rag.rights import Person

SIGN_IN = "/sign-in"
TOLD, ROLE = "told", "role"
"""Of the address to which a person is led whose role has changed, so that the page says so: a parameter, its value."""
_PARTS = ("/_stcore/", "/media/", "/component/", "/static/")
"""What pages are made of: who asks for one of them is told no, and who asks for a page is shown where to sign in."""
_OPEN = (SIGN_IN, "/_stcore/health")
_CLOSED, _TROUBLE = 1008, 1011


class Gate:
    """Middleware around Streamlit's server."""

    def __init__(self, app: ASGIApp, door: Door, others: tuple[str, ...] = ()) -> None:
        self._app = app
        self._door = door
        self._open = (*_OPEN, *others)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one connection of a page."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        send = _secured(scope, send)
        try:
            if scope["type"] == "http" and scope["path"] in self._open:
                await self._app(scope, receive, send)
                return
            person = self._who(scope)
        except FootnoteError as error:
            sys.stderr.write(f"footnote: {error}\n")
            with speaking_to(HTTPConnection(scope), self._door.language):
                await _troubled(scope, receive, send)
            return
        if person is None:
            with speaking_to(HTTPConnection(scope), self._door.language):
                await _turned_away(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._connected(scope, receive, send, person)
        else:
            await self._app(scope, receive, _unkept(send))

    def _who(self, scope: Scope) -> Person | None:
        return self._door.who(HTTPConnection(scope).cookies)

    async def _connected(self, scope: Scope, receive: Receive, send: Send, person: Person) -> None:
        """A page's connection, as long as whoever opened it is signed in and what they were. A click of anybody else
        does nothing: the browser loads the page anew, and sees what there is for them now."""
        is_over = False

        async def checked() -> Message:
            nonlocal is_over
            message = await receive()
            if message["type"] == "websocket.receive" and (place := self._led_to(scope, person)):
                await send({"type": "websocket.send", "bytes": _anew(place)})
                await send({"type": "websocket.close", "code": _CLOSED})
                is_over = True
                return {"type": "websocket.disconnect", "code": _CLOSED}
            return message

        async def until_over(message: Message) -> None:
            if not is_over:
                await send(message)

        await self._app(scope, checked, until_over)

    def _led_to(self, scope: Scope, person: Person) -> str:
        """Where a page goes that is not theirs any more who opened it, or not what they may see; else empty."""
        try:
            now = self._who(scope)
        except FootnoteError as error:
            sys.stderr.write(f"footnote: {error}\n")
            return "/"
        if now == person:
            return ""
        return f"/?{TOLD}={ROLE}" if now is not None and now.name == person.name else "/"


def _anew(place: str) -> bytes:
    """What makes Streamlit's page load the app from its start."""
    message = ForwardMsg()
    message.auth_redirect.url = place
    return bytes(message.SerializeToString())


async def _turned_away(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _CLOSED})
    elif scope["path"].startswith(_PARTS) or scope["method"] not in ("GET", "HEAD"):
        said = tr("Sign in first.")
        await PlainTextResponse(f"{said}\n", 403)(scope, receive, send)
    else:
        query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
        wanted = f"?next={quote(scope['path'] + query)}" if scope["path"] != "/" or query else ""
        await RedirectResponse(SIGN_IN + wanted, 303, {"Cache-Control": "no-store"})(scope, receive, send)


async def _troubled(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _TROUBLE})
    else:
        said = tr("Nobody can sign in just now: whoever runs this app finds the reason in its log.")
        await PlainTextResponse(f"{said}\n", 503)(scope, receive, send)


def _secured(scope: Scope, send: Send) -> Send:
    """What is given over HTTPS, as the server or the proxy before it says, comes back over nothing else: the app's own
    cookies and Streamlit's, which leaves that out."""
    if scope["scheme"] != "https":
        return send

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, _secure(value) if name == b"set-cookie" else value) for name, value in message["headers"]
            ]
        await send(message)

    return sent


def _secure(cookie: bytes) -> bytes:
    return cookie if b"; secure" in cookie.lower() else cookie + b"; Secure"


def _unkept(send: Send) -> Send:
    """Pages and documents are kept by no cache, so that the way back shows nothing once somebody has signed out; the
    app's own scripts and styles may be."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if "public" not in headers.get("Cache-Control", ""):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sent
