"""The weight that a collection tunes by itself: from real passages, by the worker, kept and shown."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from indexes.library import Library
from ingest import weighing
from ingest.cli import main
from ingest.weighing import FEWEST_PASSAGES, due, tune, tune_due
from rag.settings import Settings
from rag.types import Scope
from rag.weights import DEFAULT_WEIGHT, FEWEST
from tests.ingest.homes import added, copied
from tests.ingest.working import until, working

PLACES = ("harbour", "mill", "library", "bakery", "station", "observatory", "brewery", "school", "castle", "garden")
WORKERS = ("a miller", "two sailors", "an astronomer", "the gardener", "her brother", "a retired judge", "some pupils")
THINGS = ("old clocks", "rye bread", "charts of the coast", "letters", "apples", "glass lamps", "wooden boats", "maps")


def texts(n: int, seed: int = 0) -> list[str]:
    """Passages of three sentences that speak of much the same things."""
    pick = random.Random(seed)  # noqa: S311
    return [
        f"Beyond the {pick.choice(PLACES)} number {at} stands a {pick.choice(PLACES)} which {pick.choice(WORKERS)} "
        f"bought in 19{pick.randrange(10, 99)}. Every winter {pick.choice(WORKERS)} came there to look after "
        f"{pick.choice(THINGS)} and {pick.choice(THINGS)}. Visitors of the {pick.choice(PLACES)} may borrow "
        f"{pick.choice(THINGS)} for {pick.randrange(2, 30)} days."
        for at in range(n)
    ]


def written(folder: Path, n: int, name: str = "all.md") -> Path:
    """One file whose sections are a passage each."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n\n".join(f"# Part {at}\n\n{text}" for at, text in enumerate(texts(n))))
    return folder / name


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Collections of so few passages as are made in little time are worth tuning, too."""
    monkeypatch.setattr(weighing, "FEWEST_PASSAGES", 60)
    monkeypatch.setattr(weighing, "N_QUESTIONS", FEWEST)


@pytest.fixture
def library(home: Path, small: None) -> Library:  # noqa: ARG001 - used before `add`
    return Library(Settings(home=copied(home, fill)))


def fill(home: Path) -> None:
    added(home, written(home.parent / "docs", 80))


@pytest.mark.slow
def test_add_tunes_what_it_has_filled_and_searches_use_it(library: Library, capsys: pytest.CaptureFixture[str]):
    (tuned,) = library.catalogue.weights.all()
    assert (tuned.n_questions, tuned.tuned_of) == (FEWEST, tuned.n_chunks)
    assert tuned.n_chunks >= 80
    assert tuned.embedder == library.embedder.fingerprint
    assert library.weight(Scope()) == tuned.tuned
    assert 0.1 <= tuned.weight <= 0.9
    assert due(library) == []
    capsys.readouterr()
    assert main(["status"]) == 0
    assert (
        f"default: 1 document; dense weight {tuned.weight:.2f}, tuned on {FEWEST} questions" in capsys.readouterr().out
    )


@pytest.mark.slow
def test_it_is_tuned_again_when_it_has_grown_by_half(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    first = library.catalogue.weights.all()[0]
    capsys.readouterr()
    assert main(["add", str(written(tmp_path / "more", 10, "some.md"))]) == 0
    assert "finding out how much" not in capsys.readouterr().err
    assert library.catalogue.weights.all()[0].tuned_of == first.tuned_of
    assert main(["add", str(written(tmp_path / "more", 50, "many.md"))]) == 0
    assert "finding out how much meaning counts against words" in capsys.readouterr().err
    assert library.catalogue.weights.all()[0].tuned_of >= first.tuned_of + 60
    (many,) = [record.id for record in library.catalogue.documents() if record.source.endswith("all.md")]
    library.catalogue.remove(many)
    assert due(library) == ["default"]


@pytest.mark.slow
def test_nothing_is_kept_of_what_was_not_wanted_to_its_end(library: Library):
    before = library.catalogue.weights.all()
    answers = iter([True] * 5 + [False])
    assert not tune(library, "default", lambda: next(answers))
    assert library.catalogue.weights.all() == before
    assert tune(library, "default")
    assert library.catalogue.weights.all()[0].tuned == before[0].tuned


@pytest.mark.slow
def test_a_person_sets_it_for_one_collection_and_gives_it_back(library: Library, capsys: pytest.CaptureFixture[str]):
    tuned = library.weight(Scope())
    capsys.readouterr()
    assert main(["weight", "default", "0.8"]) == 0
    assert capsys.readouterr().out == "default: 0.80, set by hand\n"
    assert library.weight(Scope()) == 0.8
    assert main(["weight", "default", "auto", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["weight"] == library.weight(Scope()) == tuned
    for wrong in ("1.5", "much", "nan"):
        assert main(["weight", "default", wrong]) == 2
        assert f"{wrong!r} is no weight: give a number from 0" in capsys.readouterr().err
    assert main(["weight", "nowhere", "0.5"]) == 2
    assert "there is no collection 'nowhere'" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_collection_of_which_nothing_can_be_asked_keeps_the_default(home: Path, tmp_path: Path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "list.csv").write_text("name,age\n" + "\n".join(f"x{n},{n}" for n in range(3000)))
    assert main(["add", str(folder)]) == 0
    library = Library(Settings(home=home))
    (one,) = library.catalogue.weights.all()
    assert one.weight == DEFAULT_WEIGHT
    assert due(library) == []
    if one.n_chunks >= weighing.FEWEST_PASSAGES:
        assert "since no more than" in one.told


@pytest.mark.slow
def test_a_worker_tunes_when_nothing_waits(home: Path, tmp_path: Path):
    """A library of an earlier version, for example, whose collections never were."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_DENSE_WEIGHT", "0.5")
        assert main(["add", str(written(tmp_path / "docs", FEWEST_PASSAGES))]) == 0
    library = Library(Settings(home=home))
    assert [one.tuned for one in library.catalogue.weights.all()] == [None]
    with working(home):
        until(lambda: library.catalogue.weights.all()[0].tuned is not None)
    assert tune_due(library) == []


def test_small_collections_and_fixed_weights_are_not_due(home: Path, tmp_path: Path):
    assert main(["add", str(written(tmp_path / "docs", 3))]) == 0
    assert due(Library(Settings(home=home))) == []
    assert Library(Settings(home=home)).weight(Scope()) == DEFAULT_WEIGHT


def test_a_small_collection_is_told_why_it_has_no_weight_of_its_own(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["add", str(written(tmp_path / "docs", 3))]) == 0
    n = Library(Settings(home=home)).catalogue.weights.all()[0].n_chunks
    capsys.readouterr()
    few = f"it has {n} passages, and a weight of its own is tuned from 200 on"
    for given in ([], ["default", "auto"]):
        assert main(["weight", *given]) == 0
        assert capsys.readouterr().out == f"default: 0.40, not tuned yet: {few}\n"
    assert main(["weight", "default", "0.8"]) == 0
    assert capsys.readouterr().out == "default: 0.80, set by hand\n"
    with pytest.raises(SystemExit, match="0"):
        main(["weight", "--help"])
    assert "From 200 passages on a collection has a weight of its own" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_a_time_limit_leaves_what_was_asked_until_then(library: Library):
    assert tune(library, "default", limit_s=0)
    (one,) = library.catalogue.weights.all()
    assert (one.n_questions, one.weight) == (0, DEFAULT_WEIGHT)
