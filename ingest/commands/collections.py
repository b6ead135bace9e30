"""`collections` and `move`: what each collection holds and takes, other names for it, and another one for documents."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from indexes.access import Sharing, Visibility
from indexes.library import Library
from indexes.storage import CollectionSize, collection_sizes, storage
from indexes.terminal import one_line
from ingest import shelving
from ingest.commands.naming import Names
from ingest.commands.removed import told_kept
from ingest.commands.showing import note_new, print_json
from ingest.keeping import Keeping
from ingest.sizes import sized
from rag.errors import InputError
from rag.settings import Settings
from rag.types import counted


def collections(arguments: argparse.Namespace) -> int:
    """Change one, where that is asked for; then all of them, and what the library takes of the disk."""
    library: Library = arguments.open_library()
    library.check_collection(arguments.collection)
    wanted = (arguments.rename, arguments.visible, arguments.owner, arguments.share, arguments.unshare)
    if arguments.collection is None and (arguments.delete or any(one is not None for one in wanted)):
        raise InputError("say which collection")
    if arguments.for_good and not arguments.delete:
        raise InputError("--for-good goes with --delete")
    if arguments.delete and any(one is not None for one in wanted):
        raise InputError("--delete goes with no other change: delete the collection, or change it")
    if arguments.edit and arguments.share is None:
        raise InputError("--edit goes with --share PERSON")
    _let_see(library, arguments)
    if arguments.rename is not None:
        shelving.rename(library, arguments.collection, arguments.rename)
    if arguments.delete:
        _delete(library, arguments)
    _show(library, arguments)
    return 0


def _show(library: Library, arguments: argparse.Namespace) -> None:
    found, seen = collection_sizes(library.catalogue), library.catalogue.access.all()
    used, n_removed = storage(library.settings.home), library.catalogue.removed.n_bytes()
    if arguments.json:
        print_json([*(asdict(one) | asdict(seen[one.name]) for one in found), asdict(used) | {"removed": n_removed}])
        return
    for one in found:
        print(_told(one) + _seen_by(seen[one.name]))
    parts = f"{sized(used.originals)} of kept originals, {sized(used.indexes)} of indexes, {sized(used.catalogue)}"
    print(f"on the disk: {sized(used.total)} ({parts} of the catalogue)")
    if n_removed:
        print(f"of the originals {sized(n_removed)} of removed documents: `python -m ingest removed` lists them")


def _delete(library: Library, arguments: argparse.Namespace) -> None:
    n = library.catalogue.collections()[arguments.collection]
    if n and not arguments.yes:
        n_all = counted(n, "document")
        raise InputError(f"{arguments.collection!r} has {n_all}: --yes removes them with it; files on disk stay")
    keeping = Keeping(library, days=0 if arguments.for_good else library.settings.undo_days)
    shelving.delete(library, arguments.collection, keeping)
    told_kept(library, keeping, arguments)


def _let_see(library: Library, arguments: argparse.Namespace) -> None:
    """Who may see and change the collection from now on; whoever has the files decides. To name people says with whom
    it is shared, so that one that was public is not any more, unless that is wished for."""
    name, access, wished = arguments.collection, library.catalogue.access, arguments.visible
    owner, other = _person(library.settings, arguments.owner), _person(library.settings, arguments.share)
    if owner is not None:
        access.give(name, owner)
    if other is not None:
        access.share(name, other, may_edit=arguments.edit)
        if wished is None and access.of(name).visibility is Visibility.PUBLIC:
            wished = Visibility.SHARED
            library.note(f"{one_line(name)} was public and is shared from now on; with --visible public it stays so")
    if arguments.unshare is not None:
        access.unshare(name, _known(access.of(name).members, arguments.unshare))
    if wished is not None:
        access.show_to(name, Visibility(wished))
    elif arguments.unshare is not None and access.of(name).visibility is Visibility.PUBLIC:
        library.note(f"{one_line(name)} is public, so that everybody finds what is in it: --visible shared ends that")


def _person(settings: Settings, name: str | None) -> str | None:
    """As the users' file writes it: without regard to capitals people sign in, but a collection is a name's own."""
    from indexes.users import UserFile  # where nobody signs in it is never read

    users = UserFile(settings.home)
    if name is None or (user := users.find(name)) is None and (settings.sign_in == "oidc" or not users.all()):
        return name
    if user is None:
        raise InputError(f"there is no user {name!r}: `python -m app users list` tells who may sign in")
    return user.name


def _known(members: Iterable[str], name: str) -> str:
    """A name among those whom it is shared with, who may be users no more."""
    from indexes.users import key

    return next((one for one in members if key(one) == key(name)), name)


def _seen_by(one: Sharing) -> str:
    """Nothing of one that is everybody's, as all are where nobody signs in."""
    if one == Sharing():
        return ""
    members = ", ".join(f"{one_line(name)}{' (may edit)' if edits else ''}" for name, edits in one.members.items())
    whose = f", of {one_line(one.owner)}" if one.owner else ""
    return f"; {one.visibility.value}{whose}{f', with {members}' if members else ''}"


def _told(one: CollectionSize) -> str:
    n_documents, n_chunks = counted(one.n_documents, "document"), counted(one.n_chunks, "passage")
    return f"{one_line(one.name):<12}  {n_documents}, {n_chunks}, files of {sized(one.n_bytes)}"


def move(arguments: argparse.Namespace) -> int:
    """Put documents into another collection; what stays is named with its reason, and makes the exit code 1."""
    library: Library = arguments.open_library()
    names = Names(library, arguments.collection)
    note_new(library, arguments.to.strip())
    numbers = list(dict.fromkeys(names.document(text)[0] for text in arguments.documents))
    done = shelving.move(library, numbers, arguments.to)
    if arguments.json:
        print_json([*_rows(done.left), {"state": "moved", "documents": done.n, "collection": arguments.to.strip()}])
    else:
        for source, why in done.left:
            print(f"not moved: {one_line(source)}: {one_line(why)}")
        print(f"moved {counted(done.n, 'document')} to {one_line(arguments.to.strip())}")
    return 1 if done.left else 0


def _rows(left: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"state": "left", "source": source, "reason": why} for source, why in left]
