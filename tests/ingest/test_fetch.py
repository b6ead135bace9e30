"""Fetching a page by its address, from real servers on this machine."""

from __future__ import annotations

import gzip
import threading
import time
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ingest.fetch import LOOPBACK, Fetched, Guard, Limits, NotModified, Robots, fetch
from ingest.fetch.robots import USER_AGENT
from ingest.loaders import load
from rag.errors import InputError, LoadError
from tests.ingest.site import Site, serving

CUT_OFF = gzip.compress(b"abc" * 99, mtime=0)[:-9]
LIMITS = Limits(max_bytes=1_000_000, total_s=10, stall_s=5)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as opened:
        yield opened


def here(site: Site) -> Guard:
    """Loopback is let in, and the port that the system gave the server."""
    return Guard(ports=frozenset({80, 443, site.port}), allowed=LOOPBACK)


def got(site: Site, url: str, folder: Path, limits: Limits = LIMITS, **options: str) -> Fetched:
    found = fetch(url, into=folder, limits=limits, guard=here(site), **options)  # type: ignore[arg-type]
    assert isinstance(found, Fetched)
    return found


def failure(site: Site, url: str, folder: Path, limits: Limits = LIMITS) -> str:
    """The sentence with which a fetch fails; nothing may be left behind then."""
    with pytest.raises(LoadError) as raised:
        got(site, url, folder, limits)
    assert not list(folder.iterdir())
    assert len(str(raised.value).splitlines()) == 1
    assert "'http" in str(raised.value)
    return str(raised.value)


def test_a_page(site: Site, tmp_path: Path):
    url = site.page("/docs/guide", "<p>words</p>", etag='"1"', last_modified="Tue, 24 Nov 2026 10:00:00 GMT")
    found = got(site, url + "?page=2#part", tmp_path / "new")
    assert found == Fetched(
        tmp_path / "new" / "guide.html", url + "?page=2", "guide.html", "text/html", '"1"',
        "Tue, 24 Nov 2026 10:00:00 GMT",
    )  # fmt: skip
    assert found.path.read_text() == "<p>words</p>"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["guide.html"]
    assert site.paths() == ["/docs/guide?page=2"]
    _, headers = site.asked[-1]
    assert headers["user-agent"] == USER_AGENT
    assert headers["host"] == f"127.0.0.1:{site.port}"


def test_the_version_that_sites_are_told_is_true():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert USER_AGENT.startswith(f"Footnote/{project['version']} (+")


def test_what_has_not_changed_is_not_sent_again(site: Site, tmp_path: Path):
    url = site.page("/a", b"", status=304)
    found = fetch(url, into=tmp_path, limits=LIMITS, guard=here(site), etag='"1"', last_modified="Tue, 24 Nov 2026")
    assert found == NotModified(url)
    assert site.asked[-1][1]["if-none-match"] == '"1"'
    assert site.asked[-1][1]["if-modified-since"] == "Tue, 24 Nov 2026"
    assert not list(tmp_path.iterdir())


def test_a_stored_etag_cannot_smuggle_headers(site: Site, tmp_path: Path):
    got(site, site.page("/a"), tmp_path, etag='"1"\r\nX-Evil: 1')
    assert not {"x-evil", "if-none-match"} & set(site.asked[-1][1])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(site: Site, tmp_path: Path, status: int):
    site.moved("/a", "/b?x=1#there", status)
    site.page("/b", "<p>there</p>")
    found = got(site, site.url("/a"), tmp_path)
    assert (found.url, found.name) == (site.url("/b?x=1"), "b.html")


