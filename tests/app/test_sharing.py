"""The pages of several people over one home: what each of them is shown, and how collections are shared."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components import resources, sharing
from indexes.access import Sharing, Visibility
from indexes.catalogue import Catalogue
from indexes.job_records import NewJob
from indexes.jobs import JobTable
from indexes.users import UserFile
from ingest.cli import main
from rag.rights import Person, Role
from tests.app.rights_home import ANNA, BEN, CARL, PEOPLE, READ, ROOT, WORDS, fill, may

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("rights"))


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    shutil.copytree(made, tmp_path / "home")
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FOOTNOTE_RERANKER", "none")
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(monkeypatch: pytest.MonkeyPatch, person: Person, view: str = "") -> AppTest:
    """A page of somebody who has signed in."""
    monkeypatch.setattr(resources, "person", lambda: person)
    monkeypatch.setattr(sharing, "people", lambda: [one.name for one in PEOPLE])
    page = AppTest.from_file(str(MAIN), default_timeout=120).run()
    page = page.switch_page(view).run() if view else page
    assert not page.exception
    return page


def shown(page: AppTest) -> str:
    """All that is sent to the browser."""
    return "\n".join(str(node.proto) for node in _nodes(page._tree) if getattr(node, "proto", None) is not None)  # noqa: SLF001


def _nodes(block: object) -> Iterator[object]:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _nodes(child)


def check_seen(page: AppTest, person: Person, *, must: bool = True) -> None:
    out = shown(page)
    for collection, word in WORDS.items():
        if not may(READ, person, collection):
            assert word not in out
            assert collection not in {option for one in [*page.selectbox, *page.multiselect] for option in one.options}
        elif must:
            assert word in out


@pytest.mark.parametrize("person", [BEN, CARL, ANNA, ROOT], ids=lambda one: one.name)
def test_each_page_shows_what_its_person_may_see(monkeypatch: pytest.MonkeyPatch, person: Person):
    """After an admin has looked at everything, so that all is kept that a page keeps."""
    for other in (ROOT, person):
        page = opened(monkeypatch, other, "views/documents.py")
        check_seen(page, other)
        assert bool(page.get("file_uploader")) == (other is not CARL)
        lab = opened(monkeypatch, other, "views/lab.py")
        lab.text_input(key="lab-question").set_value("When does the harbour open?").run()
        check_seen(lab, other)
        lab.segmented_control(key="lab-section").set_value("Map").run()
        check_seen(lab, other, must=False)
        asked = opened(monkeypatch, other)
        asked.chat_input[0].set_value("When does the harbour open?").run()
        assert not asked.exception
        check_seen(asked, other, must=False)
        assert any(word in shown(asked) for name, word in WORDS.items() if may(READ, other, name))


@pytest.mark.parametrize("person", [BEN, CARL], ids=lambda one: one.name)
def test_readers_are_told_nothing_of_the_files_of_others(home: Path, monkeypatch: pytest.MonkeyPatch, person: Person):
    with closing(Catalogue(home)) as catalogue:
        jobs = JobTable(catalogue.database)
        jobs.add("batch", "town", [NewJob("coming.md", "/nowhere/coming.md")])
        for is_over in (False, True):
            jobs.cancel([job.id for job in jobs.jobs()] if is_over else [])
            for view in ("", "views/documents.py"):
                page = opened(monkeypatch, person, view)
                told = [text.value for text in page.markdown if "0 of 1 file ready" in text.value]
                assert bool(told) == (person is BEN)
                assert "coming.md" not in shown(page) or person is BEN


def test_a_reader_with_whom_nothing_is_shared_is_told_so(home: Path, monkeypatch: pytest.MonkeyPatch):
    with closing(Catalogue(home)) as catalogue:
        catalogue.access.show_to("town", Visibility.PRIVATE)
    page = opened(monkeypatch, CARL)
    assert ["ask an editor or an admin" in info.value for info in page.info] == [True]
    page.chat_input[0].set_value("When does the harbour open?").run()
    out = shown(page)
    assert "There are no documents to search yet." in out
    assert "add some first" not in out
    page.run()
    assert ["ask an editor or an admin" in info.value for info in page.info] == [True]


def test_conversations_are_listed_to_whose_they_are_and_opened_by_nobody_else(monkeypatch: pytest.MonkeyPatch):
    asked = opened(monkeypatch, ANNA)
    asked.chat_input[0].set_value("How long is the pier of Quillhaven?").run()
    number = asked.query_params["c"][0]
    assert "How long is the pier" in shown(opened(monkeypatch, ANNA))
    others = opened(monkeypatch, BEN)
    assert "How long is the pier" not in shown(others)
    others.query_params["c"] = number
    del others.session_state["turns"]
    others.run()
    assert "Quillhaven" not in shown(others)
    assert not others.session_state["turns"]


def told(page: AppTest) -> list[str]:
    return [notice.value for notice in page.toast]


def shared(page: AppTest) -> AppTest:
    """The dialog about the diary."""
    page.session_state["collection-asked"] = ("share", "diary")
    page.run()
    assert not page.exception
    return page


def test_its_owner_shares_a_collection_and_takes_it_back(home: Path, monkeypatch: pytest.MonkeyPatch):
    access = Catalogue(home).access
    page = shared(opened(monkeypatch, ANNA, "views/documents.py"))
    page.segmented_control(key="visibility-diary-private").set_value(Visibility.SHARED).run()
    page.selectbox(key="share-diary-0").set_value("carl").run()
    assert access.of("diary") == Sharing(Visibility.SHARED, "anna", {"carl": False})
    assert told(page) == ["Shared with carl"]
    assert WORDS["diary"] in shown(opened(monkeypatch, CARL, "views/documents.py"))
    monkeypatch.setattr(resources, "person", lambda: ANNA)
    page.selectbox(key="member-diary-carl-False").set_value(True).run()
    assert access.of("diary").members == {"carl": True}
    assert told(page) == ["carl may edit it"]
    page.button(key="unshare-carl").click().run()
    assert access.of("diary").members == {}
    assert told(page) == ["Not shared with carl any more"]
    assert WORDS["diary"] not in shown(opened(monkeypatch, CARL, "views/documents.py"))
    monkeypatch.setattr(resources, "person", lambda: ANNA)
    page.segmented_control(key="visibility-diary-shared").set_value(Visibility.PUBLIC).run()
    assert WORDS["diary"] in shown(opened(monkeypatch, BEN, "views/documents.py"))


def test_whoever_it_is_shared_with_shares_it_no_further(monkeypatch: pytest.MonkeyPatch):
    page = opened(monkeypatch, BEN, "views/documents.py")
    page.session_state["collection-asked"] = ("share", "team")
    page.run()
    assert "It is not yours" in shown(page)
    assert not [one for one in page.get("button_group") if "visibility" in str(one.key)]


def test_the_command_line_shows_and_sets_who_may_see_a_collection(capsys: pytest.CaptureFixture[str]):
    assert main(["collections", "ledger", "--share", "anna", "--edit"]) == 0
    assert "; shared, of ben, with anna (may edit)" in capsys.readouterr().out
    assert main(["collections", "ledger", "--unshare", "anna", "--visible", "public", "--owner", "carl"]) == 0
    told = capsys.readouterr().out
    assert "; public, of carl\n" in told
    assert next(line for line in told.splitlines() if line.startswith("town")).endswith("B")
    assert main(["collections", "--visible", "public"]) == 2
    assert main(["collections", "nowhere", "--visible", "public"]) == 2
    assert main(["collections", "ledger", "--edit"]) == 2
    assert "--edit goes with --share PERSON" in capsys.readouterr().err


def test_the_command_line_knows_people_as_they_sign_in(home: Path, capsys: pytest.CaptureFixture[str]):
    UserFile(home).add("Zoe", Role.EDITOR, "a hash")
    assert main(["collections", "ledger", "--share", "zoe"]) == 0
    assert "with Zoe" in capsys.readouterr().out
    assert main(["collections", "ledger", "--unshare", "ZOE", "--owner", "ZOE"]) == 0
    told = capsys.readouterr().out
    assert "of Zoe" in told
    assert "with Zoe" not in told
    for option in ("--owner", "--share"):
        assert main(["collections", "ledger", option, "nobody"]) == 2
        assert "there is no user 'nobody'" in capsys.readouterr().err


def test_a_backup_brings_back_who_may_see_what(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = Catalogue(home).access.all()
    assert main(["backup", str(tmp_path / "all.backup")]) == 0
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "other"))
    assert main(["restore", str(tmp_path / "all.backup")]) == 0
    assert Catalogue(tmp_path / "other").access.all() == before
    assert before["team"] == Sharing(Visibility.SHARED, "anna", {"ben": False})


def test_whoever_is_named_to_share_with_ends_that_everybody_sees_it(home: Path, caplog: pytest.LogCaptureFixture):
    def seen(*options: str) -> tuple[Sharing, str]:
        assert main(["collections", "ledger", *options]) == 0
        with closing(Catalogue(home)) as catalogue:
            return catalogue.access.of("ledger"), said(caplog)

    public = Visibility.PUBLIC
    assert seen("--visible", "public", "--owner", "ada") == (Sharing(public, "ada"), "")
    assert seen("--share", "anna", "--edit", "--visible", "public") == (Sharing(public, "ada", {"anna": True}), "")
    one, told = seen("--unshare", "anna")
    assert one == Sharing(public, "ada")
    assert "ledger is public, so that everybody finds what is in it: --visible shared ends that" in told
    one, told = seen("--share", "cleo")
    assert one == Sharing(Visibility.SHARED, "ada", {"cleo": False})
    assert "ledger was public and is shared from now on" in told
    assert seen("--unshare", "cleo") == (Sharing(Visibility.SHARED, "ada"), "")


def test_where_people_sign_in_the_command_line_says_that_a_new_collection_is_public(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "board.md").write_text("The board meets on Monday.")
    told = "will be public, since it has no owner"
    assert main(["add", str(folder), "--collection", "first"]) == 0
    assert told not in said(caplog)
    UserFile(home).add("Zoe", Role.EDITOR, "a hash")
    for command in ("add", "sync"):
        assert main([command, str(folder), "--collection", f"by {command}"]) == 0
        assert f"the new collection by {command} {told}" in said(caplog)
    number = next(record.id for record in Catalogue(home).documents("first"))
    assert main(["move", str(number), "--to", "moved"]) == 0
    assert told in said(caplog)
    monkeypatch.setenv("FOOTNOTE_SIGN_IN", "file")
    assert main(["add", str(folder), "--collection", "moved"]) == 0
    assert told not in said(caplog)


def said(caplog: pytest.LogCaptureFixture) -> str:
    """What went to standard error since it was asked last."""
    told = caplog.text
    caplog.clear()
    return told
