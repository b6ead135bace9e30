"""Signing in by a provider of OpenID Connect: the whole way round by real HTTP, and what is made of what it says."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest

from app.sign_in.attempts import FREE
from app.sign_in.claims import read
from app.sign_in.oidc import OidcDoor
from evals.served import free_port, served
from indexes.audit_file import AuditFile
from indexes.sign_in_log import SignInLog
from indexes.users import UserFile
from rag.rights import Role
from rag.settings import Settings
from tests.oidc_provider import CLIENT, SECRET, provided

pytestmark = pytest.mark.slow

USER = "_streamlit_user"
ADA = {"sub": "4711", "email": "ada@example.org", "email_verified": True}
SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "long enough to sign with, for a test at least"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@contextmanager
def app(folder: Path, provider: str, **settings: str) -> Iterator[str]:
    """The address of the app, which asks this provider."""
    port = free_port()
    file = folder / ".streamlit" / "secrets.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(SECRETS.format(port=port, client=CLIENT, secret=SECRET, provider=provider), "utf-8")
    variables = {"FOOTNOTE_SIGN_IN": "oidc", "PORT": str(port), "HOME": str(folder)}
    with served(folder / "home", **variables, **settings) as (address, _):
        yield address


def browser(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, follow_redirects=True, timeout=60)


def test_whom_the_provider_knows_comes_in_with_the_role_of_the_file(tmp_path: Path):
    UserFile(tmp_path / "home").add("Ada@Example.org", Role.ADMIN)
    with provided(dict(ADA)) as provider, app(tmp_path, provider.address) as address, browser(address) as ada:
        assert ada.get("/documents").url.path == "/sign-in"
        assert ada.get("/media/x.pdf").status_code == 403
        assert "Streamlit" in ada.get("/sign-in/provider").text
        assert ada.get("/documents").url.path == "/documents"
        assert name_in_cookies(ada) == "ada@example.org"
        assert all(cookie.has_nonstandard_attr("HttpOnly") for cookie in ada.cookies.jar if "user" in cookie.name)
        assert ada.get("/auth/logout").url.path == "/sign-in"
        assert ada.get("/documents").url.path == "/sign-in"


def name_in_cookies(client: httpx.Client) -> str:
    """Of the cookie's own text, which is signed and not secret."""
    from itsdangerous import URLSafeTimedSerializer

    text = client.cookies["_streamlit_user"].strip('"')
    _, claims = URLSafeTimedSerializer("unknown").loads_unsafe(text)
    return str(json.loads(claims)["email"])


def test_strangers_to_the_file_get_the_role_of_the_setting_or_a_sentence(tmp_path: Path):
    UserFile(tmp_path / "home").add("ada@example.org", Role.ADMIN)
    eve = {"sub": "666", "email": "eve@example.org", "email_verified": True}
    with provided(eve) as provider:
        with app(tmp_path, provider.address, FOOTNOTE_OIDC_ROLE="none") as address, browser(address) as client:
            client.get("/sign-in/provider")
            answer = client.get("/documents")
            assert answer.status_code == 403
            assert "You are signed in as eve@example.org, and may do nothing here" in answer.text
            assert client.get("/_stcore/host-config").status_code == 403
            UserFile(tmp_path / "home").add("eve@example.org", Role.READER)
            assert client.get("/documents").url.path == "/documents"
        with app(tmp_path, provider.address) as address, browser(address) as client:
            provider.claims = {"sub": "667"}
            client.get("/sign-in/provider")
            assert client.get("/documents").url.path == "/documents"


def test_a_cookie_that_was_made_up_lets_nobody_in(tmp_path: Path):
    UserFile(tmp_path / "home").add("ada@example.org", Role.ADMIN)
    with provided(dict(ADA)) as provider, app(tmp_path, provider.address) as address, browser(address) as client:
        client.get("/sign-in/provider")
        right = client.cookies["_streamlit_user"]
        client.cookies.clear()
        client.cookies.set("_streamlit_user", right[:-8] + "AAAAAAA" + right[-1])
        assert client.get("/documents").url.path == "/sign-in"
        client.cookies.clear()
        client.cookies.set("_streamlit_user", right)
        assert client.get("/documents").url.path == "/documents"


def test_every_cookie_is_for_https_alone_where_the_page_comes_by_it(tmp_path: Path):
    UserFile(tmp_path / "home").add("ada@example.org", Role.ADMIN)
    with provided(dict(ADA)) as provider, app(tmp_path, provider.address) as address:
        for scheme in ("http", "https"):
            given = cookies_on_the_way(address, scheme)
            names = {cookie.partition("=")[0] for cookie in given}
            assert {USER, f"{USER}_tokens", "_streamlit_session"} <= names
            assert {cookie.endswith("; Secure") for cookie in given} == {scheme == "https"}, given


