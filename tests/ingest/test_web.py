"""Web pages are documents: added by their address, asked for again politely, and refused where they are private."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from rag.errors import ConfigError
from rag.settings import Settings
from tests.ingest.site import Site, serving
from tests.ingest.working import ROOT, until

pytestmark = pytest.mark.slow

PAGE = (
    "<html><head><title>Harbour rules</title></head><body><nav><a href=/>Home</a></nav><main><h1>Harbour rules</h1>"
    "<p>The harbour of Fowey opens at {hour} in the morning, and boats leave with the tide.</p></main></body></html>"
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site on this machine, which the settings open."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    with serving() as made:
        monkeypatch.setenv("FOOTNOTE_FETCH_NETWORKS", "127.0.0.0/8")
        monkeypatch.setenv("FOOTNOTE_FETCH_PORTS", f"80 443 {made.port}")
        yield made


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict]]:
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_page_is_added_and_followed(site: Site, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    address = site.page("/rules", PAGE.format(hour="six"), etag='"one"')
    code, (row,) = run(capsys, "add", address)
    assert (code, row["state"], row["source"]) == (0, "ready", address)
    library = Library(Settings(home=tmp_path / "home"))
    (record,) = library.catalogue.documents()
    assert (record.title, record.source) == ("Harbour rules", address)
    assert "Home" not in library.catalogue.text(record.id)
    n = len(site.asked)
    assert run(capsys, "sync", "--web", "--dry-run") == (0, [{"plan": "ask", "source": address}])
    assert main(["sync", "--web", "--dry-run"]) == 0
    assert "1 page will be asked for" in capsys.readouterr().out
    assert len(site.asked) == n
    site.page("/rules", b"", status=304)
    assert run(capsys, "sync", "--web")[1][0]["state"] == "unchanged"
    assert site.asked[-1][1]["if-none-match"] == '"one"'
    site.page("/rules", PAGE.format(hour="seven"), etag='"two"')
    assert run(capsys, "sync", "--web")[1][0]["state"] == "ready"
    assert "seven" in library.retriever.retrieve("when does the harbour open", 1).hits[0].chunk.text
    assert library.catalogue.documents()[0].id == record.id
    assert len(list((tmp_path / "home/uploads").iterdir())) == 1
    site.page("/rules", PAGE.format(hour="seven"), etag='"three"')
    assert run(capsys, "add", address)[1][0]["state"] == "unchanged"
    library.catalogue.database.execute("UPDATE documents SET fingerprint = 'old'")
    n = len(site.asked)
    (again,) = run(capsys, "reindex")[1]
    assert (again["state"], again["reason"]) == ("ready", "")
    assert len(site.asked) == n  # from the copy that is kept
    assert run(capsys, "remove", address)[0] == 0
    assert list((tmp_path / "home/uploads").iterdir()) == []


def test_the_same_page_under_two_addresses_is_stored_once(
    site: Site, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    body = PAGE.format(hour="six")
    first = site.page("/", body, etag='"one"')
    second = site.page("/index.html", body, etag='"two"')
    assert run(capsys, "add", first)[1][0]["state"] == "ready"
    (row,) = run(capsys, "add", second)[1]
    assert row["reason"].startswith(f"It has the same content as {first}")
    library = Library(Settings(home=tmp_path / "home"))
    (record,) = library.catalogue.documents()
    assert {record.source, *record.also} == {first, second}
    text = site.page("/text", body, content_type="text/plain")  # the same bytes, read in another way
    assert run(capsys, "add", text)[1][0]["reason"] == ""
    assert run(capsys, "remove", text)[0] == 0
    for path in ("/", "/index.html"):
        site.page(path, b"", status=304)
    assert {row["state"] for row in run(capsys, "sync", "--web")[1] if "state" in row} == {"unchanged"}
    assert [headers.get("if-none-match") for _, headers in site.asked[-2:]] == ['"one"', '"two"']
    site.page("/index.html", PAGE.format(hour="seven"), etag='"three"')
    assert run(capsys, "sync", "--web")[0] == 0
    assert sorted(r.source for r in library.catalogue.documents()) == [first, second]
    assert run(capsys, "remove", first)[0] == 0
    (left,) = library.catalogue.documents()
    assert "seven" in library.catalogue.text(left.id)
    library.catalogue.database.execute("UPDATE documents SET fingerprint = 'old'")
    assert run(capsys, "reindex")[1][0]["state"] == "ready"


def test_what_gives_nothing_fails_with_a_sentence(site: Site, capsys: pytest.CaptureFixture[str]):
    site.answers["/gone"] = lambda handler: handler.send_error(410)
    code, (row,) = run(capsys, "add", site.url("/gone"))
    assert (code, row["state"]) == (1, "failed")
    assert "taken down" in row["reason"]
    (job,) = run(capsys, "jobs")[1]
    assert (job["state"], job["step"]) == ("failed", "fetching")
    for command in (("add", site.url("/gone")), ("jobs",)):
        main([*command])
        (line,) = [line for line in capsys.readouterr().out.splitlines() if "/gone" in line]
        assert line.endswith(f"{site.url('/gone')}: has been taken down for good (status 410).")
        assert line.count("/gone") == 1


def test_a_page_that_changed_is_named(site: Site, capsys: pytest.CaptureFixture[str]):
    addresses = [site.page(path, PAGE.format(hour="six"), etag='"one"') for path in ("/rules", "/other")]
    run(capsys, "add", *addresses)
    site.page("/rules", PAGE.format(hour="seven"), etag='"two"')
    site.page("/other", b"", status=304)
    assert main(["sync", "--web"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"changed    {addresses[0]}"
    site.page("/rules", b"", status=304)
    assert main(["sync", "--web"]) == 0
    assert "/rules" not in capsys.readouterr().out


def test_a_server_of_ones_own_needs_two_settings_which_are_named_at_once(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    address = site.page("/rules", PAGE.format(hour="six"))
    monkeypatch.setenv("FOOTNOTE_FETCH_NETWORKS", "")
    monkeypatch.setenv("FOOTNOTE_FETCH_PORTS", "80 443")
    (row,) = run(capsys, "add", address)[1]
    assert "FOOTNOTE_FETCH_PORTS" in row["reason"]
    assert "and 127.0.0.0/8 to" in row["reason"]
    assert "FOOTNOTE_FETCH_NETWORKS" in row["reason"]


def test_private_addresses_are_refused_unless_a_setting_opens_them(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    address = site.page("/rules", PAGE.format(hour="six"))
    monkeypatch.setenv("FOOTNOTE_FETCH_NETWORKS", "")
    code, (row,) = run(capsys, "add", address)
    assert (code, row["state"]) == (1, "failed")
    assert site.asked == []
    monkeypatch.setenv("FOOTNOTE_FETCH_NETWORKS", "not a network")
    assert main(["list"]) == 2
    with pytest.raises(ConfigError, match="FETCH_PORTS"):
        Settings.from_env({"FOOTNOTE_FETCH_PORTS": "80 ninety"})


@pytest.mark.parametrize("address", ["http://user:secretpw@example.org/", "https://", "http://[::1/"])
def test_an_address_of_no_use_is_stored_nowhere(address: str, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["add", address]) == 2
    assert "secretpw" not in capsys.readouterr().err
    home = tmp_path / "home"
    assert not home.exists() or Library(Settings(home=home)).jobs.jobs() == []


def test_a_page_has_one_name_wherever_on_it_one_points(site: Site, capsys: pytest.CaptureFixture[str]):
    address = site.page("/rules", PAGE.format(hour="six"))
    assert run(capsys, "add", f"{address}#tides")[1][0]["source"] == address


def test_ctrl_c_ends_a_page_that_comes_slowly(site: Site, tmp_path: Path):
    """Which is told as what it is: it is fetched, and nothing of it is parsed yet."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/plain")
        handler.end_headers()
        with suppress(OSError):
            for _ in range(120):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.5)

    site.answers["/drip"] = drip
    command = [sys.executable, "-m", "ingest", "add", site.url("/drip")]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    until(lambda: "/drip" in site.paths())
    table = Library(Settings(home=tmp_path / "home")).jobs
    until(lambda: [job.state for job in table.jobs()] == ["fetching"])
    begun = time.monotonic()
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=240)
    assert time.monotonic() - begun < 20, said
    assert running.returncode == 130
