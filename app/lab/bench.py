"""The Lab as one person may use it: searches, maps and passages of what they may see."""

from __future__ import annotations

from collections.abc import Sequence

from app.lab import plane, stages
from app.lab.passage import Inspected, inspect
from app.permissions import Permissions
from app.personal_catalogue import PersonalCatalogue
from app.wiring import Workspace
from indexes.weight_table import CollectionWeight
from rag.errors import InputError
from rag.types import Scope


class Bench:
    """Whatever takes a scope or an id looks first whether the person may see it."""

    def __init__(self, workspace: Workspace, catalogue: PersonalCatalogue, permissions: Permissions) -> None:
        self._whole = workspace
        self._catalogue = catalogue
        self._may = permissions

    @property
    def state(self) -> tuple[str, int]:
        """By what the results of one moment are told from those of others; those for one person are told from those for
        another by a scope `within` what they may see."""
        return str(self._catalogue.home), self._catalogue.sequence()

    def within(self, scope: Scope) -> Scope:
        """As much of a scope as may be seen."""
        return self._may.within(scope)

    @property
    def embedder(self) -> str:
        """The name of the one in use."""
        return self._whole.library.embedder.name

    def with_passages(self, scope: Scope) -> dict[str, CollectionWeight]:
        """The collections of the scope in which there is something to find, with their weights."""
        known, seen = self._whole.library.weights(), self._may.within(scope)
        names = scope.collections or tuple(known)
        return {name: known[name] for name in names if name in known and known[name].n_chunks and seen.names(name)}

    def usual(self, scope: Scope) -> stages.SearchSettings:
        """Those that a question within the scope is searched by."""
        return stages.usual_settings(self._whole.library, self._may.within(scope))

    def look(self, question: str, scope: Scope, settings: stages.SearchSettings) -> stages.Looked:
        """A search, stage by stage."""
        return stages.look(self._whole.library, question, self._may.within(scope), settings)

    def embeddings(self, collection: str) -> plane.Embeddings:
        """The plane of a collection and its points."""
        self._may.check_seen(collection)
        return plane.embeddings(self._whole.shelf, collection)

    def question_place(self, drawn: plane.Embeddings, searched: str) -> tuple[float, float]:
        """Where a question lies in the plane."""
        return plane.question_place(drawn, self._whole.library.embedder, searched)

    def hit_places(self, drawn: plane.Embeddings, ids: Sequence[int]) -> list[tuple[float, float]]:
        """Where passages lie in the plane."""
        return plane.hit_places(drawn, self._whole.shelf, ids)

    def inspect(self, number: int, searched: str, scope: Scope) -> Inspected:
        """A passage from within, what is counted within a scope; raises InputError where it is not there."""
        chunk = self._catalogue.chunks([number]).get(number)
        if chunk is None:
            raise InputError("this passage is not there any more: its document was changed or removed")
        return inspect(self._whole, chunk, searched, self._may.within(scope).allowed)
