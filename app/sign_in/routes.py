"""What the browser asks to sign in and out: the only addresses that are answered to strangers."""

from __future__ import annotations

import asyncio
import math
import re
import secrets
from contextlib import suppress
from hmac import compare_digest
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from app.sign_in.door import COOKIE, FileDoor
from app.sign_in.gate import SIGN_IN
from app.sign_in.page import form, page
from app.sign_in.reader import speaking_to
from app.words import msgid, tr, trn
from indexes.sessions import LONGEST_S
from rag.errors import FootnoteError

SIGN_OUT = "/auth/logout"
"""Where `st.logout` leads."""
WRONG = msgid("Name or password is wrong.")
_FORM_COOKIE = "footnote_form"
_LARGEST_FORM, _MOST_FIELDS, _FORM_SECONDS = 20_000, 20, 10.0
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\s]{0,2000}", re.ASCII)


def file_routes(door: FileDoor) -> list[Route]:
    """The page for name and password, and the way out."""
    desk = _Desk(door)
    return [
        Route(SIGN_IN, desk.show, methods=["GET"]),
        Route(SIGN_IN, desk.take, methods=["POST"]),
        Route(SIGN_OUT, desk.leave, methods=["GET"]),
    ]


class _Desk:
    def __init__(self, door: FileDoor) -> None:
        self._door = door

    async def show(self, request: Request) -> Response:
        with speaking_to(request, self._door.language):
            return _asked(request, _own(request.query_params.get("next", "")))

    async def take(self, request: Request) -> Response:
        """Sign in, or say why not. What comes from another site's page is not even looked at."""
        with speaking_to(request, self._door.language):
            return await self._taken(request)

    async def _taken(self, request: Request) -> Response:
        given = await _form(request)
        wanted, name = _own(given.get("next", "")), given.get("name", "")
        if not _is_ours(request) or not _is_same(given.get("form"), request.cookies.get(_FORM_COOKIE)):
            said = tr("This page stood open for too long, or cookies are off. Try again.")
            return _asked(request, wanted, said, 403, name)
        if waits := self._door.attempts.wait(name):
            seconds = math.ceil(waits)
            said = trn(
                seconds,
                "Too many wrong passwords: try again in {n} second.",
                "Too many wrong passwords: try again in {n} seconds.",
            )
            answer = _asked(request, wanted, said, 429, name)
            answer.headers["Retry-After"] = str(seconds)
            return answer
        try:
            return await run_in_threadpool(self._let_in, request, name, given.get("password", ""), wanted)
        except FootnoteError as error:
            return _asked(request, wanted, f"{error}.", 503, name)

    def _let_in(self, request: Request, name: str, password: str, wanted: str) -> Response:
        user = self._door.checked(name, password)
        if user is None:
            return _asked(request, wanted, tr(WRONG), 401, name)
        self._door.attempts.succeeded(name)
        self._end(request)
        answer = led_to(wanted)
        answer.set_cookie(
            COOKIE,
            self._door.sessions.begin(user),
            max_age=LONGEST_S,
            httponly=True,
            samesite="lax",  # a link in a message opens for those who are signed in
        )
        answer.delete_cookie(_FORM_COOKIE, path=SIGN_IN)
        return answer

    async def leave(self, request: Request) -> Response:
        """Sign out, unless another site's page leads here."""
        if is_led_from_elsewhere(request):
            return led_to("/")
        self._end(request)
        answer = led_to(SIGN_IN)
        answer.delete_cookie(COOKIE)
        return answer

    def _end(self, request: Request) -> None:
        if token := request.cookies.get(COOKIE):
            self._door.end(token)


def is_led_from_elsewhere(request: Request) -> bool:
    """Whether another site's page asks for this address."""
    return request.headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site")


def _asked(request: Request, wanted: str, said: str = "", status: int = 200, name: str = "") -> Response:
    """The page with its form, whose token the browser has as a cookie, too: another site can set neither."""
    token = request.cookies.get(_FORM_COOKIE) or secrets.token_urlsafe(32)
    answer = page(form(SIGN_IN, token, wanted, name[:200]), said, status)
    answer.set_cookie(_FORM_COOKIE, token, path=SIGN_IN, httponly=True, samesite="strict")
    return answer


async def _form(request: Request) -> dict[str, str]:
    """The fields; none where there is too much of it, or where it does not come in time."""
    body = b""
    with suppress(TimeoutError, ValueError, ClientDisconnect):
        async with asyncio.timeout(_FORM_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > _LARGEST_FORM:
                    return {}
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    return {}


def _is_ours(request: Request) -> bool:
    """Whether a form was sent from this page: browsers say so, the older ones by the origin alone."""
    host = request.headers.get("Host")
    if not is_host_allowed(host):
        return False
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    scheme, _, origin = request.headers.get("Origin", "").partition("://")
    return scheme in ("http", "https") and origin == host


def _is_same(given: str | None, kept: str | None) -> bool:
    return bool(given and kept) and compare_digest(str(given).encode(), str(kept).encode())


def _own(path: str) -> str:
    """A place in this app to go to; whatever else is asked for, its start."""
    is_own = _OWN_PATH.fullmatch(path) and not path.startswith(("/sign-", "/auth/"))
    is_plain = not {".", ".."} & set(path.partition("?")[0].split("/"))  # browsers would resolve them, to sign out say
    return path if is_own and is_plain else "/"


def led_to(path: str) -> Response:
    """The way to another page, which no cache keeps."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})
