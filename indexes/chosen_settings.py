"""Settings that an admin chose on the page, in `settings.json` of the home; environment and `.env` go before them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from indexes.folder_digest import write_durably
from indexes.system_errors import told
from rag.errors import ConfigError, InputError, StoreError
from rag.settings import CHOOSABLE, ENV_NAMES

NAME = "settings.json"
_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Change:
    """The last change, which can be taken back."""

    name: str
    """Of the variable."""
    before: str | None
    """None where the page had chosen nothing."""
    after: str | None
    by: str
    at: float
    """Seconds, UTC."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands in the file."""

    values: Mapping[str, str]
    """Variable -> text, as it would stand in the environment."""
    last: Change | None = None


class ChosenSettings:
    """Of one home. Processes may share the file, since each writing puts a whole one in its place."""

    def __init__(self, home: Path) -> None:
        self.path = home / NAME

    def read(self) -> Chosen:
        """What was chosen. Raises ConfigError for a file that is none, or that sets what nobody may set on the page;
        StoreError for one that cannot be read."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
            chosen = Chosen(dict(found["values"]), Change(**found["last"]) if found["last"] else None)
        except (FileNotFoundError, NotADirectoryError):
            return Chosen({})
        except OSError as error:
            raise StoreError(f"the settings of the page cannot be read: {told(error)}") from error
        except (ValueError, TypeError, KeyError) as error:
            raise ConfigError(
                f"{self.path} holds no settings of the page: delete it, or put a good one back"
            ) from error
        allowed = {ENV_NAMES[name] for name in CHOOSABLE}
        if odd := [name for name, text in chosen.values.items() if name not in allowed or not isinstance(text, str)]:
            raise ConfigError(f"{self.path} sets {odd[0]}, which only the environment and .env may: take it out there")
        return chosen

    def choose(self, name: str, text: str | None, by: str, check: Callable[[Mapping[str, str]], None]) -> None:
        """Set a variable, or leave it to its default with None. `check` gets all that would be chosen, and raises what
        speaks against it. Raises StoreError where the file cannot be written."""
        with _writing:
            chosen = self.read()
            change = Change(name, chosen.values.get(name), text, by, time.time())
            self._put(_with(chosen.values, name, text), change, check)

    def undo(self, change: Change, check: Callable[[Mapping[str, str]], None]) -> None:
        """Take a change back; once, and as `choose` does. Raises InputError where it is not the last one any more."""
        with _writing:
            chosen = self.read()
            if chosen.last != change:
                raise InputError("that change is taken back already, or another one came after it: look at what is set")
            self._put(_with(chosen.values, chosen.last.name, chosen.last.before), None, check)

    def _put(self, values: Mapping[str, str], last: Change | None, check: Callable[[Mapping[str, str]], None]) -> None:
        check(values)
        written: dict[str, Any] = {"values": dict(values), "last": asdict(last) if last else None}
        try:
            write_durably(self.path, f"{json.dumps(written, ensure_ascii=False, indent=2)}\n")
        except OSError as error:
            raise StoreError(f"the settings cannot be kept: {told(error)}") from error


def _with(values: Mapping[str, str], name: str, text: str | None) -> dict[str, str]:
    rest = {other: value for other, value in values.items() if other != name}
    return rest if text is None else rest | {name: text}
