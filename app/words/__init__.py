"""The words of the page in the language of whoever reads it.

The code says everything in English, and `tr` and `trn` look it up: a catalogue has the English sentence and another
language's for it. What it lacks stays English. `python -m app.words.gathering` keeps the catalogues up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from rag.said import Said

ENGLISH = "en"
FOLDER = Path(__file__).parent
LANGUAGES = (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def tr(text: str, /, **values: object) -> str:
    """The text in the reader's language. `values` stand for its `{fields}` and are never looked up themselves; without
    any, fields stay as they are, for the browser to fill in."""
    found = _catalogue(language()).gettext(text)
    return found.format(**values) if values else found


def trn(n: int, one: str, many: str, /, **values: object) -> str:
    """`tr` for a number of things: `{n}`, which may stand in both texts, is written as the reader's language does."""
    return _catalogue(language()).ngettext(one, many, n).format(n=numeral(n), **values)


def spoken(said: str) -> str:
    """What a command says in English, in the reader's language; as it is where nobody told how it was made."""
    if not isinstance(said, Said) or not (said.texts or said.parts):
        return said
    if said.parts:
        return said.between.join(map(spoken, said.parts))
    values = {name: _spoken_value(value) for name, value in said.values.items()}
    text = _catalogue(language()).ngettext(said.texts[0], said.texts[-1], said.n) if len(said.texts) > 1 else ""
    return text.format(**values) if text else tr(said.texts[0], **values)


def _spoken_value(value: object) -> object:
    if isinstance(value, int | float):
        return numeral(value, 1 if isinstance(value, float) else 0)
    return spoken(value) if isinstance(value, str) else value


def msgid(text: str) -> str:
    """Marks the text of a constant, which `tr` takes where it is shown: before there is a reader it cannot."""
    return text


def numeral(value: float, decimals: int = 0) -> str:
    """1,234.5 with its marks where the reader's language has them."""
    return marked(f"{value:,.{decimals}f}")


def marked(number: str) -> str:
    """A number as English writes it, with the marks of the reader's language."""
    return number if language() == ENGLISH else number.translate(_marks(language()))


def percent(share: float) -> str:
    """12%, of a share of 0.12."""
    if language() == ENGLISH:
        return f"{share:.0%}"
    from babel.numbers import format_percent

    return format_percent(share, locale=language())


def moment(at: float, clock: str = "%H:%M:%S", by: tzinfo | None = None) -> str:
    """29 Nov 2026, 05:41:07, of seconds: by the clock where the reader is, or by another one."""
    when = datetime.fromtimestamp(at, by or zone())
    written = f"{when:%-d %b %Y}" if language() == ENGLISH else day(f"{when:%F}")
    return f"{written}, {when:{clock}}{_zone_named(when)}"


def day(iso: str) -> str:
    """2026-11-29 as the reader's language writes it; what is no such day, as documents may say, stays as it is."""
    if language() == ENGLISH:
        return iso
    from babel.dates import format_date

    try:
        return format_date(date.fromisoformat(iso), "medium", locale=language())
    except ValueError:
        return iso


def day_of(iso: str) -> str:
    """2026-11-29, of a moment in ISO 8601: the day that it was where the reader is."""
    return day(f"{_by_reader(iso):%F}")


def time_of(iso: str, clock: str = "%H:%M") -> str:
    """2026-11-29 05:41, of a moment in ISO 8601, by the clock where the reader is."""
    when = _by_reader(iso)
    return f"{day(f'{when:%F}')}{' ' if language() == ENGLISH else ', '}{when:{clock}}{_zone_named(when)}"


def short_day(when: date) -> str:
    """29 Nov, of a day that is near."""
    if language() == ENGLISH:
        return f"{when:%-d %b}"
    from babel.dates import format_skeleton

    return format_skeleton("MMMd", when, locale=language())


def start_of(when: date) -> float:
    """When this day begins where the reader is, in seconds."""
    return datetime(when.year, when.month, when.day, tzinfo=zone()).timestamp()


def zone() -> tzinfo:
    """Whose clock tells the times: that of the browser whose page runs; else UTC."""
    if "streamlit" not in sys.modules:  # as in `language`
        return UTC
    from app.words.reader import zone_of_page

    return zone_of_page()


def _by_reader(iso: str) -> datetime:
    """What says no zone is in UTC, as all that is kept."""
    when = datetime.fromisoformat(iso)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(zone())


def _zone_named(when: datetime) -> str:
    """Readers know what their own clock says; UTC is told, since it may also stand for a clock that is not known."""
    return " UTC" if when.tzname() == "UTC" else ""


def within(text: str) -> str:
    """A heading's text within a sentence: only English writes its nouns small there."""
    return text.lower() if language() == ENGLISH else text


def language() -> str:
    """One of LANGUAGES: the one that was begun by `speaking`, or that of the page which runs; else English."""
    if spoken := _spoken.get():
        return spoken
    if "streamlit" not in sys.modules:  # a command: no page runs, and nothing shall load what only pages need
        return ENGLISH
    from app.words.reader import language_of_page

    return language_of_page()


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """What is said meanwhile is said in this language, one of LANGUAGES."""
    token = _spoken.set(wanted)
    try:
        yield
    finally:
        _spoken.reset(token)


@lru_cache(maxsize=256)  # browsers say the tags, and any may come
def first_of(*wanted: str) -> str:
    """The first of these tags of languages, such as de-AT, that there are words for; else English."""
    known = (tag.replace("_", "-").partition("-")[0].lower() for tag in wanted)
    return next((language for language in known if language in LANGUAGES), ENGLISH)


@cache
def _catalogue(language: str) -> NullTranslations:
    """Read with the first text that is asked for in it; English has none."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (FOLDER / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _marks(language: str) -> dict[int, str]:
    """What stands for the comma between thousands, and for the point before decimals."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return str.maketrans({",": get_group_symbol(language), ".": get_decimal_symbol(language)})
