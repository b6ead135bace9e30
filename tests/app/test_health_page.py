"""The health part of the admin page finds what is wrong, mends it by its button, and says so; only an admin sees it."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components import health_part, resources
from indexes.job_records import NewJob
from indexes.library import Library
from ingest.pipeline import File, Pipeline
from rag.rights import Person, Role
from rag.settings import Settings
from tests.ingest.homes import copied

MAIN = Path(__file__).parents[2] / "app" / "main.py"
PATIENCE_S = 60.0
TEXTS = {"tromso.md": "# Tromsø\n\nThe bridge was opened in 1960.", "bees.txt": "A hive holds 40,000 bees in June."}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(copied(tmp_path / "home", fill)))
    st.cache_resource.clear()
    yield tmp_path / "home"
    settled()
    st.cache_resource.clear()


def fill(home: Path) -> None:
    library = Library(Settings(home=home))
    paths = [home.parent / name for name in TEXTS]
    for path in paths:
        path.write_text(TEXTS[path.name])
    assert all(one.state == "ready" for one in Pipeline(library, "default").add(File(one, str(one)) for one in paths))
    library.checkpoint()
    library.close()


def settled() -> None:
    end = time.monotonic() + PATIENCE_S
    while resources._checkup().doing is not None:
        assert time.monotonic() < end
        time.sleep(0.02)


def looked(page: AppTest) -> AppTest:
    """The page as it is when what is under way is over."""
    settled()
    page.run()
    assert not page.exception
    assert not page.error
    return page


def health() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/admin.py").run()
    return looked(page)


def titles(page: AppTest) -> list[str]:
    """Of the cards of what is not well."""
    return [
        one.value.partition("**")[2].rstrip("*") for one in page.markdown if one.value.startswith((":orange", ":blue"))
    ]


def deeds(page: AppTest) -> list[str]:
    return [str(button.key) for button in page.button if str(button.key).startswith("mend-")]


def test_a_whole_library_is_told_calmly_and_in_figures(home: Path):
    assert home.exists()
    page = health()
    assert [one.value for one in page.success] == ["**All is well.** Nothing is damaged, and nothing waits to be done."]
    assert not titles(page)
    assert not deeds(page)
    (facts,) = (table.value for table in page.table)
    told = dict(zip(facts["What"], facts["How it is"], strict=True))
    assert told["Library"] == r"2 documents\, 2 passages"
    assert told["Embedder"].startswith(r"minilm\, 384")
    assert "openvino" in told["Versions"]


def test_a_german_page_tells_figures_findings_and_cures_in_german(home: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.rmtree(home / "vectors")
    monkeypatch.setenv("FOOTNOTE_LANGUAGE", "de")
    page = health()
    assert titles(page) == ["Vektorindex"]
    assert any("fehlt; bis er neu aufgebaut ist" in one.value.replace("\\", "") for one in page.markdown)
    page.button(key="mend-vector index").click().run()
    page = looked(page)
    assert [one.value for one in page.info] == ["Der Vektorindex wurde aus dem Katalog neu aufgebaut\\."]
    (facts,) = (table.value for table in page.table)
    told = {what: said.replace("\\", "") for what, said in zip(facts["Was"], facts["Stand"], strict=True)}
    assert told["Bibliothek"] == "2 Dokumente, 2 Abschnitte"
    assert told["Einbettungsmodell"] == "minilm, 384 Dimensionen"
    assert told["Warteschlange"] == "0 Dateien in Arbeit, 0 fehlgeschlagen"
    assert told["Reranker"] == "late ist einsatzbereit"
    found = [one.value for one in page.markdown if one.value.startswith(":material/check:")]
    assert not [one for one in found if re.search(r"\b(the|every|all|have|none)\b", one)]


def test_a_lost_index_is_found_and_built_anew_by_its_button(home: Path):
    shutil.rmtree(home / "vectors")
    page = health()
    assert titles(page) == ["Vector index"]
    assert not page.success
    page.button(key="mend-vector index").click().run()
    page = looked(page)
    assert not titles(page)
    assert page.success
    assert [one.value for one in page.info] == ["The vector index was built anew from the catalogue\\."]
    assert list((home / "vectors").glob("*/*"))


@pytest.mark.usefixtures("home")
def test_what_was_found_a_minute_ago_is_looked_at_anew(monkeypatch: pytest.MonkeyPatch):
    health()
    first, real = resources._checkup().report.at, time.time
    looked(health())
    assert resources._checkup().report.at == first, "all who come within a minute share a look"
    monkeypatch.setattr(health_part.time, "time", lambda: real() + 61)
    health()
    assert resources._checkup().report.at > first


def test_what_cannot_be_undone_is_asked_about_first(home: Path):
    orphan = home / "uploads" / "0123456789abcdef"
    orphan.mkdir(parents=True)
    (orphan / "left.txt").write_text("Nobody's.")
    long_ago = time.time() - 7200
    os.utime(orphan, (long_ago, long_ago))
    page = health()
    assert titles(page) == ["Originals"]
    page.button(key="mend-originals").click().run()
    assert orphan.exists()
    assert "nothing brings them back" in " ".join(one.value for one in page.markdown)
    page.button(key="mend-cancelled").click().run()
    assert orphan.exists()
    page.button(key="mend-originals").click().run()
    page.button(key="mend-sure").click().run()
    page = looked(page)
    assert not orphan.exists()
    assert not titles(page)


def test_documents_of_other_settings_are_queued_to_be_read_again(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert home.exists()
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "100")
    page = health()
    assert titles(page) == ["Settings and documents"]
    assert "Nothing is damaged: what stands here can wait." in [one.value for one in page.caption]
    page.button(key="mend-settings").click().run()
    page = looked(page)
    assert resources.board().counts()["queued"] == len(TEXTS)
    assert titles(page) == ["Files on their way"], "they wait, and no worker runs here"


def test_a_failed_file_is_tried_again(home: Path):
    library = Library(Settings(home=home))
    library.jobs.add("batch", "default", [NewJob("gone.md", "/nowhere/gone.md", 3)])
    library.catalogue.database.execute("UPDATE jobs SET state = 'failed', reason = 'out of reach'")
    library.close()
    page = health()
    assert titles(page) == ["Failed files"]
    page.button(key="mend-failed files").click().run()
    looked(page)
    assert resources.board().counts() == {"queued": 1}


def test_it_says_what_the_chat_endpoint_answers(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert home.exists()
    monkeypatch.setenv("FOOTNOTE_CHAT_MODEL", "any")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    page = health()
    page.button(key="ask-chat").click().run()
    page = looked(page)
    (told,) = (one.value for one in page.markdown if "material/warning" in one.value)
    assert "127" in told


def test_it_says_where_the_chat_endpoint_is_and_not_what_lets_in_there(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_CHAT_MODEL", "tiny")
    assert home.exists()
    monkeypatch.setenv("OPENAI_BASE_URL", "http://me:my-password@127.0.0.1:9/v1?code=my-code")
    texts = " ".join(one.value for one in health().markdown)
    assert "**tiny** at http" in texts
    assert not re.search("my.{0,3}(password|code)", texts)


def test_a_reader_finds_no_such_page(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert home.exists()
    monkeypatch.setattr(resources, "person", lambda: Person("ann", Role.READER))
    page = AppTest.from_file(str(MAIN), default_timeout=60).run()
    with pytest.raises(ValueError, match="admin"):
        page.switch_page("views/admin.py").run()
