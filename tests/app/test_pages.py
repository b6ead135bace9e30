"""Both pages as a person uses them, over documents that went through the real pipeline."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from indexes.library import Library
from rag.settings import Settings
from tests.ingest.make_files import zipped
from tests.ingest.site import Site, serving
from tests.ingest.working import until, working

pytestmark = pytest.mark.slow

MAIN = Path(__file__).parents[2] / "app" / "main.py"
QUESTION = "How long must bank records be kept?"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site on this machine, which the settings of the home open."""
    with serving() as made:
        made.page("/moon", "<title>Tides</title><main><h1>Tides</h1><p>At Looe the neap tide rises 2.1 m.</p></main>")
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Path]:
    """A home of this module's own; what the server shares between sessions is made anew for it."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("home")
    patch.setenv("FOOTNOTE_HOME", str(home))
    patch.setenv("FOOTNOTE_FETCH_NETWORKS", "127.0.0.0/8")
    patch.setenv("FOOTNOTE_FETCH_PORTS", f"80 443 {site.port}")
    st.cache_resource.clear()
    with working(home):
        yield home
    st.cache_resource.clear()
    patch.undo()


def opened() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    assert not page.exception
    return page


def documents() -> AppTest:
    return opened().switch_page("views/documents.py").run()


@pytest.fixture(scope="module")
def samples(home: Path) -> Path:
    """The sample documents, taken in by pressing the button."""
    page = opened()
    assert [button.label for button in page.button] == ["Try it with sample documents"]
    page.button(key="samples").click().run()
    until(lambda: not any(button.label == "Cancel" for button in page.run().button))
    return home


@pytest.fixture
def page(samples: Path) -> AppTest:
    assert samples.exists()
    return opened()


def card(page: AppTest, number: int = 0) -> dict:
    """What the browser is given for an answer."""
    (component,) = [found for found in page.get("bidi_component") if found.key == f"answer-{number}"]
    return json.loads(component.proto.json)


def test_after_the_samples_it_suggests_questions(page: AppTest):
    suggested = [button.label for button in page.button if button.key and button.key.startswith("suggested")]
    assert len(suggested) == 3
    assert suggested[0] == QUESTION.replace("?", r"\?"), "a button shows Markdown"


def test_a_suggested_question_is_answered_with_a_source(page: AppTest):
    page.button(key="suggested-0").click().run()
    assert not page.exception
    assert not page.error
    assert [message.name for message in page.chat_message] == ["user", "assistant"]
    assert page.chat_message[0].text[0].value == QUESTION
    shown = card(page)
    assert shown["kind"] == "quoted"
    assert any("not less than seven years" in source["text"] for source in shown["cited"])
    assert re.match(r"searched 1 collection, \d+ candidates, \d kept, ", shown["flow"]["line"])
    assert not [button for button in page.button if button.key == "suggested-0"]


def test_the_weight_of_a_collection_is_told_with_the_collections(samples: Path):
    weights = Library(Settings(home=samples)).catalogue.weights
    for value, told in ((0.3, "0.30, set by hand"), (None, "0.40, not tuned yet")):
        weights.fix("samples", value)
        page = documents()
        assert told not in str([caption.value for caption in page.caption]), "as long as nobody asks for it"
        page.session_state["collections"] = True
        (shown,) = [caption.value for caption in page.run().caption if told in caption.value]
        assert shown.endswith(f"from 0 (words alone) to 1 (meaning alone): samples {told}.")


def test_a_question_that_no_document_answers_is_refused(page: AppTest):
    page.chat_input(key="question").set_value("What is the capital of Australia?").run()
    shown = card(page)
    assert shown["kind"] == "refused"
    assert len(shown["nearest"]) == 3
    menus = [menu.proto.popover.label for menu in page.main.get("popover")]
    assert "Rephrase" in menus
    assert "Edit question" not in menus


def test_the_conversation_goes_on_and_can_begin_anew(page: AppTest):
    for question in (QUESTION, "How fast can a toboggan go on the $Cresta$ run?"):
        page.chat_input(key="question").set_value(question).run()
    assert [message.text[0].value for message in page.chat_message if message.name == "user"][1].count("$") == 2
    assert card(page, 1)["kind"] == "quoted"
    page.button(key="new").click().run()
    assert not page.chat_message


@pytest.mark.parametrize(
    ("question", "sentence"),
    [("x" * 100_000, "has 100,000 characters"), (" ? " * 2, None), ("\x00<script>alert(1)</script>", None)],
    ids=["too long", "no words", "hostile"],
)
def test_odd_questions_give_a_sentence_or_an_answer(page: AppTest, question: str, sentence: str | None):
    page.chat_input(key="question").set_value(question).run()
    assert not page.exception
    assert not page.error
    assert (sentence or "") in card(page)["notice"]


def test_the_documents_are_listed(samples: Path):
    assert samples.exists()
    page = documents()
    assert not page.exception
    table = page.dataframe[0].value
    assert len(table) == 5
    assert set(table["Collection"]) == {"samples"}
    assert "word-processors.pdf" in set(table["File"])
    assert page.selectbox(key="collection").value == "default"


def test_an_upload_is_taken_in_and_can_be_found(samples: Path):
    page = documents()
    note = ("harbour.md", b"# Harbour rules\n\nThe harbour of Fowey opens at six.\n", "text/markdown")
    page.file_uploader[0].set_value([note]).run()
    until(lambda: "harbour.md" in set(documents().dataframe[0].value["File"]))
    asked = opened().chat_input(key="question").set_value("When does the harbour of Fowey open?").run()
    assert any("opens at six" in source["text"] for source in card(asked)["cited"])
    assert asked.multiselect(key="scope").options == ["default", "samples"]
    asked.multiselect(key="scope").set_value(["samples"]).run()
    asked.chat_input(key="question").set_value("When does the harbour of Fowey open?").run()
    assert "opens at six" not in json.dumps(card(asked, 1))
    assert samples.exists()


def test_a_web_page_is_fetched_from_its_address(samples: Path, site: Site):
    assert samples.exists()
    page = add_page(documents(), "tides at Looe")
    assert [error.value.startswith("a web page is added by its whole address") for error in page.error] == [True]
    assert page.text_input(key="web-address").value, "to be mended"
    page = add_page(page, site.url("/moon"))
    assert page.text_input(key="web-address").value == ""
    until(lambda: "moon" in set(documents().dataframe[0].value["File"]))
    moon = documents().dataframe[0].value.set_index("File").loc["moon"]
    assert (moon["Folder"], moon["Title"]) == (f"127.0.0.1:{site.port}", "Tides")
    page = add_page(documents(), site.url("/gone"))
    until(lambda: "status 404" in rows(page.run()))
    buttons = [button for button in page.button if button.key and button.key.startswith("clear-")]
    buttons[0].click().run()
    assert "status 404" not in rows(page.run())


def rows(page: AppTest) -> str:
    return " ".join(found.proto.body for found in page.get("html"))


def add_page(page: AppTest, address: str) -> AppTest:
    page.text_input(key="web-address").set_value(address)
    [button] = [button for button in page.button if button.label == "Add web page"]
    return button.click().run()


def test_an_archive_shows_the_files_inside_of_it(samples: Path):
    page = documents()
    archive = zipped({f"{n}.md": f"Lamp {n} is lit at dusk." for n in range(3)})
    page.file_uploader[0].set_value([("lamps.zip", archive, "application/zip")]).run()
    until(lambda: "lamps.zip!/2.md" in {r.source for r in Library(Settings(home=samples)).catalogue.documents()})
    table = documents().dataframe[0].value.set_index("File")
    assert table.loc["lamps.zip", "Files inside"] == 3
    assert table["Passages"].isna().to_dict()["lamps.zip"]
    assert (table.loc["2.md", "Passages"], table.loc["2.md", "Folder"]) == (1, "lamps.zip!")
    assert table["Files inside"].isna().to_dict()["2.md"]


def test_a_wrong_setting_is_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_TOP_K", "many")
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    assert [error.value for error in page.error] == ["FOOTNOTE_TOP_K='many' must be a whole number from 1 to 100"]
    assert home.exists()
