"""Questions about single documents: chosen by name, kept with the conversation, left out when they are gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from app.components import resources
from ingest.pipeline import File, Pipeline

MAIN = Path(__file__).parents[2] / "app" / "main.py"
TEXTS = {
    "fowey.md": "# Fowey\n\nThe harbour of Fowey opens at six in the morning.\n",
    "looe.md": "# Looe\n\nThe harbour of Looe opens at nine in the morning.\n",
    "polperro.md": "# Polperro\n\nThe harbour of Polperro opens at four in the afternoon.\n",
    "steel.md": "# Steel\n\nSteel melts at about 1,400 degrees Celsius. It is an alloy of iron and carbon.\n",
}
ASKED = "When does the harbour open?"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    import streamlit as st

    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    files = [File(tmp_path / name, name) for name in TEXTS]
    assert {one.state for one in Pipeline(resources.workspace().library, "default").add(files)} == {"ready"}
    page = AppTest.from_file(str(MAIN), default_timeout=240)
    page.session_state["scope-finder"] = True  # opened
    yield page.run()
    resources.workspace().close()
    st.cache_resource.clear()


def number(name: str) -> int:
    found = resources.workspace().library.catalogue.find("default", name)
    assert found is not None
    return found.id


def chips(page: AppTest) -> list[str]:
    return names(page, "scope-drop-")


def names(page: AppTest, key: str) -> list[str]:
    return [button.label.replace("\\", "") for button in page.button if str(button.key).startswith(key)]


def answered(page: AppTest) -> str:
    """What the last answer cites."""
    turn = page.session_state["turns"][-1]
    return ", ".join(sorted({citation.chunk.source for citation in turn.answer.citations}))


def test_a_document_found_by_name_is_asked_alone(page: AppTest):
    page.text_input(key="scope-words").input("loo").run()
    assert names(page, "scope-add-") == ["looe.md"]
    page.button(key=f"scope-add-{number('looe.md')}").click().run()
    assert chips(page) == ["looe.md"]
    page.chat_input[0].set_value(ASKED).run()
    assert answered(page) == "looe.md"
    page.button(key=f"scope-drop-{number('looe.md')}").click().run()
    assert chips(page) == []


def test_the_conversation_keeps_its_place_where_documents_are_chosen(page: AppTest):
    """Or the question of the run before would stand beside it until the run is over."""
    page.chat_input[0].set_value(ASKED).run()
    before = place_of_thread(page)
    page.button(key=f"scope-add-{number('looe.md')}").click().run()
    assert chips(page) == ["looe.md"]
    assert place_of_thread(page) == before


def place_of_thread(page: AppTest) -> int:
    """Among the parts of the page, where the first question is below."""
    parts = page.main.children.items()
    return next(place for place, part in parts if isinstance(part, Block) and part.get("chat_message"))


def test_the_choice_comes_back_with_its_conversation(page: AppTest):
    page.button(key=f"scope-add-{number('polperro.md')}").click().run()
    page.chat_input[0].set_value(ASKED).run()
    page.button(key="new").click().run()
    assert chips(page) == []
    page.button(key="open-1").click().run()
    assert chips(page) == ["polperro.md"]
    again = AppTest.from_file(str(MAIN), default_timeout=240)
    again.query_params["c"] = "1"
    assert chips(again.run()) == ["polperro.md"]


def test_a_document_that_is_gone_is_left_out_and_told(page: AppTest):
    for name in ("fowey.md", "looe.md"):
        page.button(key=f"scope-add-{number(name)}").click().run()
    assert page.chat_input[0].placeholder == "Ask about your documents: 2 chosen"
    resources.workspace().library.catalogue.remove(number("looe.md"))
    page.run()
    assert chips(page) == ["fowey.md"]
    assert page.chat_input[0].placeholder == "Ask about your documents: 1 chosen"
    assert [toast.value for toast in page.toast] == [
        "1 document of this conversation is not here any more. The question is about the others."
    ]
    resources.workspace().library.catalogue.remove(number("fowey.md"))
    page.run()
    assert chips(page) == []
    assert page.chat_input[0].placeholder == "Ask about your documents"
    assert page.toast[-1].value.endswith("All documents are asked now.")


def test_a_refusal_among_chosen_documents_offers_all(page: AppTest):
    page.button(key=f"scope-add-{number('fowey.md')}").click().run()
    page.chat_input[0].set_value("At how many degrees does steel melt?").run()
    assert page.session_state["turns"][-1].answer.refused
    page.button(key="wider").click().run()
    assert answered(page) == "steel.md"
    assert chips(page) == []


def test_from_the_documents_page_to_the_question(page: AppTest):
    page.switch_page("views/documents.py").run()
    assert names(page, "ask-about") == []
    page.session_state["marked"] = frozenset({number("looe.md"), number("fowey.md")})
    assert names(page.run(), "ask-about") == ["Ask about these 2 documents"]
    page.button(key="ask-about").click().run()
    page.switch_page("views/ask.py").run()
    assert sorted(chips(page)) == ["fowey.md", "looe.md"]
