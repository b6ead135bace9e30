"""Every error that Footnote shows to a person; each message says what happened and what to do.

FootnoteError
├── ConfigError        a setting is unknown or has a value outside its range
├── InputError         a question, path or option that cannot be used as given
├── LoadError          a file that cannot be read: too large, out of reach, stopped at a limit
│   └── Unreadable     one that no second try would read: empty, encrypted, damaged, of another kind than its name says
├── StoreError         the catalogue or a backup is damaged, locked by another writer, or of a newer version
│   └── Replaced       another library was put in its place
├── Cancelled          a person took the file off its way: no failure
│   └── TakenOver      another worker has it, since this one was silent for too long
├── IndexMismatch      an index or its vectors were built by another embedder, or its files are damaged
└── ModelError         a model file is missing or altered, or an endpoint cannot be reached or refuses
    ├── NoTools        an endpoint refuses a request because it offers tools
    └── Unavailable    an endpoint is out of reach or silent, whatever it is asked
"""

from __future__ import annotations


class FootnoteError(Exception):
    """Anything that is told to a person in one sentence instead of a traceback."""


def as_notice(error: FootnoteError, instead: str = "") -> str:
    """Sentences for an answer that was given all the same: what failed, and what was done `instead`."""
    said = str(error)
    return f"{said[:1].upper()}{said[1:].rstrip('.')}. {instead}".rstrip()


class ConfigError(FootnoteError):
    """A setting is unknown or has a value that cannot be used; names the valid ones, or the nearest."""


class InputError(FootnoteError):
    """A question, path or option cannot be used as given."""


class TooSoon(InputError):
    """A question may not be asked yet."""

    def __init__(self, reason: str, seconds: int) -> None:
        """`reason`: without the wait, of which nothing is to be kept; `seconds`: of the wait."""
        super().__init__(f"{reason}: ask again in {seconds} second{'s' * (seconds != 1)}")
        self.reason = reason
        self.seconds = seconds


class LoadError(FootnoteError):
    """A file cannot be turned into text; nothing of it is kept."""


class Unreadable(LoadError):
    """The same bytes will never be read by this version: the file itself is the reason."""


class StoreError(FootnoteError):
    """The catalogue cannot be opened or written."""


class Replaced(StoreError):
    """The catalogue that a process has open is not that of its home any more."""


class Cancelled(FootnoteError):
    """A file is not wanted any more, at least not from this worker."""

    state = "cancelled"
    """What becomes of the file here."""


class TakenOver(Cancelled):
    """Another worker has taken the file up: it is still wanted, and told as it ends there."""

    state = "taken over"


class IndexMismatch(FootnoteError):
    """An index does not belong to this embedder or is damaged; names the cure."""


class ModelError(FootnoteError):
    """A local model file is missing or altered, or a model endpoint failed."""


class Unavailable(ModelError):
    """Nobody listens at an endpoint, or it takes a request and is silent: the next request would fare alike."""


class NoTools(ModelError):
    """An endpoint refuses a request because it offers tools; without them it may take it."""

    was_tried = False
    """Whether nobody knew beforehand if it takes any: then its refusal is no failure."""