def test_five_redirects_but_no_loop(site: Site, tmp_path: Path):
    for n in range(5):
        site.moved(f"/{n}", f"/{n + 1}")
    site.page("/5")
    site.moved("/loop", "/loop")
    assert got(site, site.url("/0"), tmp_path / "five").name == "5.html"
    tmp_path.joinpath("five", "5.html").unlink()
    assert "from page to page" in failure(site, site.url("/loop"), tmp_path / "five")


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "login"), (403, "closed"), (404, "does not exist"), (410, "taken down"), (429, "too often"), (500, "failed"),
     (503, "failed"), (204, "no page"), (206, "no page"), (302, "without saying where")],
)  # fmt: skip
def test_other_answers_are_sentences(site: Site, tmp_path: Path, status: int, words: str):
    assert words in failure(site, site.page("/a", b"", status=status), tmp_path)


def test_too_much(site: Site, tmp_path: Path):
    url = site.page("/a", b"x" * 1_000_001, content_type="text/plain")
    assert "the limit is 1 MB" in failure(site, url, tmp_path)
    url = site.page("/a", b"x" * 1_000_001, content_type="text/plain", content_length="")
    assert "limit" in failure(site, url, tmp_path)
    assert got(site, site.page("/a", b"x" * 1_000_000, content_type="text/plain"), tmp_path).name == "a.txt"


def test_a_bomb_is_stopped_at_the_limit(site: Site, tmp_path: Path):
    bomb = gzip.compress(bytes(200_000_000))
    assert len(bomb) < LIMITS.max_bytes
    url = site.page("/a", bomb, content_encoding="gzip")
    assert "limit" in failure(site, url, tmp_path)


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data, wbits=-15)),
        ("identity", bytes),
    ],
)
def test_packed_answers(site: Site, tmp_path: Path, encoding: str, pack):  # noqa: ANN001
    data = b"".join(b"%d " % n for n in range(100_000))
    url = site.page("/a.txt", pack(data), content_type="text/plain", content_encoding=encoding)
    assert got(site, url, tmp_path).path.read_bytes() == data


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (b"no gzip", "gzip", "damaged"),
        (CUT_OFF, "gzip", "broke off"),
        (b"x", "br", "'br'"),
    ],
)
def test_what_cannot_be_unpacked(site: Site, tmp_path: Path, body: bytes, encoding: str, words: str):
    assert words in failure(site, site.page("/a", body, content_encoding=encoding), tmp_path)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n")
    for _ in range(1200):
        handler.wfile.write(b"X: y\r\n")
        handler.wfile.flush()
        time.sleep(0.05)


