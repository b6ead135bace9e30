"""How the commands print, and how they read what a person names."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from indexes.library import Library
from indexes.terminal import first_of
from ingest.cutting import checked_options
from ingest.discovery import ODD, PassedBy, kinds_of
from ingest.files import File
from ingest.ledger import Outcome
from ingest.sources import INSIDE, listed, written
from ingest.staleness import told_stale
from rag.errors import InputError
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


def document_number(library: Library, text: str, collection: str | None) -> int:
    """The id of a document given by its number or its source; raises InputError when there is none, or several."""
    return document_named(library, text, collection)[0]


def document_named(library: Library, text: str, collection: str | None) -> tuple[int, str]:
    """The same with the source by which it was named; empty for a number."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return library.catalogue.document(int(text)).id, ""
    sources = {text, listed(text)}
    with suppress(InputError):  # then it can only be a source by that very name
        sources.add(written(typed_path(text)))
    records = library.catalogue.documents(collection)
    found = [(r, source) for r in records for source in (r.source, *r.also) if source in sources]
    if len(found) != 1:
        where = dict.fromkeys(record.collection for record, _ in found)
        which = "name one by its number" + (f", or say --collection {' or '.join(where)}" if len(where) > 1 else "")
        count = f"{len(found)} documents ({which})" if found else "no document"
        raise InputError(f"{count} with the source {text!r}: `python -m ingest list` shows them")
    ((record, source),) = found
    return record.id, source


def typed_path(text: str) -> Path:
    """A path as a person types it; raises InputError."""
    try:
        return Path(text).expanduser().resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{text!r} cannot be used as a path ({error})") from error


def options_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """What `--set NAME=VALUE` says; raises InputError."""
    options: dict[str, Any] = {}
    for text in arguments.set or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--set {text!r} is not of the form NAME=VALUE")
        options[name.strip()] = int(value) if value.strip().isdecimal() and len(value) < 10 else value.strip()
    return checked_options(options)


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
    words = {"unreadable": "still not readable"}
    words |= {"ready": f"ready ({n_same} of them the same as others)"} if n_same else {}
    return ", ".join(f"{counts[s]} {words.get(s, s)}" for s in states if counts[s] or s in always)
