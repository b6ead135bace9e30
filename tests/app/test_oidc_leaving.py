"""Signing out where a provider of OpenID Connect signs people in, and signing in that does not work, by real HTTP."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from app.cli import main
from evals.served import free_port
from indexes.users import UserFile
from rag.rights import Role
from tests.app.test_oidc import ADA, USER, app, browser
from tests.oidc_provider import Provider, provided

pytestmark = pytest.mark.slow

SENTENCE = "Signing in did not work. Try again, or ask an admin."
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def home(tmp_path: Path) -> Path:
    UserFile(tmp_path / "home").add("ada@example.org", Role.ADMIN)
    return tmp_path


def tab(address: str, client: httpx.Client) -> ClientConnection:
    """A page of this browser's that stands open."""
    cookies = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    url, protocol = f"{address.replace('http', 'ws', 1)}/_stcore/stream", Subprotocol("streamlit")
    headers = {"Cookie": cookies}
    return connect(url, origin=Origin(address), subprotocols=[protocol], additional_headers=headers, max_size=None)


def clicked(open_tab: ClientConnection) -> list[ForwardMsg]:
    """What a page is told after a click, until the run ends that it starts, or the connection."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    open_tab.send(message.SerializeToString())
    told: list[ForwardMsg] = []
    try:
        while not told or told[-1].WhichOneof("type") != "script_finished":
            told.append(ForwardMsg.FromString(open_tab.recv(timeout=60, decode=False)))
    except ConnectionClosed:
        pass
    return told


def test_who_signs_out_is_out_in_every_tab_and_with_every_copy_of_the_cookie(tmp_path: Path):
    with provided(dict(ADA)) as provider:
        with app(home(tmp_path), provider.address) as address, browser(address) as ada, browser(address) as elsewhere:
            for one in (ada, elsewhere):
                one.get("/sign-in/provider")
            right = ada.cookies[USER]
            with tab(address, ada) as other:
                assert clicked(other)[-1].WhichOneof("type") == "script_finished"
                ada.get("/auth/logout", headers={"Sec-Fetch-Site": "cross-site"})
                assert ada.cookies[USER] == right, "another site's page signs nobody out"
                assert ada.get("/auth/logout").url.path == "/sign-in"
                after = clicked(other)
                assert after[-1].auth_redirect.url == "/"
                assert not [one for one in after if one.WhichOneof("type") == "delta"]
            assert opens(address, right) == "/sign-in"
            assert all(opens(address, one) == "/sign-in" for one in same_signature(right))
            assert elsewhere.get("/documents").url.path == "/documents", "another sign-in of hers goes on"
            ada.get("/sign-in/provider")
            assert ada.get("/documents").url.path == "/documents"
        with app(tmp_path, provider.address) as address:
            assert opens(address, right) == "/sign-in"
            assert opens(address, elsewhere.cookies[USER]) == "/documents"
    kept = "".join(
        path.name + path.read_text("utf-8") for path in (tmp_path / "home/sessions").rglob("*") if path.is_file()
    )
    assert kept
    assert right.strip('"').rpartition(".")[0] not in kept


def opens(address: str, cookie: str) -> str:
    """Where the documents are looked for with this cookie."""
    with browser(address) as client:
        client.cookies.set(USER, cookie)
        return client.get("/documents").url.path


def same_signature(cookie: str) -> list[str]:
    """The last letter of a signature has bits that count for nothing."""
    text = cookie.strip('"')
    n = LETTERS.index(text[-1]) & ~0b11
    return [text[:-1] + LETTERS[n + more] for more in range(4)]


def test_another_sign_in_ends_the_one_before_in_the_same_browser(tmp_path: Path):
    with provided(dict(ADA)) as provider, app(home(tmp_path), provider.address) as address, browser(address) as client:
        client.get("/sign-in/provider")
        before = client.cookies[USER]
        provider.claims = {"sub": "4712"}
        client.get("/sign-in/provider")
        assert opens(address, before) == "/sign-in"
        assert opens(address, client.cookies[USER]) == "/documents"


def test_a_claim_in_several_cookies_is_over_in_whichever_way_they_are_put_together(tmp_path: Path):
    long = ADA | {"note": token_hex(4000)}
    with provided(long) as provider, app(home(tmp_path), provider.address) as address, browser(address) as client:
        client.get("/sign-in/provider")
        first = dict(client.cookies)
        assert f"{USER}_2" in first
        client.get("/auth/logout")
        provider.claims = ADA | {"note": token_hex(4000)}
        client.get("/sign-in/provider")
        assert client.get("/documents").url.path == "/documents"
        mixed = first | {USER: client.cookies[USER]}
        client.cookies.clear()
        client.cookies.update(mixed)
        assert client.get("/documents").url.path == "/sign-in"


def denied(provider: Provider) -> None:
    provider.denial = {"error": "access_denied", "error_description": "<script>alert(1)</script>"}


def meant_for_another(provider: Provider) -> None:
    provider.claims = ADA | {"aud": "another client"}


def too_late(provider: Provider) -> None:
    provider.claims = ADA | {"exp": 1_000_000_000}


def nobody(provider: Provider) -> None:
    provider.claims = ADA | {"email": "\uff41da@example.org"}


def test_a_sign_in_that_did_not_work_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with provided(dict(ADA)) as provider, app(home(tmp_path), provider.address) as address:
        for goes_wrong in (denied, meant_for_another, too_late, nobody):
            with browser(address) as client:
                assert SENTENCE not in client.get("/sign-in").text
                goes_wrong(provider)
                answer = client.get("/sign-in/provider")
                assert (answer.url.path, SENTENCE in answer.text) == ("/sign-in", True), goes_wrong
                assert "<script" not in answer.text
                assert "funktioniert" in client.get(str(answer.url), headers={"Accept-Language": "de"}).text
                provider.denial, provider.claims = {}, dict(ADA)
                client.get("/sign-in/provider")
                assert client.get("/documents").url.path == "/documents"
                assert SENTENCE not in client.get("/oauth2callback").text
                stays = client.get("/oauth2callback?code=old&state=old")
                assert stays.url.path == "/", "the way back of a browser that is signed in"
                client.get("/auth/logout")
                back = client.get("/oauth2callback")
                assert (back.url.path, SENTENCE in back.text) == ("/sign-in", False), "from signing out there"
    assert (
        told(tmp_path, monkeypatch, capsys)
        == ["?  failed", "ada@example.org  signed in", "ada@example.org  signed out"] * 4
    )


def test_a_provider_that_is_away_and_whoever_has_no_role_are_told_of_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with provided({"sub": "666"}) as provider:
        none = app(home(tmp_path), provider.address, FOOTNOTE_OIDC_ROLE="none")
        with none as address, browser(address) as client:
            client.get("/sign-in/provider")
            client.get("/auth/logout")
    with app(tmp_path, f"http://127.0.0.1:{free_port()}") as address, browser(address) as client:
        answer = client.get("/sign-in/provider")
        assert (answer.url.path, SENTENCE in answer.text) == ("/sign-in", True)
    assert told(tmp_path, monkeypatch, capsys) == ["666  no role", "666  signed out", "?  failed"]


def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """By the log, without its times."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    capsys.readouterr()
    assert main(["audit", "--sign-ins"]) == 0
    return [line.partition("  ")[2] for line in capsys.readouterr().out.splitlines()]
