"""What the Lab shows of a search, a collection and a passage, over documents that went through the real pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components import lab_map, lab_passage, lab_stages
from app.lab import plane
from app.lab.passage import inspect
from app.lab.plane import embeddings, hit_places, question_place
from app.lab.stages import SearchSettings, look, moves, usual_settings
from app.wiring import Workspace
from rag.errors import InputError
from rag.query.nouns import told
from rag.settings import Settings
from rag.types import Scope
from tests.app.stepping import TEXTS, add, with_texts

MAIN = Path(__file__).parents[2] / "app" / "main.py"
QUESTION = "How much is the rent of the flat in Tromsø?"
OTHER = {f"lamp{n}.md": f"# Lamps\n\nLamp {n} of the harbour is lit at {n} in the evening." for n in range(4)}
OTHER |= {"lamp0 copy.md": f"{OTHER['lamp0.md']} Every day."}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    workspace = Workspace(Settings(home=folder / "home"))
    add(workspace, folder, "default", TEXTS)
    add(workspace, folder, "lamps", OTHER)
    workspace.close()
    return folder / "home"


@pytest.fixture(scope="module")
def workspace(home: Path) -> Iterator[Workspace]:
    opened = Workspace(Settings(home=home))
    yield opened
    opened.close()


DEFAULT = Scope(("default",))


def test_by_the_usual_settings_it_keeps_what_a_question_is_answered_from(workspace: Workspace):
    library = workspace.library
    library.catalogue.weights.fix("default", 0.3)
    usual = usual_settings(library, DEFAULT)
    assert usual == SearchSettings(0.3, 200, is_reranked=True, k=library.settings.top_k)
    found = look(library, QUESTION, DEFAULT, usual)
    assert found.kept == library.retriever.retrieve(QUESTION, usual.k, DEFAULT).hits
    assert [stage.name for stage in found.stages] == ["By meaning", "By words", "Fused", "Reranked", "Kept"]
    assert found.kept[0].chunk.source.endswith("tromso.md")
    assert found.searched == QUESTION
    library.catalogue.weights.fix("default", None)


def test_a_weight_of_one_fuses_in_the_order_of_meaning_and_of_nought_in_that_of_words(workspace: Workspace):
    for weight, name in ((1.0, "By meaning"), (0.0, "By words")):
        found = look(workspace.library, QUESTION, DEFAULT, SearchSettings(weight, 200, is_reranked=False, k=3))
        stages = {stage.name: [hit.chunk.id for hit in stage.hits] for stage in found.stages}
        assert "Reranked" not in stages
        assert stages["Fused"][:3] == stages[name][:3] == stages["Kept"]


def test_what_says_nearly_the_same_is_marked_where_it_is_left_out(workspace: Workspace):
    same = {"lamp.md": "The old lighthouse keeper climbs the hundred steps at dusk and lights the lamp with one match."}
    add(workspace, workspace.settings.home.parent, "twins", same | {"again.md": f"{same['lamp.md']} "})
    scope = Scope(("twins",))
    found = look(
        workspace.library, "When does the keeper light the lamp?", scope, usual_settings(workspace.library, scope)
    )
    assert [stage.n for stage in found.stages] == [2, 2, 2, 1, 1]
    assert found.stages[2].left_out == {hit.chunk.id for hit in found.stages[2].hits} - {found.kept[0].chunk.id}


def test_a_misspelt_question_is_searched_for_as_the_documents_write(workspace: Workspace):
    found = look(
        workspace.library, "Where is the harbuor lit?", Scope(("lamps",)), usual_settings(workspace.library, Scope())
    )
    assert found.searched == "Where is the harbour lit?"
    assert "harbour" in told(found.query)


def test_an_empty_question_cannot_be_looked_at(workspace: Workspace):
    with pytest.raises(InputError):
        look(workspace.library, "  ", Scope(), usual_settings(workspace.library, Scope()))


def test_moves_tell_what_rose_what_fell_and_what_came_and_went(workspace: Workspace):
    kept = look(workspace.library, QUESTION, DEFAULT, SearchSettings(0.4, 200, is_reranked=False, k=4)).kept
    a, b, c, d = kept
    assert moves((a, b, c), (b, a, d)) == [(b, 2, 1), (a, 1, 2), (d, None, 3), (c, 3, None)]


def test_a_map_is_of_one_collection_and_always_the_same(workspace: Workspace):
    drawn = embeddings(workspace.shelf, "lamps")
    again = embeddings(workspace.shelf, "lamps")
    assert drawn.ids == again.ids
    assert np.array_equal(drawn.places, again.places)
    assert drawn.n_all == len(drawn.ids) == len(OTHER)
    assert len(drawn.coloured) == len(OTHER)
    places = hit_places(drawn, workspace.shelf, drawn.ids)
    assert np.array(places) == pytest.approx(drawn.places, abs=1e-5)


def test_of_a_large_collection_evenly_spread_passages_are_drawn(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plane, "MOST", 5)
    drawn = embeddings(workspace.shelf, "default")
    assert len(drawn.ids) == 5
    assert drawn.n_all == len(TEXTS)
    assert "5 of" in lab_map._told(drawn)
    assert f"{len(TEXTS)} passages, evenly spread" in lab_map._told(drawn)


def test_documents_beyond_the_first_few_share_a_colour(workspace: Workspace):
    drawn = embeddings(workspace.shelf, "default")
    data = lab_map.points(drawn, question_place(drawn, workspace.library.embedder, QUESTION), (), ())
    assert len(data["names"]) == 6
    assert data["others"] == f"{len(TEXTS) - 6} other documents"
    assert sum(of == 6 for of in data["documents"]) == len(TEXTS) - 6
    json.dumps(data)


def test_a_search_that_finds_no_word_says_so_and_a_passage_shows_its_first_words(workspace: Workspace):
    usual = usual_settings(workspace.library, DEFAULT)
    looked = look(workspace.library, "xyzzy plugh", DEFAULT, usual)
    by_words = lab_stages.columns(looked)["stages"][1]
    assert (by_words["rows"], by_words["nothing"]) == ([], "No word of the question stands in these passages.")
    chunk = replace(looked.kept[0].chunk, text=f"{' ' * 1000}The lamp.")
    assert plane.beginning(chunk) == "The lamp."


def test_a_passage_from_within(workspace: Workspace):
    library = workspace.library
    chunk = library.retriever.retrieve(QUESTION, 1, DEFAULT).hits[0].chunk
    seen = inspect(workspace, chunk, QUESTION)
    dense = library.dense.search(QUESTION, 50, DEFAULT)
    words = library.keyword.search(QUESTION, 50, DEFAULT)
    assert seen.cosine == pytest.approx(
        dict(zip(dense.ids.tolist(), dense.scores.tolist(), strict=True))[chunk.id], abs=1e-3
    )
    assert seen.keyword_score == pytest.approx(
        dict(zip(words.ids.tolist(), words.scores.tolist(), strict=True))[chunk.id]
    )
    assert 0 < seen.n_tokens <= seen.n_embedded <= seen.max_tokens
    assert "".join(words for _, words in lab_passage.parts(seen)) == seen.embedded
    assert chunk.id not in [hit.chunk.id for hit, _ in seen.near]
    alone = inspect(workspace, chunk, "")
    assert alone.cosine is None
    assert not alone.words


def test_the_browser_is_given_plain_values(workspace: Workspace):
    found = look(workspace.library, QUESTION, DEFAULT, usual_settings(workspace.library, DEFAULT))
    data = lab_stages.columns(found)
    assert data["stages"][-1]["isKept"]
    assert {row["rank"] for row in data["stages"][-1]["rows"]} == set(range(1, len(found.kept) + 1))
    assert all(0 <= row["share"] <= 1 for stage in data["stages"] for row in stage["rows"])
    assert data["stages"][2]["rows"][0]["from"].startswith("by meaning ")
    json.dumps(data)


def test_documents_of_one_title_are_told_apart_wherever_they_are_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    texts = {
        f"{name}.md": f"# Buoys\n\nThe {name} buoy blinks {n} times." for n, name in enumerate(("red", "green", "old"))
    }
    add(workspace, workspace.settings.home.parent, "buoys", texts)
    scope = Scope(("buoys",))
    found = look(workspace.library, "How often does the buoy blink?", scope, usual_settings(workspace.library, scope))
    (kept,) = (stage["rows"] for stage in lab_stages.columns(found)["stages"] if stage["isKept"])
    assert {row["title"] for row in kept} == {"Buoys"}
    assert {row["place"] for row in kept} == {f"{name} · passage 1" for name in texts}
    told: list[dict] = []
    monkeypatch.setattr(lab_stages, "_draw_moves", lambda data, key: told.append(data))  # noqa: ARG005
    lab_stages.show_moves(found.kept, found.kept[:2], "moves")
    assert {(one["title"], one["passage"]) for one in told[0]["moves"]} == {
        ("Buoys", f" · {name} · 1") for name in texts
    }
    drawn = embeddings(workspace.shelf, "buoys")
    points = lab_map.points(drawn, (0.0, 0.0), found.kept, hit_places(drawn, workspace.shelf, [1] * len(found.kept)))
    named = {f"Buoys · {name}" for name in texts}
    assert named == set(points["names"]) == set(points["titles"]) == {hit["title"] for hit in points["hits"]}


def test_a_browser_can_pick_only_what_was_found(workspace: Workspace):
    found = look(workspace.library, QUESTION, DEFAULT, usual_settings(workspace.library, DEFAULT))
    hit = found.kept[0]
    assert lab_stages.chosen(found, {"kind": "open", "id": hit.chunk.id}) == ("open", hit)
    forged = ({"kind": "open", "id": [hit.chunk.id]}, {"kind": "open", "id": -1}, {}, "open", [1], 1, None)
    assert [lab_stages.chosen(found, sent) for sent in forged] == [None] * len(forged)


@pytest.fixture
def page(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    st.cache_resource.clear()
    yield AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/lab.py").run()
    st.cache_resource.clear()


def drawn(page: AppTest, key: str) -> dict | None:
    """What the browser is given for a component; None where it is not drawn."""
    assert not page.exception
    found = [one for one in page.get("bidi_component") if one.key == key]
    return json.loads(found[0].proto.json) if found else None


@pytest.mark.slow
def test_moving_a_setting_shows_how_ranks_move_and_can_be_taken_back(page: AppTest):
    assert [info.value[:15] for info in page.info] == ["Type a question"]
    page.text_input(key="lab-question").set_value(QUESTION).run()
    page.multiselect(key="lab-scope").set_value(["default"]).run()
    before = drawn(page, "lab-stages")
    assert before is not None
    assert drawn(page, "lab-moves") is None
    weight, kept = page.slider[0], page.slider[1]
    assert weight.value == 0.4
    weight.set_value(1.0).run()
    page.slider[1].set_value(4).run()
    assert kept.label == "Passages kept"
    moved = drawn(page, "lab-moves")
    assert moved is not None
    assert moved["after"] == 4
    page.toggle[0].set_value(False).run()
    assert [stage["name"] for stage in (drawn(page, "lab-stages") or {})["stages"]][-2:] == ["Fused", "Kept"]
    next(button for button in page.button if button.label == "Back to the usual settings").click().run()
    assert drawn(page, "lab-moves") is None
    assert page.slider[0].value == 0.4
    assert [row["id"] for row in (drawn(page, "lab-stages") or {})["stages"][-1]["rows"]] == [
        row["id"] for row in before["stages"][-1]["rows"]
    ]


@pytest.mark.slow
def test_how_many_are_searched_for_and_how_many_reranked_can_be_moved(page: AppTest):
    page.text_input(key="lab-question").set_value(QUESTION).run()
    page.multiselect(key="lab-scope").set_value(["default"]).run()
    assert [len(stage) for stage in stages(page).values()][:2] == [10, 10], "so many are drawn"
    assert (candidates(page), reranked(page) == fused(page)) == ([len(TEXTS)], False)
    page.select_slider[0].set_value(10).run()
    assert candidates(page) == [10]
    assert page.slider[2].label == "Passages reranked"
    page.slider[2].set_value(1).run()
    assert reranked(page) == fused(page)
    assert drawn(page, "lab-moves") is not None
    page.toggle[0].set_value(False).run()
    assert page.slider[2].disabled


def candidates(page: AppTest) -> list[int]:
    """How many passages search by meaning hands on."""
    (by_meaning, *_) = (drawn(page, "lab-stages") or {})["stages"]
    return [int(by_meaning["note"].split()[0])]


def stages(page: AppTest) -> dict[str, list[dict]]:
    """Name -> the rows that are drawn of it."""
    return {stage["name"]: stage["rows"] for stage in (drawn(page, "lab-stages") or {})["stages"]}


def reranked(page: AppTest) -> list[int]:
    return [row["id"] for row in stages(page)["Reranked"]][:5]


def fused(page: AppTest) -> list[int]:
    return [row["id"] for row in stages(page)["Fused"] if not row["leftOut"]][:5]


@pytest.mark.slow
def test_a_weight_can_be_kept_for_the_collection_and_let_go(page: AppTest, home: Path):
    page.text_input(key="lab-question").set_value(QUESTION).run()
    page.multiselect(key="lab-scope").set_value(["lamps"]).run()
    page.slider[0].set_value(0.75).run()
    next(button for button in page.button if button.label.startswith("Use 0.75")).click().run()
    assert not page.exception
    weights = Workspace(Settings(home=home)).library.catalogue.weights
    assert weights.joint(Scope(("lamps",))) == 0.75
    assert page.slider[0].value == 0.75
    next(button for button in page.button if button.label == "Let the weight be tuned again").click().run()
    assert weights.joint(Scope(("lamps",))) == 0.4


@pytest.mark.slow
def test_the_other_parts_are_drawn_and_settings_outlast_them(page: AppTest):
    page.text_input(key="lab-question").set_value(QUESTION).run()
    page.slider[0].set_value(0.9).run()
    page.button_group(key="lab-section").set_value("Map").run()
    shown = drawn(page, "lab-map")
    assert shown is not None
    assert shown["question"]
    assert shown["hits"]
    page.button_group(key="lab-section").set_value("Passage").run()
    assert drawn(page, "lab-embedded")
    assert {metric.label for metric in page.metric} >= {"Tokens", "Words (BM25)"}
    next(one for one in page.button if one.label == "Passage after" and one.disabled)
    page.session_state["lab-inspected"] = shown["ids"][0]
    page.text_input(key="lab-question").set_value("").run()
    assert drawn(page, "lab-embedded")
    assert [metric.label for metric in page.metric] == ["Tokens", "With its heading"], "no figures without a question"
    assert "Type a question above" in page.caption[-1].value
    page.text_input(key="lab-question").set_value(QUESTION).run()
    page.button_group(key="lab-section").set_value("Search").run()
    assert page.slider[0].value == 0.9


@pytest.mark.slow
def test_the_map_begins_with_the_largest_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = with_texts(tmp_path / "home")
    workspace = Workspace(Settings(home=home))
    add(workspace, tmp_path, "aaa", {"lamp.md": "The lamp of the harbour is lit at dusk."})
    workspace.close()
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/lab.py").run()
    page.button_group(key="lab-section").set_value("Map").run()
    assert page.selectbox(key="lab-map-of").value == "default"
    assert drawn(page, "lab-map") is not None
    st.cache_resource.clear()


@pytest.mark.slow
def test_without_documents_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/lab.py").run()
    assert not page.exception
    assert any(one.value.startswith("**No passages yet.**") for one in page.markdown)
    st.cache_resource.clear()


@pytest.mark.slow
def test_a_weight_that_the_settings_say_is_shown_and_not_offered_to_be_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    monkeypatch.setenv("FOOTNOTE_DENSE_WEIGHT", "0.6")
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/lab.py").run()
    page.text_input(key="lab-question").set_value(QUESTION).run()
    page.multiselect(key="lab-scope").set_value(["lamps"]).run()
    assert page.slider[0].value == 0.6
    page.slider[0].set_value(0.9).run()
    assert drawn(page, "lab-moves") is not None
    assert not [button for button in page.button if button.label.startswith("Use ")]
    assert any(caption.value.startswith("FOOTNOTE_DENSE_WEIGHT says") for caption in page.caption)
    st.cache_resource.clear()


@pytest.mark.slow
def test_a_reranker_that_is_not_there_is_told_beside_what_the_search_found(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    monkeypatch.setenv("FOOTNOTE_RERANKER", str(home / "nowhere"))
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/lab.py").run()
    page.text_input(key="lab-question").set_value(QUESTION).run()
    shown = drawn(page, "lab-stages")
    assert shown is not None
    assert [stage["name"] for stage in shown["stages"]] == ["By meaning", "By words", "Fused", "Kept"]
    assert any("order of the passages is that of the search" in warning.value for warning in page.warning)
    st.cache_resource.clear()