def silent(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    handler.wfile.write(b"begin")
    handler.wfile.flush()
    time.sleep(60)


def test_slow_servers(site: Site, tmp_path: Path):
    site.answers |= {"/drip": dripping, "/silent": silent}
    start = time.monotonic()
    assert "longer than 0.5 s" in failure(site, site.url("/drip"), tmp_path, replace(LIMITS, total_s=0.5))
    assert "did not answer for 0.2 s" in failure(site, site.url("/silent"), tmp_path, replace(LIMITS, stall_s=0.2))
    assert time.monotonic() - start < 30, "each would go on for a minute"


def test_a_site_that_is_silent_is_not_waited_for_once_the_run_is_stopped(site: Site, tmp_path: Path):
    stopping, is_over = threading.Event(), threading.Event()
    begun = []

    def silent(_handler: BaseHTTPRequestHandler) -> None:
        is_over.wait(0.5)
        begun.append(time.monotonic())
        stopping.set()
        is_over.wait(20)

    site.answers["/silent"] = silent
    with pytest.raises(LoadError, match="since the run was stopped"):
        fetch(site.url("/silent"), into=tmp_path, limits=LIMITS, guard=here(site), stopping=stopping)
    is_over.set()
    assert time.monotonic() - begun[0] < 15, "it would wait for twenty seconds"


def test_an_answer_that_breaks_off(site: Site, tmp_path: Path):
    assert "broke off" in failure(site, site.page("/a", "short", content_length="100"), tmp_path)
    site.answers["/b"] = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n") and None
    assert "HTTP" in failure(site, site.url("/b"), tmp_path)


@pytest.mark.parametrize("media_type", ["image/heic", "video/mp4", "application/x-msdownload", "", "nonsense"])
def test_kinds_that_nobody_reads(site: Site, tmp_path: Path, media_type: str):
    sentence = failure(site, site.page("/a", content_type=media_type), tmp_path)
    assert "what can be read" in sentence


def test_nobody_is_there(tmp_path: Path):
    guard = Guard(ports=frozenset({1}), allowed=LOOPBACK)
    with pytest.raises(LoadError, match="cannot be connected to"):
        fetch("http://127.0.0.1:1/", into=tmp_path, limits=LIMITS, guard=guard)


def test_no_proxy_of_the_environment_is_used(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert got(site, site.page("/a"), tmp_path).name == "a.html"


def test_a_charset_that_only_the_server_names(site: Site, tmp_path: Path):
    text = "Zażółć gęślą jaźń, proszę bardzo"
    url = site.page("/a", f"<p>{text}</p>".encode("iso-8859-2"), content_type="text/html; charset=ISO-8859-2")
    path = got(site, url, tmp_path).path
    assert load(path, path.name, max_bytes=1_000_000).text == text
    for odd in ("hex", "punycode", "none-such", "utf-8", "idna"):
        url = site.page("/b", "<p>plain ü</p>", content_type=f"text/html; charset={odd}")
        assert got(site, url, tmp_path).path.read_text() == "<p>plain ü</p>"


def test_non_ascii_paths_are_encoded_once(site: Site, tmp_path: Path):
    site.page("/stra%C3%9Fe/%C3%BCber%20uns")
    assert got(site, site.url("/straße/über%20uns?q=ä%41"), tmp_path).name == "über uns.html"
    assert site.paths() == ["/stra%C3%9Fe/%C3%BCber%20uns?q=%C3%A4%41"]


def test_a_folder_that_cannot_be_written(site: Site, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        got(site, site.page("/a"), tmp_path / "file")


def test_the_rules_of_a_site(site: Site, tmp_path: Path):
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: footnote\nDisallow: /private\nAllow: /private/open*.html$\n"
    site.page("/robots.txt", rules, content_type="text/plain")
    for path in ("/a", "/private/x", "/private/open1.html"):
        site.page(path)
    robots = Robots()

    def ask(path: str) -> object:
        return fetch(site.url(path), into=tmp_path, limits=LIMITS, guard=here(site), robots=robots)

    assert isinstance(ask("/a"), Fetched)
    assert isinstance(ask("/private/open1.html"), Fetched)
    with pytest.raises(LoadError, match=r"robots\.txt asks programs to stay away"):
        ask("/private/x")
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a", "/private/open1.html"]


def test_rules_hold_where_a_redirect_leads(site: Site, tmp_path: Path):
    site.page("/robots.txt", "User-agent: *\nDisallow: /b", content_type="text/plain")
    site.moved("/a", "/b")
    assert "stay away" in failure(site, site.url("/a"), tmp_path)
    assert site.paths() == ["/a"]


@pytest.mark.parametrize(
    ("status", "may"), [(404, True), (403, True), (401, True), (500, False), (503, False), (429, False)]
)
def test_rules_that_cannot_be_had(site: Site, tmp_path: Path, status: int, may: bool):
    site.page("/robots.txt", b"User-agent: *\nDisallow: /", status=status)
    url = site.page("/a")
    if may:
        assert got(site, url, tmp_path).name == "a.html"
    else:
        assert f"robots.txt, which says what may be read, cannot be had (status {status})" in failure(
            site, url, tmp_path
        )
        assert site.paths() == []


def test_rules_without_end_are_read_to_their_limit(site: Site, tmp_path: Path):
    site.page("/robots.txt", "User-agent: *\nDisallow: /a\n" + "# x\n" * 1_000_000, content_type="text/plain")
    assert "stay away" in failure(site, site.page("/a"), tmp_path)
    assert got(site, site.page("/b"), tmp_path).name == "b.html"
