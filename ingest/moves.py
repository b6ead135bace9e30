"""Which new files are files that are gone: the same bytes, at another place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import PurePosixPath

from indexes.records import FileStat, SourceRecord
from ingest.files import File, sha256_of, stat_of
from rag.errors import LoadError

_Traits = Callable[[str, FileStat], Hashable]


def _name(source: str) -> str:
    return PurePosixPath(source).name


_LIKENESS: tuple[_Traits, ...] = (
    lambda source, stat: (_name(source), stat.modified_ns),
    lambda source, _: _name(source),
    lambda _, stat: stat.modified_ns,
    lambda _source, _stat: None,
)
"""What files have in common, from much to little: moving a file keeps its times, and mostly its name; a copy has other
times. Several that have the same in common are paired in the order of the alphabet."""


def moves(gone: Mapping[str, SourceRecord], new: Mapping[str, File]) -> list[tuple[SourceRecord, File]]:
    """New files that have the bytes and the ending of one that is gone: read only where the size agrees."""
    sizes = {record.stat.size for record in gone.values()}
    records: dict[Hashable, list[SourceRecord]] = defaultdict(list)
    files: dict[Hashable, list[tuple[File, FileStat]]] = defaultdict(list)
    for _, record in sorted(gone.items()):
        records[record.sha256, _suffix(record.source)].append(record)
    for _, file in sorted(new.items()):
        try:
            stat = stat_of(file.path.stat())
            if stat.size in sizes:
                files[sha256_of(file.path), _suffix(file.source)].append((file, stat))
        except (OSError, ValueError, LoadError):
            continue
    moved = [pair for key in records.keys() & files.keys() for pair in _paired(records[key], files[key])]
    return sorted(moved, key=lambda pair: pair[1].source)


def _paired(
    records: Iterable[SourceRecord], files: Iterable[tuple[File, FileStat]]
) -> Iterable[tuple[SourceRecord, File]]:
    """Each file with the record that it is most like; all of them have the same bytes."""
    left = {record.source: record for record in records}
    for traits in _LIKENESS:
        alike: dict[Hashable, list[SourceRecord]] = defaultdict(list)
        for record in reversed(left.values()):
            alike[traits(record.source, record.stat)].append(record)
        waiting, files = files, []
        for file, stat in waiting:
            if candidates := alike[traits(file.source, stat)]:
                record = candidates.pop()
                del left[record.source]
                yield record, file
            else:
                files.append((file, stat))


def _suffix(source: str) -> str:
    return PurePosixPath(source).suffix.lower()
