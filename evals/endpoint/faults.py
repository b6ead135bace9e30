"""The ways in which a chat endpoint misbehaves, what has to be said of each, and how soon."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from evals.endpoint.misbehaving import Exchange, event

PAUSE_S = 0.4
"""What stands for FOOTNOTE_TIMEOUT here: seconds without a word after which an endpoint is given up."""
TRIES = 2
_BACKOFF_S = 0.5
_TOO_LONG_S = 20 * PAUSE_S
_CHECKING_S = 2.0
"""Fifty sentences are held against their source, of eight answers at once."""
MAX_TOKENS = 64

_NO_COMPLETION = "sent something that is no chat completion: check that it is OpenAI-compatible"
_SILENT = f"sent nothing for {PAUSE_S:g} seconds: it may be loading or busy"
_CUT = "broke off in the middle of its answer: ask again"
_EMPTY = "sent an empty answer: ask again, or choose another FOOTNOTE_CHAT_MODEL"
_BUSY = "has had too many requests for now"
_TEXT = ("The harbour ", "of Fowey opens ", "at six ", "in the morning. ", "[1] ")
_ANSWER = ("The model maps ", "sentences and ", "paragraphs to a ", "384 dimensional ", "dense vector space. ", "[1] ")
"""What one of the samples says."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave."""

    reply: Callable[[Exchange], None]
    sentence: str
    """Has to be in what is shown, or it is the wrong sentence."""
    limit_s: float = 0.0
    """From the request to the end of the answer: what the settings allow, without what a busy machine adds."""
    keeps_text: bool = False
    """What was written before is shown."""


def _retried(seconds: float = 0.0) -> float:
    return TRIES * seconds + (TRIES - 1) * _BACKOFF_S


def _silent(exchange: Exchange) -> None:
    exchange.pause(_TOO_LONG_S)
    exchange.hang_up()


