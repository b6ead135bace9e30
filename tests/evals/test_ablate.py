"""`python -m evals ablate` and `stages` over small sets, with the real models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from evals.ablation.changes import BASE, CHANGES, Change, named
from evals.ablation.measuring import Measured, Sample, _read
from evals.ablation.table import Worth, joined, read_rows, table, worth, write_rows
from evals.cli import main
from evals.config import Config, Tuning
from evals.corpora import open_corpus
from evals.datasets import open_dataset
from evals.docs import draw_depths, write_section
from evals.stages import StageTimes
from evals.stages_cli import table as stages_table
from indexes.embedders import open_embedder
from indexes.late_weights import WEIGHTS
from indexes.library import Library
from indexes.minilm import digest_of
from rag.errors import InputError
from rag.late_interaction import DEPTH
from rag.settings import Settings
from rag.types import Hit
from tests.evals import tiny_sets
from tests.indexes import tiny_cross_encoder
from tests.rag.hits import a_hit

DOC = "# Title\n<!-- ablation -->\nold\n<!-- /ablation -->\n<!-- stages -->\n<!-- /stages -->\nend\n"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_sets.beir(tmp_path_factory.mktemp("sets") / "tiny")


@pytest.mark.slow
def test_changes_are_measured_written_and_not_measured_twice(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    Path("docs/measured.md").write_text(DOC, "utf-8")
    command = ["ablate", str(tiny), "--only", "candidates 50", "reranked hits 0", "chunk tokens 100", "--write"]
    assert main(command) == 0
    shown = capsys.readouterr()
    assert "| as it is | 1.000 |" in shown.out
    assert "tiny, candidates 50: 3 of 3 questions" in shown.err
    rows = read_rows(Path("docs/ablation.json"))
    assert {row.change for row in rows} == {"candidates 50", "reranked hits 0", "chunk tokens 100"}
    assert {row.metric for row in rows} == {"ndcg@10", "recall@10", "contained"}
    assert all(row.n == 3 and row.base == 1 for row in rows)
    text = Path("docs/measured.md").read_text("utf-8")
    assert "old" not in text
    assert text.endswith("end\n")
    assert main(command) == 0
    again = capsys.readouterr()
    assert again.out == shown.out
    assert "of 3 questions" not in again.err
    assert main(["ablate", str(tiny), "--only", "candidates", "--kept", "--json"]) == 0
    assert {row["change"] for row in json.loads(capsys.readouterr().out)} == {"candidates 50"}
    assert main(["ablate", str(tiny), "--limit", "2", "--kept", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["ablate", str(tiny), "--only", "nonsense"]) == 2
    assert "no change begins with nonsense" in capsys.readouterr().err


@pytest.mark.slow
def test_every_stage_is_timed_beside_its_library(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    rows = [{**row, "_id": f"{row['_id']}-{n}"} for n in range(3) for row in tiny_sets.QUESTIONS]
    tiny_sets.jsonl(tiny / "queries.jsonl", [*tiny_sets.QUESTIONS, *rows])
    more = "".join(f"{q}-{n}\t{p}\t1\n" for n in range(3) for q, p in tiny_sets.GOLD.items())
    with (tiny / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write(more)
    monkeypatch.chdir(tmp_path)
    assert main(["stages", str(tiny), "--chunks", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["chunks"] == 5
    assert found["alone"].keys() < found["ours"].keys()
    assert len(found["alone"]) == 5
    assert min(found["ours"].values()) > 0
    assert 0 < found["p50"] <= found["p95"]
    assert list(found["by_depth"]) == ["0", "8", "12", "16", "20", "24", "32"]
    assert main(["stages", str(tiny), "--chunks", "6"]) == 2
    assert "has only 5 passages" in capsys.readouterr().err


def test_a_change_names_values_that_exist_and_differs_from_the_app():
    base = Config("base", Settings())
    assert len({change.name for change in CHANGES}) == len(CHANGES)
    for change in CHANGES:
        assert change.config(base).values() != base.values() or not change.has_headings
    assert [change.name for change in named(["candidates"])] == ["candidates 50", "candidates 100", "candidates 400"]


def test_a_sample_holds_the_passages_of_its_questions(tmp_path: Path):
    dataset = open_dataset(tiny_sets.beir(tmp_path / "tiny"))
    small = Sample(questions=2, passages=3).of(dataset)
    kept = [passage.id for passage in small.corpus()]
    gold = {id for grades in small.qrels.values() for id in grades}
    assert len(small.queries) == len(small.qrels) == 2
    assert len(kept) == 3
    assert gold <= set(kept)
    assert Sample(questions=2, passages=3).of(dataset).queries == small.queries


def test_headings_can_be_left_out(tmp_path: Path):
    folder = tiny_sets.beir(tmp_path / "tiny")
    tiny_sets.jsonl(folder / "corpus.jsonl", [{"_id": "bridge", "title": "Wend", "text": "It has nine arches."}])
    [passage] = Change("none", has_headings=False).dataset(open_dataset(folder)).corpus()
    assert (passage.title, passage.text) == ("", "Wend\n\nIt has nine arches.")


def test_rows_outlast_changes_that_are_gone(tmp_path: Path):
    base = {"ndcg@10": {"a": 0.5, "b": 1.0}}
    [better] = worth("one", CHANGES[0], base, {"ndcg@10": {"a": 1.0, "b": 1.0}}, "code")
    assert (better.n, better.base, better.mean) == (2, 0.75, 0.25)
    gone = Worth("one", "old", "a lost idea", "ndcg@10", 2, 0.75, -0.2, -0.4, -0.1, 0.01, "code", "abc1234")
    write_rows(joined([gone], [better]), tmp_path / "rows.json")
    rows = joined(read_rows(tmp_path / "rows.json"), [better])
    assert rows == [better, gone]
    assert "| a lost idea (abc1234) | **-0.200** (-0.400 to -0.100) | -0.200 |" in table(rows, "ndcg@10")


def test_a_section_is_put_in_its_place(tmp_path: Path):
    path = tmp_path / "measured.md"
    path.write_text(DOC, "utf-8")
    write_section(path, "stages", "| a |\n")
    write_section(path, "stages", "| b |\n")
    assert path.read_text("utf-8") == DOC.replace("<!-- stages -->\n", "<!-- stages -->\n| b |\n")
    with pytest.raises(InputError, match="has no place for it"):
        write_section(tmp_path / "none.md", "stages", "")


def test_a_stage_without_a_library_of_its_own_leaves_its_cells_empty():
    found = StageTimes(10, 5, {"rerank": 30.0, "read": 1.0}, {"rerank": 20.0}, 40.0, 60.0, {"0": 9.0, "16": 40.0})
    lines = stages_table(found).splitlines()
    assert "| rerank | 30.00 | 20.00 | 1.50 |" in lines
    assert "| read | 1.00 | | |" in lines
    assert lines[-1].endswith("0: 9, 16: 40.")


def test_depths_are_drawn(tmp_path: Path):
    rows = [
        Worth(of, "reranked hits", f"reranked hits {depth}", "ndcg@10", 9, 0.7, depth / 100 - 0.16, 0, 0, 1, "")
        for of in ("one", "two")
        for depth in (0, 8, 24)
    ]
    draw_depths(rows, {"0": 20, "8": 100, str(DEPTH): 200, "24": 300}, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"depth.svg", "milliseconds.svg"}
    assert "measured apart" in (tmp_path / "milliseconds.svg").read_text("utf-8")
    first = (tmp_path / "depth.svg").read_bytes()
    draw_depths(rows, {"0": 20, "8": 100, str(DEPTH): 200, "24": 300}, tmp_path)
    assert (tmp_path / "depth.svg").read_bytes() == first


def test_every_change_can_be_measured():
    """A set takes minutes, and the last change is tried as late as that."""
    base = Config("app", Settings())
    longest = open_embedder(Settings()).max_tokens
    for change in CHANGES:
        assert change.config(base).settings.chunk_tokens <= longest, change.name


@pytest.mark.parametrize(("neighbours", "read"), [(0, [5, 6, 1, 11]), (1, [5, 6, 1, 11, 4, 7, 0, 2, 10, 12])])
def test_the_chunks_beside_those_that_are_read_are_read_once_after_them(neighbours: int, read: list[int]):
    chunks = [replace(a_hit(n, str(n), document=n // 10).chunk, ordinal=n % 10) for n in range(20)]
    catalogue = SimpleNamespace(chunks_of=lambda document: chunks[document * 10 : document * 10 + 10])
    library = cast(Library, SimpleNamespace(catalogue=catalogue))
    hits = [Hit(chunks[n], 0.5, "fused") for n in (5, 6, 1, 11)]
    config = Config("one", Settings(), Tuning(neighbours=neighbours))
    assert [hit.chunk.id for hit in _read(hits, config, library)] == read


def learned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `python -m training weights` leaves the files."""
    monkeypatch.setattr(
        "indexes.late_weights.digest_of", lambda path: "f" * 64 if path.name == WEIGHTS else digest_of(path)
    )


