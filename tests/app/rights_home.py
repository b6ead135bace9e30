"""A home with four people and their collections, in each of which a word stands that no other one has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.personal import PersonalWorkspace
from app.wiring import Workspace
from indexes.access import Visibility
from ingest.originals import original_path
from ingest.pipeline import File, Pipeline
from rag.rights import Person, Role
from rag.settings import Settings
from rag.types import DocumentRecord, Scope
from tests.ingest.make_files import pdf, prose

ANNA, BEN = Person("anna", Role.EDITOR), Person("ben", Role.EDITOR)
CARL, ROOT = Person("carl", Role.READER), Person("root", Role.ADMIN)
PEOPLE = (ANNA, BEN, CARL, ROOT)
WORDS = {"diary": "Quillhaven", "team": "Vexmoor", "ledger": "Ostrabeck", "town": "Pellworth"}
"""Collection -> the word that stands in each of its documents, their names and titles."""
READ = {"diary": "anna root", "team": "anna ben root", "ledger": "ben root", "town": "anna ben carl root"}
"""Who may see each."""
EDIT = {"diary": "anna root", "team": "anna root", "ledger": "ben root", "town": "anna ben root"}
"""Who may change each: diary and team are anna's, ledger is ben's, team is shared with ben, town is everybody's."""


def texts(word: str) -> dict[str, bytes]:
    """The files of a collection, two of them versions of one document."""
    harbour = f"# The harbour of {word}\n\nThe harbour opens at six, as {word} says. Its Quay Lamp {word} (QLX) is lit."
    return {
        f"{word} harbour.md": harbour.encode(),
        f"{word} lease 2023.md": f"# Lease\n\nThe rent of the boathouse at {word} is 310 euros a month.".encode(),
        f"{word} lease 2024.md": f"# Lease\n\nThe rent of the boathouse at {word} is 330 euros a month.".encode(),
        f"{word}.pdf": pdf([prose([f"The pier of {word} is 90 metres long and open to all."])], title=f"Pier {word}"),
    }


def fill(folder: Path) -> Path:
    """Make the home below a folder."""
    home = folder / "home"
    workspace = Workspace(Settings(home=home, reranker="none"))
    for name, word in WORDS.items():
        (folder / name).mkdir()
        for file, data in texts(word).items():
            (folder / name / file).write_bytes(data)
        found = Pipeline(workspace.library, name).add(
            File(folder / name / file, str(folder / name / file)) for file in texts(word)
        )
        assert {one.state for one in found} == {"ready"}
    access = workspace.library.catalogue.access
    for name, owner in (("diary", "anna"), ("team", "anna"), ("ledger", "ben")):
        access.give(name, owner)
        access.show_to(name, Visibility.PRIVATE)
    access.share("team", "ben")
    workspace.close()
    return home


@dataclass(frozen=True)
class Home:
    """An opened home."""

    workspace: Workspace

    def of(self, person: Person) -> PersonalWorkspace:
        return PersonalWorkspace(self.workspace, person)

    def records(self, collection: str) -> list[DocumentRecord]:
        return self.workspace.library.catalogue.documents(collection)

    def chunk_ids(self, collection: str) -> list[int]:
        return self.workspace.library.catalogue.chunk_ids(Scope((collection,))).tolist()

    def original(self, record: DocumentRecord) -> Path:
        return original_path(self.workspace.library.settings.home, record)


@contextmanager
def copied(made: Path, folder: Path) -> Iterator[Home]:
    """A copy of what `fill` made, opened below a folder, which each test may change."""
    shutil.copytree(made, folder / "home")
    workspace = Workspace(Settings(home=folder / "home", reranker="none"))
    yield Home(workspace)
    workspace.close()


def may(table: dict[str, str], person: Person, collection: str) -> bool:
    return person.name in table[collection].split()
