"""Signing in by the real routes behind the real gate, before an app that tells who came through."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from app.cli import main
from app.sign_in.attempts import FREE, LONGEST_WAIT_S, Attempts
from app.sign_in.door import COOKIE, FileDoor, open_door
from app.sign_in.gate import Gate
from app.sign_in.reader import preferred
from app.sign_in.routes import WRONG, file_routes
from indexes.audit_file import AuditFile
from indexes.audit_log import DAY_S, AuditLog
from indexes.passwords import hashed
from indexes.sign_in_log import SignInLog
from indexes.users import UserFile
from rag.errors import ConfigError, StoreError
from rag.rights import Person, Role
from rag.settings import Settings
from tests.app.conftest import RIGHT

HERE = "http://127.0.0.1:8501"
STREAM = "ws://127.0.0.1:8501/_stcore/stream"
PATHS = (
    "/",
    "/documents",
    "/media/0a1b.pdf",
    "/_stcore/upload_file/session/file",
    "/_stcore/health",
    "/static/js/a.js",
)


@pytest.fixture
def door(tmp_path: Path, right: str) -> FileDoor:
    users = UserFile(tmp_path)
    users.add("Ada", Role.ADMIN, right)
    users.add("Bob", Role.READER, right)
    opened = open_door(Settings(home=tmp_path, sign_in="file"))
    assert isinstance(opened, FileDoor)
    return opened


@pytest.fixture
def client(door: FileDoor) -> Iterator[TestClient]:
    with TestClient(app(door), base_url=HERE, follow_redirects=False) as opened:
        yield opened


def app(door: FileDoor) -> Starlette:
    async def inside(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("inside", headers={"Cache-Control": "no-cache"})

    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                await socket.send_bytes(b"done: " + await socket.receive_bytes())

    methods = ["GET", "PUT", "DELETE"]
    routes = [*(Route(path, inside, methods=methods) for path in PATHS), WebSocketRoute("/_stcore/stream", stream)]
    return Starlette(routes=[*file_routes(door), *routes], middleware=[Middleware(Gate, door=door)])


def sign_in(client: TestClient, name: str, password: str = RIGHT, **fields: str):
    token = re.findall(r'name="form" value="([^"]+)"', client.get("/sign-in").text)[0]
    given = {"form": token, "name": name, "password": password} | fields
    return client.post("/sign-in", data=given, headers={"Origin": HERE})


def test_strangers_are_shown_where_to_sign_in_and_get_nothing_else(client: TestClient):
    assert client.get("/documents").headers["location"] == "/sign-in?next=/documents"
    assert client.get("/").headers["location"] == "/sign-in"
    for path in PATHS[2:]:
        assert client.get(path).text == ("inside" if path == "/_stcore/health" else "Sign in first.\n")
    assert client.put("/_stcore/upload_file/session/file", content=b"x").status_code == 403
    assert client.put("/documents").status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
        pass
    client.cookies.set(COOKIE, "made up")
    assert client.get("/").status_code == 303


def test_the_right_password_opens_the_gate_with_a_cookie_as_it_should_be(client: TestClient):
    answer = sign_in(client, "ADA", next="/documents?q=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents?q=1")
    told = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(COOKIE))
    assert re.search(r"; HttpOnly; Max-Age=\d+; Path=/; SameSite=lax$", told)
    for path in PATHS:
        assert client.get(path).text == "inside"
    assert client.get("/documents").headers["cache-control"] == "no-store"
    left = client.get("/auth/logout")
    assert left.headers["location"] == "/sign-in"
    assert client.get("/").status_code == 303


def test_over_https_the_cookies_are_secure(door: FileDoor):
    with TestClient(app(door), base_url="https://127.0.0.1", follow_redirects=False) as client:
        token = re.findall(r'name="form" value="([^"]+)"', client.get("/sign-in").text)[0]
        given = {"form": token, "name": "Ada", "password": RIGHT}
        answer = client.post("/sign-in", data=given, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert answer.status_code == 303
    assert all("; Secure" in value for value in answer.headers.get_list("set-cookie") if "Max-Age=0" not in value)


def test_what_fails_on_the_way_in_is_told_in_the_log_alone(door: FileDoor, capsys: pytest.CaptureFixture[str]):
    def fails(_request: Request) -> PlainTextResponse:
        raise StoreError("it is at /secret/place")

    routes, gate = [Route("/sign-in", fails)], Middleware(Gate, door=door)
    with TestClient(Starlette(routes=routes, middleware=[gate]), base_url=HERE) as client:
        answer = client.get("/sign-in")
    assert (answer.status_code, "Nobody can sign in just now" in answer.text) == (503, True)
    assert "/secret/place" not in answer.text
    assert "/secret/place" in capsys.readouterr().err


def test_a_session_that_was_left_is_over_for_everybody_who_has_its_cookie(client: TestClient):
    sign_in(client, "Ada")
    token = client.cookies[COOKIE]
    client.get("/auth/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert client.get("/").text == "inside", "another site's page signs nobody out"
    client.get("/auth/logout")
    client.cookies.set(COOKIE, token)
    assert client.get("/").status_code == 303


def test_wrong_names_and_wrong_passwords_look_alike(client: TestClient):
    answers = [sign_in(client, "Ada", "a wrong one"), sign_in(client, "Eve", "a wrong one")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert WRONG in answers[0].text
    assert answers[0].text.replace("Ada", "Eve") == answers[1].text
    assert all(COOKIE not in str(answer.headers) for answer in answers)


def test_the_audit_log_tells_who_tried_and_no_password(
    client: TestClient, door: FileDoor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    sign_in(client, "ADA", "a wrong one")
    sign_in(client, "my-password-in-the-wrong-place", "x")
    sign_in(client, "Ada")
    client.get("/auth/logout")
    home = door.users.path.parent
    found = [(row["user"], row["outcome"]) for row in SignInLog(AuditFile(home)).all()]
    assert found == [("Ada", "wrong password"), ("", "unknown name"), ("Ada", "signed in"), ("Ada", "signed out")]
    assert b"wrong-place" not in b"".join(path.read_bytes() for path in home.glob("audit.sqlite*"))
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    assert main(["audit", "--sign-ins"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("?  unknown name")
    log = AuditLog(home, days=1, clock=lambda: time.time() + 2 * DAY_S)
    log.sweep()
    assert SignInLog(log.file).all() == []


def test_a_log_that_cannot_be_written_keeps_nobody_out(client: TestClient, door: FileDoor):
    (door.users.path.parent / "audit.sqlite").write_bytes(b"no database at all" * 100)
    assert sign_in(client, "Ada").status_code == 303


def test_what_another_sites_page_sends_is_not_looked_at(client: TestClient):
    token = re.findall(r'name="form" value="([^"]+)"', client.get("/sign-in").text)[0]
    given = {"form": token, "name": "Ada", "password": RIGHT}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    ):
        assert client.post("/sign-in", data=given, headers=headers).status_code == 403
    assert client.post("/sign-in", data=given | {"form": "x"}, headers={"Origin": HERE}).status_code == 403
    client.cookies.clear()
    assert client.post("/sign-in", data=given, headers={"Origin": HERE}).status_code == 403
    for broken in (b"name=" + b"a" * 50_000, b"a=1&" * 25):
        assert client.post("/sign-in", content=broken, headers={"Origin": HERE}).status_code == 403
    for odd in ("http://[", "http://", "://"):
        assert client.post("/sign-in", data=given, headers={"Origin": odd}).status_code == 403


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nX: y", "documents", "/sign-out", ""]
    + ["/./auth/logout", "/x/../auth/logout", "/lab/.."],
)
def test_nobody_is_led_elsewhere(client: TestClient, wanted: str):
    assert sign_in(client, "Ada", next=wanted).headers["location"] == "/"


def test_a_name_is_shown_and_not_run(client: TestClient):
    answer = sign_in(client, '"><script>alert(1)</script>', "a wrong one", next='/"><b>')
    assert "<script" not in answer.text
    assert '"><b>' not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_guessing_takes_longer_each_time_and_the_others_wait_for_nothing(client: TestClient, door: FileDoor):
    now = [0.0]
    door.attempts = Attempts(lambda: now[0])
    for _ in range(FREE):
        assert sign_in(client, "Ada", "a wrong one").status_code == 401
    refused = sign_in(client, "ada", RIGHT)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert "try again in 1 second." in refused.text
    assert sign_in(client, "Bob").status_code == 303
    for _ in range(FREE):
        assert sign_in(client, "Nobody", "a wrong one").status_code == 401
    assert sign_in(client, "Nobody", "a wrong one").status_code == 429, "as for a name that somebody has"
    now[0] += 1
    assert sign_in(client, "Ada").status_code == 303


def test_waits_grow_to_a_limit_and_are_forgotten():
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    waits = []
    for _ in range(FREE + 20):
        waits.append(attempts.wait("ada"))
        if waits[-1]:
            now[0] += waits[-1]
            assert attempts.wait("ADA") == 0
    assert waits[:FREE] == [0] * FREE
    assert waits[FREE : FREE + 4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_WAIT_S
    attempts.succeeded("Ada")
    assert attempts.wait("ada") == 0


def test_many_names_at_once_wait_too_and_take_no_room():
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    waits = [attempts.wait(f"name {n}") for n in range(200)]
    assert waits[:120] == [0] * 120
    assert all(wait > 0 for wait in waits[120:])
    for n in range(20_000):
        now[0] += 1
        attempts.wait(f"other {n}")
    assert len(attempts._names) <= 10_000


def test_an_open_page_does_nothing_for_whoever_is_gone(client: TestClient, door: FileDoor):
    sign_in(client, "Bob")
    with client.websocket_connect(STREAM) as socket:
        socket.send_bytes(b"click")
        assert socket.receive_bytes() == b"done: click"
        door.users.remove("Bob")
        socket.send_bytes(b"click")
        assert led_to(socket.receive_bytes()) == "/"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_bytes()
    assert client.get("/").status_code == 303


def test_an_open_page_of_another_role_is_loaded_anew(client: TestClient, door: FileDoor):
    door.users.change("Bob", role=Role.EDITOR)
    sign_in(client, "Bob")
    with client.websocket_connect(STREAM) as socket:
        door.users.change("Bob", role=Role.READER)
        socket.send_bytes(b"delete")
        assert led_to(socket.receive_bytes()) == "/?told=role", "where it is said why"
    assert client.get("/").text == "inside"


def test_an_open_page_of_somebody_elses_is_told_nothing_of_roles(client: TestClient, door: FileDoor):
    sign_in(client, "Bob")
    with client.websocket_connect(STREAM) as socket:
        door.who = lambda _cookies: Person("Ada", Role.ADMIN)  # type: ignore[method-assign]
        socket.send_bytes(b"click")
        assert led_to(socket.receive_bytes()) == "/"


def led_to(sent: bytes) -> str:
    message = ForwardMsg()
    message.ParseFromString(sent)
    return message.auth_redirect.url


def test_users_that_cannot_be_read_let_nobody_in(client: TestClient, door: FileDoor):
    sign_in(client, "Ada")
    door.users.path.write_text("{", "utf-8")
    answer = client.get("/")
    assert answer.status_code == 503
    assert str(door.users.path) not in answer.text
    door.users.path.unlink()
    assert client.get("/").status_code == 303


def test_without_an_admin_the_server_does_not_start(tmp_path: Path):
    with pytest.raises(ConfigError, match="python -m app users add NAME --role admin"):
        open_door(Settings(home=tmp_path, sign_in="file"))
    assert open_door(Settings(home=tmp_path)) is None


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", ["de-AT", "de", "en"]),
        ("en;q=0.5, de ; q=0.9", ["de", "en"]),
        ("fr;q=0, *, de;q=0.1", ["de"]),
        ("de;q=x, <script>, en", ["en"]),
        ("", []),
    ],
)
def test_languages_are_read_in_the_order_in_which_a_browser_likes_them(header: str, tags: list[str]):
    assert preferred(header) == tags


def test_strangers_are_answered_in_the_language_of_their_browser(client: TestClient):
    client.headers["Accept-Language"] = "fr,de-AT;q=0.9,en;q=0.8"
    shown = client.get("/sign-in").text
    for words in ('<html lang="de">', "<title>Anmelden · Footnote</title>", ">Passwort</label>", ">Anmelden</button>"):
        assert words in shown
    assert client.get("/media/0a1b.pdf").text == "Melden Sie sich zuerst an.\n"
    answer = sign_in(client, "Ada", "a wrong one")
    assert "Name oder Passwort ist falsch." in answer.text
    del client.headers["Accept-Language"]
    assert '<html lang="en">' in client.get("/sign-in").text
    assert WRONG in sign_in(client, "Ada", "a wrong one").text


def test_the_language_that_is_set_counts_before_the_browsers(tmp_path: Path):
    UserFile(tmp_path).add("Ada", Role.ADMIN, hashed(RIGHT))
    opened = open_door(Settings(home=tmp_path, sign_in="file", language="de"))
    assert isinstance(opened, FileDoor)
    with TestClient(app(opened), base_url=HERE, headers={"Accept-Language": "en"}) as client:
        assert '<html lang="de">' in client.get("/sign-in").text
        told = [sign_in(client, "Ada", "a wrong one").text for _ in range(FREE + 4)]  # the first waits may be over soon
        assert any(re.search(r"in \d+ Sekunden? erneut", text) for text in told)
