"""Every setting with its explanation, which stands in `.env.example` alone, its value, and where that comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from app.serve import ALLOWED_HOSTS, allowed_hosts
from app.words import tr
from indexes.home import Origin, load_settings, origins
from indexes.redaction import without_secrets
from rag.address_secrets import address_secrets
from rag.settings import CHOOSABLE, ENV_NAMES, Settings, has_key

_EXAMPLE = Path(__file__).parents[1] / ".env.example"
_LINE = re.compile(r"#([A-Z][A-Z0-9_]*)=(.*)")
_FIELDS = {env: name for name, env in ENV_NAMES.items()}
_SECRET = {ENV_NAMES[one.name] for one in fields(Settings) if not one.repr}
DEFAULT = "its default"
AT_START = "It is set where the app is started."


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as a person sees it; of a secret nothing but whether it is set."""

    name: str
    """Of its variable."""
    group: str
    """Its heading, in English as the explanation is: `tr` says both in the reader's language."""
    explanation: str
    value: str
    """What holds in this server now."""
    default: str
    origin: str
    """Where the value comes from."""
    later: str = ""
    """What it becomes with the next start, where that is something else."""
    fixed: str = ""
    """Why it cannot be changed on the page; empty where it can."""

    def fits(self, words: str) -> bool:
        """Whether all of these words stand in its name or explanation, as the reader sees it."""
        text = f"{self.name} {tr(self.explanation)}".casefold()
        return all(word in text for word in words.casefold().split())


@cache
def explained() -> tuple[Shown, ...]:
    """Group, explanation and default of every setting, in the order of `.env.example`."""
    return tuple(_explained(_EXAMPLE.read_text(encoding="utf-8").splitlines()))


def _explained(lines: Sequence[str]) -> Iterator[Shown]:
    group, above = "", ""
    for line in lines:
        if line.startswith("# ---"):
            group = line.strip("# -").capitalize()
        elif found := _LINE.fullmatch(line):
            yield Shown(found[1], group, above, found[2], found[2], DEFAULT)
        above = line.removeprefix("# ")


def shown(running: Settings) -> list[Shown]:
    """All of them, as they are in a server with these settings. Raises ConfigError where what is set by now cannot be
    used."""
    places, coming = origins(), load_settings()
    return [_as_set(one, places, running, coming) for one in explained()]


def _as_set(one: Shown, places: Sequence[Origin], running: Settings, coming: Settings) -> Shown:
    place = next((place for place in places if place.values.get(one.name, "").strip()), None)
    set_to = place.values[one.name].strip() if place else one.default
    if one.name == ALLOWED_HOSTS and set_to == allowed_hosts(running.host):
        place = None  # the start has set it
    field = _FIELDS.get(one.name)
    now = str(getattr(running, field)) if field else set_to
    later = str(getattr(coming, field)) if field else set_to
    return Shown(
        one.name,
        one.group,
        one.explanation,
        _told(one.name, now),
        _told(one.name, one.default),
        place.title if place else DEFAULT,
        later=_told(one.name, later) if later != now else "",
        fixed=why_fixed(one.name, places),
    )


def why_fixed(name: str, places: Sequence[Origin]) -> str:
    """Why the page cannot change a variable; empty where it can."""
    if _FIELDS.get(name) not in CHOOSABLE:
        return AT_START
    given = next((place for place in places[:-1] if place.values.get(name, "").strip()), None)
    if given is not None:
        place_name = tr(given.title)
        return tr("It is set in {place}, which goes before this page.", place=place_name)
    keys = filter(None, (has_key(place.values) for place in places))
    if name == ENV_NAMES["base_url"] and (key := next(keys, "")):
        return tr("{key} would be sent to it, so it is set where that is set.", key=key)
    return ""


def _told(name: str, text: str) -> str:
    if name in _SECRET or name.endswith(("_HEADERS", "_KEY")):
        return tr("set") if text else tr("not set")
    return without_secrets(text, address_secrets(text))
