"""How the plan of a `sync` is told: what happens by name, and what stands as it was by its number."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence

from indexes.terminal import one_line
from ingest.commands.showing import print_json
from ingest.sources import INSIDE, path_of
from ingest.sync import Plan, is_hidden

_MOST_SHOWN = 50
_ALWAYS = ("added", "changed", "moved", "removed", "unchanged")
"""Kinds that are counted also where there are none."""
_STANDING = ("left alone", "unreadable")
"""Kinds that are the same at every run until somebody does something about them."""

Row = Mapping[str, str]
Kinds = Mapping[str, Sequence[Row]]
"""What becomes of files -> which they are, each with its source and perhaps the reason."""


def kinds_of_plan(planned: Plan, closed: Sequence[str]) -> Kinds:
    """All that a plan names."""
    ignored = "its file is there, but ignored or a link now"
    removed = [{"source": record.source} for record in planned.removed]
    removed += [{"source": record.source, "reason": ignored} for record in planned.ignored]
    over = "it failed, and is gone or ignored now"
    again = "its last try failed, was stopped, or left out a file inside of it"
    return {
        "added": [{"source": file.source} for file in planned.added],
        "changed": [{"source": file.source} for file in planned.changed],
        "retried": [{"source": file.source, "reason": again} for file in planned.retried],
        "moved": [{"source": file.source, "from": record.source} for record, file in planned.moved],
        "removed": removed,
        "forgotten": [{"source": failure.source, "reason": over} for failure in planned.forgotten],
        "closed": [{"source": name} for name in closed],
        "left alone": [{"source": r.source, "reason": _why_left(planned, r.source)} for r in planned.left],
        "unreadable": [{"source": still.source, "reason": still.reason} for still in planned.unreadable],
    }


def show_plan(planned: Plan, kinds: Kinds, arguments: argparse.Namespace) -> None:
    """The whole plan: as a dry run, or for programs, every name of it."""
    by_name = arguments.dry_run or arguments.json
    show_rows({kind: rows for kind, rows in kinds.items() if by_name or kind not in _STANDING}, arguments)
    if not arguments.json:
        print(f"plan: {_counts(planned, kinds)}{_where_named(kinds, is_dry_run=arguments.dry_run)}")


def show_news(planned: Plan, kinds: Kinds, told: Collection[str], arguments: argparse.Namespace) -> None:
    """What is another than before, to somebody who has heard of the sources in `told`; nothing where nothing is."""
    standing = (*_STANDING, "closed")
    news = {
        kind: [row for row in rows if kind not in standing or row["source"] not in told] for kind, rows in kinds.items()
    }
    show_rows(news, arguments)
    if any(news.values()) and not arguments.json:
        print(f"plan: {_counts(planned, news)}")


def standing_sources(kinds: Kinds) -> set[str]:
    """The sources that the next plan will name again when nothing happens."""
    return {row["source"] for kind in (*_STANDING, "closed") for row in kinds[kind]}


def show_rows(kinds: Kinds, arguments: argparse.Namespace) -> None:
    """A line for every file, or the first of many of one kind; for programs every one."""
    if arguments.json:
        print_json({"plan": kind, **row} for kind, rows in kinds.items() for row in rows)
        return
    for kind, rows in kinds.items():
        for row in rows[:_MOST_SHOWN]:
            print(f"{kind:<10} {one_line(row['source'])}{_more(row)}")
        if len(rows) > _MOST_SHOWN:
            print(f"{kind:<10} and {len(rows) - _MOST_SHOWN} more")


def _counts(planned: Plan, kinds: Kinds) -> str:
    counts = {kind: len(rows) for kind, rows in kinds.items()} | {"unchanged": planned.n_unchanged}
    n_inside = sum(INSIDE in row["source"] for row in kinds["unreadable"])
    counts["still not readable"] = counts.pop("unreadable") - n_inside
    counts["skipped"] = len(planned.skipped)
    told = ", ".join(f"{n} {kind}" for kind, n in counts.items() if n or kind in _ALWAYS)
    return told + (f"; inside of files: {n_inside} still not readable" if n_inside else "")


def _where_named(kinds: Kinds, *, is_dry_run: bool) -> str:
    if is_dry_run:
        return " (dry run)"
    names = {"left alone": "left alone", "unreadable": "still not readable"}
    standing = " and ".join(names[kind] for kind in _STANDING if kinds[kind])
    return f" (--dry-run names those {standing})" if standing else ""


def _why_left(planned: Plan, source: str) -> str:
    if is_hidden(planned.folder, path_of(source)):
        return "it is hidden, and read only when it is named"
    return "only --include or --exclude leaves it out; `remove` takes it out"


def _more(row: Row) -> str:
    if "from" in row:
        return f"  (was {one_line(row['from'])})"
    return f": {one_line(row['reason'])}" if "reason" in row else ""
