"""The way to the provider and back. Streamlit goes it; what comes of it is seen here, told to the door, and said."""

from __future__ import annotations

from http.cookies import SimpleCookie

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from app.sign_in.gate import SIGN_IN, TOLD
from app.sign_in.oidc import PROVIDER, OidcDoor
from app.sign_in.page import link, page
from app.sign_in.reader import speaking_to
from app.sign_in.routes import SIGN_OUT, is_led_from_elsewhere, led_to
from app.words import tr

_START, _LOGIN, _CALLBACK = f"{SIGN_IN}/provider", "/auth/login", "/oauth2callback"
PATHS = (_START, _LOGIN, SIGN_OUT, _CALLBACK)
"""Addresses on the way to the provider and back, most of them Streamlit's own."""
_FAILED = "failed"


def oidc_routes(door: OidcDoor) -> list[Route]:
    """The page that leads to the provider, and Streamlit's own addresses, watched."""
    desk = _Desk(door)
    return [
        Route(SIGN_IN, desk.show, methods=["GET"]),
        Route(_START, _lead, methods=["GET"]),
        Route(_LOGIN, desk.go, methods=["GET"]),
        Route(_CALLBACK, desk.come_back, methods=["GET"]),
        Route(SIGN_OUT, desk.leave, methods=["GET"]),
    ]


class _Desk:
    def __init__(self, door: OidcDoor) -> None:
        self._door = door
        self._streamlit = {route.path: route.endpoint for route in create_auth_routes("")}

    def show(self, request: Request) -> Response:
        with speaking_to(request, self._door.language):
            return _shown(self._door.name(request.cookies), has_failed=request.query_params.get(TOLD) == _FAILED)

    async def go(self, request: Request) -> Response:
        """To the provider, if it can be reached."""
        answer: Response = await self._streamlit[_LOGIN](request)
        return answer if answer.status_code < 400 else await self._failed(_to_sign_in())

    async def come_back(self, request: Request) -> Response:
        """Signed in or not, or after signing out there, which brings nothing along."""
        answer: Response = await self._streamlit[_CALLBACK](request)
        given = _cookies(answer)
        if USER_COOKIE_NAME in given:  # another sign-in takes the place of the one until now, or none does
            await run_in_threadpool(self._door.end, request.cookies)
        if not {"code", "error"} & request.query_params.keys():
            return answer
        if given.get(USER_COOKIE_NAME):
            is_in = await run_in_threadpool(self._door.begin, given)
            return answer if is_in else _to_sign_in(answer)
        name = await run_in_threadpool(self._door.name, request.cookies)
        if name is not None:  # who goes back to an old address stays signed in
            return answer
        return await self._failed(_to_sign_in(answer))

    async def leave(self, request: Request) -> Response:
        """Sign out, unless another site's page leads here."""
        if is_led_from_elsewhere(request):
            return led_to("/")
        await run_in_threadpool(self._door.end, request.cookies)
        answer: Response = await self._streamlit[SIGN_OUT](request)
        return answer

    async def _failed(self, answer: Response) -> Response:
        await run_in_threadpool(self._door.fail)
        return answer


def _shown(name: str | None, *, has_failed: bool) -> Response:
    if name is not None:
        said = tr("You are signed in as {name}, and may do nothing here: ask an admin for a role.", name=name)
        return page(link(SIGN_OUT, tr("Sign out")), said, 403)
    said = tr("Signing in did not work. Try again, or ask an admin.") if has_failed else ""
    return page(link(_START, tr("Sign in")), said)


def _lead(_request: Request) -> Response:
    """As `st.login` does, of which this is the half that needs no page of Streamlit's."""
    return led_to(generate_login_redirect_url(PROVIDER))


def _to_sign_in(answer: Response | None = None) -> Response:
    """Where it is said that it did not work, with what else this answer does."""
    answer = answer or led_to("/")
    answer.headers["location"] = f"{SIGN_IN}?{TOLD}={_FAILED}"
    return answer


def _cookies(answer: Response) -> dict[str, str]:
    """What a browser keeps of an answer; empty where it forgets one."""
    found: SimpleCookie = SimpleCookie()
    for header in answer.headers.getlist("set-cookie"):
        found.load(header)
    return {name: one.value for name, one in found.items()}
