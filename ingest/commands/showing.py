"""How the commands print, and how they read the settings of single files."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from shlex import quote
from typing import Any

from indexes.library import Library
from indexes.terminal import first_of, one_line
from ingest.cutting import check_together, checked_options
from ingest.discovery import ODD, PassedBy, kinds_of
from ingest.files import File
from ingest.ledger import Outcome
from ingest.sources import INSIDE
from ingest.staleness import told_stale
from rag.errors import InputError
from rag.settings import Settings
from rag.types import counted

_OTHER_KIND = "Its kind cannot be read; let its name end in .txt if it is text."
_NO_ENDING = "It has no ending that tells its kind; name the file itself if it is text."
_SAME = "same as others"
_ALWAYS = ("ready", "unchanged", "failed")
"""States that are counted also where they are none."""


def print_json(rows: Iterable[object]) -> None:
    """One JSON object a line, at once."""
    for row in rows:
        print(json.dumps(row, ensure_ascii=False, default=str), flush=True)


def options_of(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """What `--set NAME=VALUE` says; raises InputError for what cannot be used, ConfigError for what the settings do not
    fit."""
    options: dict[str, Any] = {}
    for text in arguments.set or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--set {text!r} is not of the form NAME=VALUE")
        options[name.strip()] = int(value) if value.strip().isdecimal() and len(value) < 10 else value.strip()
    checked = checked_options(options)
    check_together(settings, checked)
    return checked


def show_passed(
    arguments: argparse.Namespace, other_kinds: Sequence[File], passed_by: PassedBy, *, by_name: bool = True
) -> None:
    """What a walk through folders has not taken, by number and kind; by name what may have been taken for a file."""
    odd = {what: passed_by[what] for what in ODD if passed_by.get(what)}
    if arguments.json:
        reasons = [(file.source, _OTHER_KIND if file.path.suffix else _NO_ENDING) for file in other_kinds]
        reasons += [(source, f"It is a {what}, {ODD[what]}.") for what, sources in odd.items() for source in sources]
        print_json(asdict(Outcome(source, "skipped", reason)) for source, reason in reasons)
        return
    if other_kinds:
        print(f"{len(other_kinds)} skipped: files of kinds that cannot be read ({kinds_of(other_kinds)})")
    for what, sources in odd.items() if by_name else ():
        print(f"passed by: {counted(len(sources), what)} ({ODD[what]}): {first_of(sources)}")
    named = odd if by_name else {}
    if rest := [counted(len(sources), what) for what, sources in sorted(passed_by.items()) if what not in named]:
        print(f"passed by: {', '.join(rest)}")


def note_new(library: Library, collection: str) -> None:
    """Where people sign in, say of a collection that is not there yet who will see it: it is made by nobody of them."""
    if collection not in library.catalogue.collections() and _is_signed_in_to(library.settings):
        name = one_line(collection)
        cure = f"`python -m ingest collections {quote(name)} --visible private --owner PERSON`"
        library.note(
            f"the new collection {name} will be public, since it has no owner: once it is there {cure} ends that"
        )


def _is_signed_in_to(settings: Settings) -> bool:
    """Whether this is set here, or was for the page alone."""
    from indexes.users import NAME  # where nobody signs in it is never read

    return settings.sign_in != "off" or (settings.home / NAME).exists()


def show_stale(library: Library, collection: str, arguments: argparse.Namespace) -> None:
    """Documents that stay as they were read though the settings are others now; `status` tells programs of them."""
    if not arguments.json and (line := told_stale(library, collection)):
        print(line)


def summary(
    outcomes: Iterable[Outcome],
    besides: Mapping[str, int] | None = None,
    besides_inside: Mapping[str, int] | None = None,
) -> str:
    """One line about the files that were found, and about those inside of them; `besides` and `besides_inside` count
    files per state that have no outcome here."""
    last = {outcome.source: outcome for outcome in outcomes}.values()  # one that changed meanwhile was read twice
    inside = Counter(map(_counted_as, (outcome for outcome in last if INSIDE in outcome.source)))
    found = Counter(map(_counted_as, last)) - inside
    found.update(besides or {})
    inside.update(besides_inside or {})
    inside = +inside
    n_passages = sum(outcome.chunks for outcome in last if _counted_as(outcome) == "ready")
    line = f"{counted(found.total(), 'file')}: {_states(found, _ALWAYS)}"
    line += f"; {counted(inside.total(), 'file')} inside: {_states(inside)}" if inside else ""
    return f"{line}; {counted(n_passages, 'passage')} read"


def _counted_as(outcome: Outcome) -> str:
    return _SAME if outcome.is_same_as_another else outcome.state


def _states(counts: Counter[str], always: Sequence[str] = ()) -> str:
    """Those that are the same as others are ready, too, though no documents of their own."""
    n_same = counts[_SAME]
    counts = counts + Counter(ready=n_same) - Counter({_SAME: n_same})
    states = dict.fromkeys([*_ALWAYS, *sorted(counts)])
    words = {"unreadable": "still not readable", "taken over": "taken over by another worker"}
    words |= {"ready": f"ready ({n_same} of them the same as others)"} if n_same else {}
    return ", ".join(f"{counts[s]} {words.get(s, s)}" for s in states if counts[s] or s in always)