def cookies_on_the_way(address: str, scheme: str) -> list[str]:
    """All that a browser is given while it signs in through a proxy that says so of itself. It is asked at the proxy's
    address as it is, so that it would not bring these along by itself."""
    given: list[str] = []
    kept: dict[str, str] = {}
    there = f"{address}/sign-in/provider"
    while there:
        cookies = "; ".join(f"{name}={value}" for name, value in kept.items())
        answer = httpx.get(there, headers={"X-Forwarded-Proto": scheme, "Cookie": cookies}, timeout=60)
        for cookie in answer.headers.get_list("set-cookie"):
            given.append(cookie)
            name, _, value = cookie.partition(";")[0].partition("=")
            kept[name] = value
        there = str(answer.next_request.url) if answer.next_request else ""
    return given


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        (ADA, "ada@example.org"),
        (ADA | {"email_verified": "true"}, "ada@example.org"),
        (ADA | {"email_verified": False}, "4711"),
        ({"sub": "4711", "email": "ada@example.org"}, "4711"),
        ({"email": "ada@example.org"}, None),
        (ADA | {"is_logged_in": False}, None),
        ({"sub": "a\u202eb"}, None),
        ({"sub": "local"}, None),
        ({"sub": 7}, None),
        (ADA | {"email_verified": 1}, "4711"),
        (ADA | {"email_verified": "True"}, "4711"),
        ({"sub": "ada@example.org"}, "sub:ada@example.org"),
        ({"sub": "samlp|x|Ada@example.org"}, "sub:samlp|x|Ada@example.org"),
        (ADA | {"sub": "ada@example.org"}, "ada@example.org"),
        (ADA | {"email": "4712"}, "4711"),
        (ADA | {"email": "SUB:ada@example.org"}, "4711"),
        (ADA | {"email": "Ada@Example.ORG"}, "Ada@Example.ORG"),
        (ADA | {"email": "zoë@example.org"}, "zoë@example.org"),
        (ADA | {"email": "\uff41da@example.org"}, None),
        (ADA | {"email": "ada\uff20example.org"}, "4711"),
        (ADA | {"email": "\u212aim@example.org"}, None),
        (ADA | {"email": "ſue@example.org"}, None),
        (ADA | {"email": "straße@example.org"}, None),
        (ADA | {"email": " ada@example.org"}, None),
        ({"sub": "\uff41da"}, None),
        ({"sub": "ada\uff20example.org"}, None),
    ],
)
def test_only_an_address_that_was_verified_is_a_name(
    claims: dict[str, Any], name: str | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir("/")
    assert read(cookies_of(claims)).name == name


def test_who_signs_out_leaves_others_of_that_second_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir("/")
    now, note = time.time(), token_hex(4000)
    monkeypatch.setattr("time.time", lambda: now)
    ada, eve = (cookies_of(ADA | {"email": f"{name}@example.org", "note": note}) for name in ("ada", "eve"))
    assert ada[f"{USER}_2"] == eve[f"{USER}_2"]
    door = OidcDoor(Settings(home=tmp_path))
    door.end(ada)
    assert (door.name(ada), door.name(eve)) == (None, "eve@example.org")
    assert door.name(ada | {USER: eve[USER]}) is None


def test_many_who_come_back_with_nothing_fill_no_log(tmp_path: Path):
    door = OidcDoor(Settings(home=tmp_path))
    for _ in range(500):
        door.fail()
    told = SignInLog(AuditFile(tmp_path)).all()
    assert {row["outcome"] for row in told} == {"failed"}
    assert FREE <= len(told) < 2 * FREE


def cookies_of(claims: dict[str, Any]) -> dict[str, str]:
    """What a browser keeps of somebody of whom the provider has told this."""
    from streamlit import config
    from streamlit.auth_util import set_cookie_with_chunks
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    kept: dict[str, str] = {}
    secret = config.get_option("server.cookieSecret")

    def keep(cookie: str, value: str) -> None:
        kept[cookie] = create_signed_value(secret, cookie, value).decode()

    set_cookie_with_chunks(
        keep,
        lambda cookie, value: create_signed_value(secret, cookie, value),
        USER,
        {"is_logged_in": True} | claims,
        cookie_attr_size=100,
    )
    return kept
