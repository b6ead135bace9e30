"""What the server takes from pages of other origins, and of other names that lead to it: nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from evals.served import served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("origins") / "home", FOOTNOTE_WORKERS="0") as (url, _):
        yield url


def status(address: str, path: str, method: str) -> int:
    connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, b"words")
        return connection.getresponse().status
    finally:
        connection.close()


def opens(address: str, *, host: str, origin: str) -> bool:
    """Whether a page of this origin, that calls the server by this name, gets a connection."""
    websockets = pytest.importorskip("websockets")

    async def connect() -> bool:
        wanted = {"additional_headers": {"Host": host}, "origin": origin, "subprotocols": ["streamlit"]}
        try:
            async with websockets.connect(f"{address.replace('http', 'ws', 1)}/_stcore/stream", **wanted):
                return True
        except websockets.InvalidStatus as error:
            assert error.response.status_code == 403
            return False

    return asyncio.run(connect())


def test_only_its_own_pages_are_answered(address: str):
    name = address.removeprefix("http://")
    assert opens(address, host=name, origin=address)
    assert not opens(address, host=name, origin="http://evil.example")
    port = name.partition(":")[2]
    rebound = f"evil.example:{port}"
    assert not opens(address, host=rebound, origin=f"http://{rebound}")


def test_a_file_is_taken_from_its_own_page_alone(address: str):
    assert status(address, "/_stcore/upload_file/session/file", "PUT") == 403
    assert status(address, "/_stcore/upload_file/session/file", "DELETE") == 403
