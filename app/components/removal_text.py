"""What a person is told before documents are removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.components.plain_text import label, parted
from app.words import tr, trn
from indexes.library import Library
from ingest import removal
from ingest.originals import kept_copy
from ingest.sources import path_of
from ingest.web import is_address
from rag.types import DocumentRecord

_MOST_NAMED = 5


def undoing(days: int) -> str:
    """Whether a removal can be undone."""
    if not days:
        return tr("This cannot be undone.")
    return trn(days, "For {n} day this can be undone.", "For {n} days this can be undone.")


def consequences(library: Library, marked: Sequence[DocumentRecord]) -> Iterator[str]:
    """What becomes of these documents and of their files, in sentences of Markdown."""
    sources, is_one = library.catalogue.sources, len(marked) == 1
    numbers = {record.id for record in marked}
    yield tr("No question will find it any more.") if is_one else tr("No question will find them any more.")
    inside = set().union(*map(sources.inside, numbers))
    if n_inside := len(inside - numbers):
        yield trn(n_inside, "The {n} document inside goes, too.", "The {n} documents inside go, too.")
    going = [found for number in numbers for found in sources.of_document(number)]
    outer = [found for found in going if found.container is None and not is_address(found.source)]
    on_disk = [
        path_of(found.source).is_absolute() or kept_copy(library.settings.home, found.sha256) is None for found in outer
    ]
    if not all(on_disk):
        yield _copies(library.settings.undo_days, is_one=is_one)
    if any(on_disk):
        yield tr("Its file stays where it is.") if is_one else tr("Files that were read where they lie stay there.")
    if held := removal.holders_left(library, going, numbers | inside):
        names = ", ".join(label(parted(source)[0], 60) for source in held[:_MOST_NAMED])
        n_more = len(held) - _MOST_NAMED
        names += trn(n_more, " and {n} more", " and {n} more") if n_more > 0 else ""
        if is_one and len(held) == 1:
            yield tr(
                "{name} stays, and still holds it: added or read again, even unchanged, it brings it back.", name=names
            )
            return
        yield tr(
            "What still lies inside of {names} comes back when that is added or read again, even unchanged.",
            names=names,
        )


def _copies(days: int, *, is_one: bool) -> str:
    """When what the library keeps of them goes."""
    if is_one and days:
        return trn(
            days,
            "Its copy in the library is deleted from this computer in {n} day.",
            "Its copy in the library is deleted from this computer in {n} days.",
        )
    if is_one:
        return tr("Its copy in the library is deleted from this computer.")
    if days:
        return trn(
            days,
            "What is kept of them in the library is deleted from this computer in {n} day.",
            "What is kept of them in the library is deleted from this computer in {n} days.",
        )
    return tr("What is kept of them in the library is deleted from this computer.")
