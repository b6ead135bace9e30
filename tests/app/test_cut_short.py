"""A removal or a move of many documents that a killed process left half done is told to whoever began it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import cut_short
from app.membership import remove_person
from app.personal import PersonalWorkspace
from app.wiring import Workspace
from indexes.library import Library
from indexes.users import UserFile
from rag.rights import LOCAL, Person, Role
from rag.settings import Settings
from tests.app.stepping import with_texts
from tests.app.test_pages import MAIN
from tests.ingest.working import ROOT

NOTE = {"person": "ben", "deed": "remove", "documents": [1, 2], "collection": ""}
ANN = {"person": "ann"}
CODE = """
import os, signal, sys
from pathlib import Path
from app.personal import PersonalWorkspace
from app.wiring import Workspace
from indexes.catalogue import Catalogue
from indexes.shelving import Shelving
from rag.rights import LOCAL, Person, Role
from rag.settings import Settings

at, left = (Catalogue, "remove") if sys.argv[2] == "remove" else (Shelving, "move"), [3]
done = getattr(*at)

def one(*args):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return done(*args)

setattr(*at, one)
library = PersonalWorkspace(Workspace(Settings(home=Path(sys.argv[1]))), Person(LOCAL, Role.ADMIN)).library
documents = [record.id for record in library.catalogue.listed.records(range(1, 12))]
getattr(library, sys.argv[2])(*([documents] if sys.argv[2] == "remove" else [documents, "other"]))
"""


def killed(home: Path, deed: str) -> None:
    code = subprocess.run([sys.executable, "-c", CODE, str(home), deed], cwd=ROOT, check=False, timeout=240).returncode
    assert code == -signal.SIGKILL


def warnings(page: AppTest) -> list[str]:
    assert not page.exception
    return [one.value for one in page.warning]


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("remove", "The removal of 11 documents was cut short after 2: the others are still there."),
        ("move", "Moving 11 documents to other was cut short after 2: the others are where they were."),
    ],
)
def test_it_is_told_with_what_was_done_until_it_is_dismissed(
    deed: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home = with_texts(tmp_path / "home")
    killed(home, deed)
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/documents.py").run()
    assert warnings(page) == [told]
    assert cut_short.found(home, "ben") == [], "it is nobody else's"
    next(one for one in page.button if str(one.key).startswith("cut-short-seen-")).click().run()
    assert warnings(page) == []
    assert list((home / "under-way").iterdir()) == []
    st.cache_resource.clear()


def test_what_is_under_way_or_was_done_since_is_not_told(tmp_path: Path):
    home = with_texts(tmp_path / "home")
    with cut_short.noted(home, LOCAL, "remove", [1, 2]):
        assert cut_short.found(home, LOCAL) == []
    assert list((home / "under-way").iterdir()) == []
    killed(home, "remove")
    (one,) = cut_short.found(home, LOCAL)
    workspace = Workspace(Settings(home=home))
    library = PersonalWorkspace(workspace, Person(LOCAL, Role.ADMIN)).library
    assert library.cut_short() == [(one, 2)]
    library.remove([number for number in one.documents if number in library.catalogue.listed.there(one.documents)])
    assert library.cut_short() == []
    assert cut_short.found(home, LOCAL) == []
    workspace.close()


def test_who_goes_leaves_none_of_it_and_half_a_note_tells_nothing(tmp_path: Path):
    for name, text in (("half", '{"person": "be'), ("of-ben", json.dumps(NOTE)), ("of-ann", json.dumps(NOTE | ANN))):
        (tmp_path / "under-way" / name).mkdir(parents=True)
        (tmp_path / "under-way" / name / "deed.json").write_text(text)
    users, library = UserFile(tmp_path), Library(Settings(home=tmp_path))
    for name in ("ann", "ben"):
        users.add(name, Role.ADMIN, "hash")
    assert [one.mark for one in cut_short.found(tmp_path, "ben")] == ["of-ben"]
    remove_person(users, library.catalogue, "ben")
    library.close()
    assert sorted(path.name for path in (tmp_path / "under-way").iterdir()) == ["of-ann"]