def _headers_crawl(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\n")
    exchange.forever(b"x: y\r\n", every=PAUSE_S / 4)


def _interim(exchange: Exchange) -> None:
    exchange.forever(b"HTTP/1.1 103 Early Hints\r\n\r\n", every=PAUSE_S / 4)


def _slow_word(exchange: Exchange) -> None:
    exchange.begin()
    exchange.forever(b"7\r\n: wait\n\r\n", every=PAUSE_S / 4)


def _slow_tokens(exchange: Exchange) -> None:
    exchange.begin()
    for text in _TEXT:
        exchange.words(text)
        exchange.pause(PAUSE_S / 8)
    exchange.pause(_TOO_LONG_S)
    exchange.words("Too late.")
    exchange.end(event(finish_reason="stop"))


def _cut(exchange: Exchange) -> None:
    exchange.begin()
    exchange.words(*_TEXT)
    exchange.hang_up()


def _counts_wrongly(exchange: Exchange) -> None:
    exchange.begin()
    exchange.words(*_TEXT)
    usage = b'data: {"usage": {"prompt_tokens": 1%s, "completion_tokens": true}}\n\n' % (b"0" * 20)
    exchange.end(event(finish_reason="stop"), usage, b"data: [DONE]\n\n")


def _cut_early(exchange: Exchange) -> None:
    exchange.begin()
    exchange.chunk(b": wait\n\n")
    exchange.hang_up()


def _cut_letter(exchange: Exchange) -> None:
    exchange.begin()
    exchange.words(*_TEXT)
    exchange.chunk(event("caf\u00e9").partition(b"\xa9")[0])
    exchange.hang_up()


def _no_words(exchange: Exchange) -> None:
    exchange.begin()
    exchange.end(event(finish_reason="stop"), b"data: [DONE]\n\n")


def _latin(exchange: Exchange) -> None:
    exchange.begin(media_type="text/event-stream; charset=iso-8859-1")
    exchange.end(event("Der Hafen \u00f6ffnet").decode().encode("latin-1"))


def _endless_words(exchange: Exchange) -> None:
    exchange.begin()
    exchange.words(*_TEXT)
    part = event("The harbour opens at six in the morning. ")
    exchange.forever(b"%x\r\n%s\r\n" % (len(part), part))


def _endless_line(exchange: Exchange) -> None:
    exchange.begin()
    exchange.chunk(b"data: ")
    exchange.forever(b"10000\r\n%s\r\n" % (b"x" * 0x10000))


def _endless_json(exchange: Exchange) -> None:
    exchange.begin(media_type="application/json")
    exchange.forever(b"10000\r\n%s\r\n" % (b" " * 0x10000))


def _json_crawls(exchange: Exchange) -> None:
    exchange.begin(media_type="application/json")
    exchange.forever(b"1\r\n \r\n", every=PAUSE_S / 4)


def _endless_headers(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\n")
    exchange.forever(b"x: " + b"y" * 4000 + b"\r\n")


def _endless_error(exchange: Exchange) -> None:
    exchange.begin(401, "text/plain")
    exchange.forever(b"1000\r\n%s\r\n" % (b"No. " * 0x400))


def _error_crawls(exchange: Exchange) -> None:
    exchange.begin(401, "text/plain")
    exchange.forever(b"4\r\nNo. \r\n", every=PAUSE_S / 4)


@cache
def _packed(start: bytes, then: bytes) -> bytes:
    """A hundred kilobytes for a hundred megabytes."""
    return gzip.compress(start + then * (100_000_000 // len(then)), 9)


def _error_bomb(exchange: Exchange) -> None:
    exchange.whole(401, _packed(b"", b"No. "), "text/plain", content_encoding="gzip")


def _bomb(exchange: Exchange) -> None:
    exchange.whole(200, _packed(b"data: ", b"x"), "text/event-stream", content_encoding="gzip")


def _well(exchange: Exchange) -> None:
    exchange.begin()
    exchange.words(*_ANSWER)
    exchange.end(event(finish_reason="stop"), b"data: [DONE]\n\n")


def _words_for_long(exchange: Exchange) -> None:
    """Such that a person can leave in the middle. It begins after half a second, as soon as real ones do: the page has
    drawn the question by then."""
    exchange.begin()
    exchange.pause(0.5)
    for _ in range(1000):
        exchange.words("The model maps sentences to vectors. ")
        exchange.pause(0.02)


def _mute(exchange: Exchange) -> None:
    exchange.pause(20.0)
    _well(exchange)


def _status(status: int, reason: str, **headers: str) -> Callable[[Exchange], None]:
    body = b'{"error": {"message": "%s"}}' % reason.encode()
    return lambda exchange: exchange.whole(status, body, **headers)


def _sends(body: bytes, media_type: str = "text/event-stream", **headers: str) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.whole(200, body, media_type, **headers)


DOWN = "down"
"""Nobody listens: the one fault that needs no server."""
WELL, LONG, MUTE = "well", "long", "mute"
"""No faults: an answer at once, one of twenty seconds, and one that begins after twenty, as a large model's would."""

FAULTS: dict[str, Fault] = {
    DOWN: Fault(Exchange.hang_up, "nobody listens there", _retried()),
    "hangs up": Fault(Exchange.hang_up, "it hung up", _retried()),
    "slow first byte": Fault(_silent, _SILENT, PAUSE_S),
    "headers crawl": Fault(_headers_crawl, _SILENT, PAUSE_S),
    "only interim answers": Fault(_interim, _SILENT, PAUSE_S),
    "slow first word": Fault(_slow_word, _SILENT, 2 * PAUSE_S),
    "slow tokens": Fault(_slow_tokens, _SILENT, len(_TEXT) * PAUSE_S / 8 + PAUSE_S, keeps_text=True),
    "cut": Fault(_cut, _CUT, keeps_text=True),
    "cut inside a letter": Fault(_cut_letter, _CUT, keeps_text=True),
    "cut before a word": Fault(_cut_early, _CUT, _retried()),
    "401": Fault(_status(401, "no such key"), "refused the key (no such key): set OPENAI_API_KEY"),
    "429": Fault(_status(429, "slow down"), f"{_BUSY} (slow down): ask again, or see", _retried()),
    "429, 1 s": Fault(_status(429, "slow down", retry_after="1"), f"{_BUSY} (slow down): ask again in 1 second", 1.0),
    "429, 1 hour": Fault(_status(429, "slow", retry_after="3600"), f"{_BUSY} (slow): ask again in 3,600 seconds"),
    "500": Fault(_status(500, "boom"), "failed with status 500 (boom): ask again, or look at its log", _retried()),
    "bad JSON": Fault(_sends(b"data: {not json\n\n"), _NO_COMPLETION),
    "JSON that is no answer": Fault(_sends(b'["no"]', "application/json"), _NO_COMPLETION),
    "a web page": Fault(_sends(b"<html>hello</html>", "text/html"), "answers with a web page: OPENAI_BASE_URL is"),
    "empty": Fault(_no_words, _EMPTY),
    "counts that nothing takes": Fault(_counts_wrongly, "", _CHECKING_S, keeps_text=True),
    "no bytes": Fault(_sends(b""), _CUT, _retried()),
    "not gzip": Fault(_sends(event("Hello."), content_encoding="gzip"), _NO_COMPLETION),
    "Latin-1": Fault(_latin, _NO_COMPLETION),
    "UTF-16": Fault(_sends(event("Hello.").decode().encode("utf-16")), _NO_COMPLETION),
    "endless words": Fault(_endless_words, "The answer reached its length limit", _CHECKING_S, keeps_text=True),
    "endless line": Fault(_endless_line, _NO_COMPLETION),
    "endless headers": Fault(_endless_headers, _NO_COMPLETION),
    "endless JSON": Fault(_endless_json, _NO_COMPLETION),
    "JSON crawls": Fault(_json_crawls, _SILENT, 2 * PAUSE_S),
    "endless error": Fault(_endless_error, "refused the key (No. No."),
    "error crawls": Fault(_error_crawls, "refused the key (No. No.", PAUSE_S),
    "error that unpacks to 100 MB": Fault(_error_bomb, "refused the key (No. No."),
    "stream that unpacks to 100 MB": Fault(_bomb, _NO_COMPLETION),
}
REPLIES: dict[str, Callable[[Exchange], None]] = {
    WELL: _well,
    LONG: _words_for_long,
    MUTE: _mute,
    **{name: fault.reply for name, fault in FAULTS.items()},
}
"""All that the endpoint does, by the first part of the path."""
