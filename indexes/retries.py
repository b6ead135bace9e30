"""This file asks an endpoint again after failures that may pass, as long as not a word of the answer has come."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from email.utils import parsedate_to_datetime
from time import time
from typing import TypeVar

from rag.errors import ModelError

T = TypeVar("T")

PASSING = frozenset({408, 409, 429})
"""Statuses that another try may get past, besides all from 500 on."""
MAX_WAIT = 20.0
"""Seconds that a retry waits at most; an endpoint that asks for more is not waited for."""
_FIRST_WAIT = 0.5
_MOST_WAIT = 8.0


class MayPass(Exception):
    """A failure before the first word that another try may get past; `wait` in seconds where the endpoint names it."""

    def __init__(self, error: ModelError, wait: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.wait = wait


class OtherRequest(Exception):
    """The request was refused as it is and goes again at once, changed; this is no retry."""


def with_retries(
    attempt: Callable[[], Generator[T, None, None]], retries: int, sleep: Callable[[float], None]
) -> Generator[T, None, None]:
    """What the first attempt yields that does not raise MayPass. Raises the last one's ModelError."""
    tries = 0
    while True:
        try:
            with closing(attempt()) as deltas:
                return (yield from deltas)
        except OtherRequest:
            continue
        except MayPass as failure:
            wait = failure.wait if failure.wait is not None else _backoff(tries)
            tries += 1
            if tries > retries or wait > MAX_WAIT:
                raise failure.error from failure.__cause__
            sleep(wait)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that an endpoint asks to wait: given in milliseconds, seconds or as a date."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        return seconds if 0 <= seconds < float("inf") else None
    try:
        return max(0.0, parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time())
    except (ValueError, OverflowError):
        return None


def _backoff(tries: int) -> float:
    """Seconds: doubled each time, a little less by chance so that many clients do not come back at once."""
    longest: float = min(_MOST_WAIT, _FIRST_WAIT * 2**tries)
    return longest * random.uniform(0.75, 1)  # noqa: S311
