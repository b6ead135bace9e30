"""This file posts traces to a collector, for a bounded time, and says once in a row of failures what it does wrong."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace

import httpx2

from indexes.connection import Refused, open_client, refuse
from indexes.endpoint import CHAT, Endpoint, reason_in
from indexes.patience import looking, pause, within

_CONNECT_SECONDS = 2.0
_MAY_PASS = frozenset({429, 502, 503, 504})
_TRACES = replace(CHAT, name="trace collector", url_setting="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_log = logging.getLogger("footnote")


class _TooLate(Exception):
    """The process ends."""


class Poster:
    """Posts to one collector, from one thread."""

    def __init__(self, url: str, headers: Mapping[str, str], seconds: float) -> None:
        """`seconds`: for one body with all its tries. Raises ConfigError for an address that cannot be used."""
        self._endpoint = Endpoint(url, "", "", _TRACES)
        self._url = httpx2.URL(url).copy_with(username="", password="")
        self._headers = {**headers, "content-type": "application/x-protobuf"}
        self._timeout = httpx2.Timeout(seconds, connect=_CONNECT_SECONDS)
        self._seconds = seconds
        self._end = float("inf")
        self._is_failing = False
        self._client = open_client(url, self._endpoint, seconds)
        self._client.event_hooks = {"response": [refuse]}

    def post(self, body: bytes) -> None:
        """Tells of the first failure in a row; raises nothing that a collector can do."""
        if time.monotonic() >= self._end:
            return
        try:
            with looking(self._look), within(self._seconds):
                self._tried(body)
        except Refused as error:
            reason = self._endpoint.redacted(reason_in(error.body))[:200]
            self._tell(f"answers with status {error.response.status_code}{f' ({reason})' if reason else ''}")
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            has_ended = time.monotonic() >= self._end and not isinstance(error, httpx2.ConnectError)
            is_late = isinstance(error, httpx2.TimeoutException) or has_ended
            self._tell("does not take them in time" if is_late else "is not there")
        except _TooLate:
            self._tell("does not take them in time")
        else:
            self._is_failing = False

    def _tried(self, body: bytes) -> None:
        """Again after what may pass, as long as this thread's clock lasts."""
        wait = 0.5
        while True:
            try:
                with self._client.stream(
                    "POST", self._url, content=body, headers=self._headers, timeout=self._timeout
                ) as response:
                    for _ in zip(range(4), response.iter_raw(), strict=False):
                        pass  # a short answer is read to its end, so that the connection serves again
                return
            except Refused as error:
                if error.response.status_code not in _MAY_PASS or wait > self._seconds / 4:
                    raise
            except httpx2.NetworkError:
                if wait > self._seconds / 4 or time.monotonic() + wait >= self._end:
                    raise
            pause(wait)
            wait *= 2

    def _look(self) -> None:
        if time.monotonic() >= self._end:
            raise _TooLate

    def _tell(self, what: str) -> None:
        if not self._is_failing:
            self._is_failing = True
            _log.warning("The trace collector at %s %s: these traces are dropped.", self._endpoint.address, what)

    def give_up_in(self, seconds: float) -> None:
        """What is not posted by then is dropped."""
        self._end = time.monotonic() + seconds

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