def kept_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Measured, "_worked_out", lambda _self, _change: {"ndcg@10": {"q1": 1.0}})


@pytest.mark.parametrize("reranker", ["late", "none"])
def test_values_are_measured_again_with_other_weights(
    reranker: str, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    kept_values(monkeypatch)
    dataset, base = open_dataset(tiny), Config("base", Settings(reranker=reranker))
    measured = Measured(dataset, base, tmp_path, print)
    measured.values(BASE)
    assert measured.is_kept(BASE)
    assert Measured(dataset, base, tmp_path, print).is_kept(BASE)
    learned_anew(monkeypatch)
    assert not measured.is_kept(BASE)


@pytest.mark.slow
def test_values_are_measured_again_with_another_cross_encoder_of_the_name(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    kept_values(monkeypatch)
    model = tiny_cross_encoder.write(tmp_path / "model")
    measured = Measured(open_dataset(tiny), Config("base", Settings(reranker=str(model))), tmp_path, print)
    measured.values(BASE)
    assert measured.is_kept(BASE)
    with (model / "config.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    assert not measured.is_kept(BASE)


def test_a_corpus_is_kept_whatever_the_weights(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for was_kept in (False, True):
        corpus = open_corpus(open_dataset(tiny), Settings(), tmp_path, print)
        corpus.library.close()
        assert corpus.was_kept is was_kept
        learned_anew(monkeypatch)


@pytest.mark.parametrize("limit", ["2", "4", "60"])
def test_too_few_questions_to_time_are_told_before_anything_is_taken_in(
    limit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["stages", str(tiny_sets.beir(tmp_path / "tiny")), "--chunks", "5", "--limit", limit]) == 2
    n = min(4, int(limit))
    assert f"{n} questions of {tmp_path / 'tiny'} cannot be timed: it takes 5" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]
