"""A deed of the page that takes long: whoever clicks elsewhere meanwhile still sees what came of it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from app.components import collection_list, document_actions, folder_sync, removed_list
from app.components.to_the_end import running
from ingest.shelving import Done
from ingest.undoing import PutBack

_LEFT = [("a.md", "its file is gone")]
_PLAN = SimpleNamespace(removed=["a.md"], ignored=[], moved=[])


class Busy:
    """A library during whose deeds somebody clicks elsewhere."""

    undo_days = 7

    def __init__(self) -> None:
        self.n_done = 0
        self.catalogue = SimpleNamespace(listed=SimpleNamespace(there=lambda _ids: set()))

    def keeping(self) -> object:
        return SimpleNamespace(act="act", n_lost=0)

    def with_inside(self, documents: list[int]) -> set[int]:
        return set(documents)

    def removed(self, _groups: object) -> list[object]:
        return [SimpleNamespace(id=1)]

    def remove(self, documents: list[int], _keeping: object) -> int:
        return self._done(len(documents))

    def delete(self, _name: str, _keeping: object) -> int:
        return self._done(2)

    def delete_for_good(self, ids: list[int]) -> int:
        return self._done(len(ids))

    def read_again(self, _documents: list[int]) -> Done:
        return self._done(Done(1, _LEFT))

    def put_back(self, _ids: list[int]) -> PutBack:
        return self._done(PutBack([], 0, [], _LEFT))

    def follow(self, _collection: str, _plan: object) -> int:
        return self._done(1)

    def _done(self, result: Any) -> Any:  # noqa: ANN401 - whatever the deed tells
        self.n_done += 1
        runner = running()
        assert runner is not None
        runner.request_rerun(RerunData())
        return result


def _button(callback: Callable[..., None], *args: object) -> Callable[[Busy], None]:
    return lambda library: st.button("Do it", key="sure", on_click=callback, args=(library, *args)) and None


def _collection(library: Busy) -> None:
    st.session_state.setdefault("collection-asked", ("delete", "default"))
    if st.session_state["collection-asked"]:
        collection_list._buttons("Delete", lambda: collection_list._deleted(library, "default"), destroys=True)


def _page(draw: object, library: object) -> None:  # it knows no name of this file
    draw(library)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("draw", "kept"),
    [
        (_button(document_actions._confirmed, [1, 2], "remove"), {"removal-last": ("act", 2, 0, 0)}),
        (
            _button(document_actions._confirmed, [1, 2], "again"),
            {"documents-told": ["1 document will be read again.", r"a\.md stays as it is: its file is gone."]},
        ),
        (
            _button(removed_list._put_back, ["group"]),
            {"removed-told": [r"a\.md was not put back: its file is gone."], "removal-last": None},
        ),
        (
            _button(removed_list._delete, ["group"]),
            {"removed-told": ["1 document deleted for good."], "removed-asked": None},
        ),
        (_button(folder_sync._act, "default", _PLAN), {"folder-told": (1, "1 file removed for good.")}),
        (_collection, {"removal-last": ("act", 2, 0, 0), "collection-asked": None}),
    ],
    ids=["remove", "read again", "put back", "delete for good", "follow a folder", "delete a collection"],
)
def test_what_came_of_it_is_kept(draw: Callable[[Busy], None], kept: dict[str, object]):
    library = Busy()
    page = AppTest.from_function(_page, args=(draw, library)).run(timeout=60)
    page.button[0].click().run(timeout=60)
    assert not page.exception
    assert library.n_done == 1
    assert {key: page.session_state[key] for key in kept} == kept
