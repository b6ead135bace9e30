"""What a person is told before documents are removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.components.plain_text import label, parted
from indexes.library import Library
from ingest import removal
from ingest.originals import kept_copy
from ingest.sources import path_of
from ingest.web import is_address
from rag.types import DocumentRecord, counted

_MOST_NAMED = 5


def undoing(days: int) -> str:
    """Whether a removal can be undone."""
    return f"For {counted(days, 'day')} this can be undone." if days else "This cannot be undone."


def consequences(library: Library, marked: Sequence[DocumentRecord]) -> Iterator[str]:
    """What becomes of these documents and of their files, in sentences of Markdown."""
    sources, is_one = library.catalogue.sources, len(marked) == 1
    numbers = {record.id for record in marked}
    yield f"No question will find {'it' if is_one else 'them'} any more."
    inside = set().union(*map(sources.inside, numbers))
    if n_inside := len(inside - numbers):
        yield f"The {counted(n_inside, 'document')} inside {'go' if n_inside > 1 else 'goes'}, too."
    going = [found for number in numbers for found in sources.of_document(number)]
    outer = [found for found in going if found.container is None and not is_address(found.source)]
    on_disk = [
        path_of(found.source).is_absolute() or kept_copy(library.settings.home, found.sha256) is None for found in outer
    ]
    if not all(on_disk):
        what = "Its copy" if is_one else "What is kept of them"
        when = f" in {counted(days, 'day')}" if (days := library.settings.undo_days) else ""
        yield f"{what} in the library is deleted from this computer{when}."
    if any(on_disk):
        yield "Its file stays where it is." if is_one else "Files that were read where they lie stay there."
    if held := removal.holders_left(library, going, numbers | inside):
        names = ", ".join(label(parted(source)[0], 60) for source in held[:_MOST_NAMED])
        names += f" and {len(held) - _MOST_NAMED:,} more" if len(held) > _MOST_NAMED else ""
        if is_one and len(held) == 1:
            yield f"{names} stays, and still holds it: added or read again, even unchanged, it brings it back."
            return
        yield f"What still lies inside of {names} comes back when that is added or read again, even unchanged."
