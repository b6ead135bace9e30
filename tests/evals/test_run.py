"""`python -m evals run` and `compare` from the set on disk to the tables, with the real models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.wiring import THRESHOLD
from evals.cli import main
from evals.config import read_config
from evals.datasets import open_dataset
from evals.embedding_cache import CachedEmbedder
from evals.metric_names import Plan
from evals.record_file import read
from indexes.embedders import open_embedder
from ingest.cli import main as ingest
from rag.errors import ConfigError
from rag.settings import Settings
from tests.evals import tiny_sets
from tests.indexes import tiny_cross_encoder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def beir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_sets.beir(tmp_path_factory.mktemp("sets") / "tiny")


def config(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_run_is_measured_recorded_and_gated(
    beir: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "out"
    given = config(tmp_path / "plain.toml", "top_k = 3\n")
    command = ["run", str(beir), "--config", str(given), "--out", str(out), "--cache", str(cache)]
    assert main([*command, "--must", "ndcg@10>=.9", "--must", "contained>=.99"]) == 0
    record = read(out)
    metrics = record.metrics or {}
    assert metrics["ndcg@10"].mean == metrics["contained"].mean == metrics["citation_recall"].mean == 1
    assert metrics["ndcg@10"].n == 3  # the unanswerable question has no ranking to judge
    assert metrics["refusal_recall"].n == 4 + 3  # and every other one is asked without its passage, too
    assert record.settings["top_k"] == 3
    assert "minilm" in record.models["embedder"]
    assert record.models["tuned dense weight"] == "0.40"  # so few passages leave the default
    assert "| ndcg@10 | 1.000 |" in (out / "report.md").read_text("utf-8")
    capsys.readouterr()
    assert main([*command, "--must", "ndcg@10>1"]) == 1
    assert "footnote: ndcg@10 is 1.0000, but must be > 1" in capsys.readouterr().err


def test_two_configs_are_compared_question_by_question(
    beir: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    good, bad = (
        config(tmp_path / f"{name}.toml", text) for name, text in (("good", ""), ("strict", "threshold = 1.0\n"))
    )
    out = tmp_path / "out"
    command = ["run", str(beir), "--config", str(good), "--against", str(bad), "--out", str(out), "--cache", str(cache)]
    assert main(command) == 0
    assert f"| threshold | {THRESHOLD} | 1.0 |" in capsys.readouterr().out
    assert main(["compare", str(out / "good.json"), str(out / "strict.json"), "--metric", "contained"]) == 0
    shown = capsys.readouterr().out
    assert "| contained | 1.000 | 0.000 | -1.000 (-1.000 to -1.000) |" in shown
    assert "| 0 / 3 / 0 |" in shown
    assert shown.index("Where A (good) is better") < shown.index("Who rebuilt the paper mill?")
    assert main(["compare", str(out / "good.json"), str(out / "strict.json"), "--metric", "nothing"]) == 2
    row = json.loads((out / "strict.json").read_text("utf-8"))
    dropped = row["questions"].pop()
    (out / "fewer.json").write_text(json.dumps(row), "utf-8")
    capsys.readouterr()
    assert main(["compare", str(out / "good.json"), str(out / "fewer.json")]) == 0
    assert "Asked in one of the runs alone, and left out of what is compared: 1 question." in capsys.readouterr().out
    row["questions"].append(dropped | {"question": "Something else?"})
    (out / "other.json").write_text(json.dumps(row), "utf-8")
    assert main(["compare", str(out / "good.json"), str(out / "other.json")]) == 2
    assert "these are two sets of the name tiny" in capsys.readouterr().err


def test_files_are_parsed_cut_and_judged_by_the_span_that_holds_the_answer(cache: Path, tmp_path: Path):
    folder = tiny_sets.documents(tmp_path / "docs")
    wrong = {"id": "q9", "question": "When was the bridge finished?", "answers": ["1743"], "documents": ["mill.txt"]}
    with (folder / "questions.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(wrong))
    out = tmp_path / "out"
    assert main(["run", str(folder), "--out", str(out), "--cache", str(cache)]) == 0
    record = read(out)
    assert record.values("mrr@10") == {"q1": 1, "q2": 1, "q3": 1, "q9": 0}  # its answer stands in another document
    assert record.values("document@5")["q1"] == 1
    assert record.values("contained")["q3"] == 1


def test_what_was_embedded_once_is_not_embedded_again(cache: Path):
    from evals.embedding_cache import VectorCache

    inner = open_embedder(Settings())
    texts = ["one sentence", "another sentence", "one sentence"]
    first = CachedEmbedder(inner, VectorCache(cache / "own", inner.fingerprint))
    rows = first.embed_documents(texts)
    assert first.n_made == 2
    second = CachedEmbedder(inner, VectorCache(cache / "own", inner.fingerprint))
    assert (second.embed_documents(texts) == rows).all()
    assert second.n_made == 0
    other = CachedEmbedder(inner, VectorCache(cache / "own", "another embedder"))
    other.embed_documents(texts)
    assert other.n_made == 2


def test_a_run_without_the_reranker_that_it_names_is_none(
    beir: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    given = config(tmp_path / "best.toml", "reranker = 'no-such-model'\n")
    command = ["run", str(beir), "--only", "retrieval", "--config", str(given), "--cache", str(cache)]
    assert main([*command, "--out", str(tmp_path / "out")]) == 1
    assert "FOOTNOTE_RERANKER='no-such-model' is no folder" in capsys.readouterr().err


@pytest.mark.slow
def test_a_reranker_is_a_setting_of_a_run(beir: Path, cache: Path, tmp_path: Path):
    model = tiny_cross_encoder.write(tmp_path / "tiny")
    given = config(tmp_path / "reranked.toml", f"reranker = '{model}'\n")
    out = tmp_path / "out"
    assert main(["run", str(beir), "--config", str(given), "--cache", str(cache), "--out", str(out)]) == 0
    record = read(out)
    assert record.settings["reranker"] == str(model)
    assert f"{model} cross-encoder:" in record.models["reranker"]
    assert record.metrics


def test_a_second_run_takes_nothing_in(beir: Path, cache: Path, tmp_path: Path):
    command = ["run", str(beir), "--only", "retrieval", "--cache", str(cache), "--out"]
    assert main([*command, str(tmp_path / "a")]) == 0
    before = {path: path.stat().st_mtime_ns for path in cache.glob("homes/*/catalogue.sqlite")}
    assert main([*command, str(tmp_path / "b")]) == 0
    assert before == {path: path.stat().st_mtime_ns for path in cache.glob("homes/*/catalogue.sqlite")}
    assert read(tmp_path / "a").metrics == read(tmp_path / "b").metrics


def test_judgements_of_passages_that_are_not_there_are_told(
    cache: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    folder, out = tiny_sets.beir(tmp_path / "holed"), tmp_path / "out"
    with (folder / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write("q2\tgone\t1\nq3\tlost\t0\n")
    command = ["run", str(folder), "--only", "retrieval", "--cache", str(cache), "--out", str(out)]
    assert main(command) == 0
    told = "judges passages that it does not have, in 2 judgements, the first of 'gone' for question 'q2'"
    assert f"footnote: {folder} {told}" in caplog.text  # shown on standard error
    record = read(out)
    assert [told in note for note in record.notes] == [True]
    assert told in (out / "report.md").read_text("utf-8")
    assert record.values("recall@10")["q2"] == 0.5  # relevant, and nowhere to be found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dense_wieght = 0.3", "unknown key dense_wieght; the keys are"),
        ("api_key = 'x'", "unknown key api_key"),
        ("anthropic_key = 'x'", "unknown key anthropic_key"),
        ("dense_weight = 3", "FOOTNOTE_DENSE_WEIGHT='3' must be a number from 0 to 1"),
        ("threshold = 'high'", "threshold='high' must be a number from 0 to 1"),
        ("candidates = 2.5", "candidates=2.5 must be a whole number from 1 to 10000"),
        ("oops", "is not TOML"),
    ],
)
def test_a_config_that_cannot_be_used_says_why(tmp_path: Path, text: str, message: str):
    with pytest.raises(ConfigError, match="a.toml") as error:
        read_config(config(tmp_path / "a.toml", text), {})
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "name either SET or --collection NAME"),
        (["run", "SET", "--must", "ndcg"], "'ndcg' is no demand"),
        (["run", "SET", "--must", "nothing>1", "--only", "retrieval"], "the run has no metric 'nothing'"),
        (["run", "SET", "--judge", "some-model", "--only", "retrieval"], "--judge and --perplexity are about answers"),
        (["questions", "SET", "--out", "SET"], "is a folder: name the file that the questions are written to"),
        (["compare", "SET/corpus.jsonl", "SET/corpus.jsonl"], "is not the record of a run"),
    ],
)
def test_wrong_use_is_told(  # noqa: PLR0917
    arguments: list[str], message: str, beir: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    named = [argument.replace("SET", str(beir)) for argument in arguments]
    places = ["--cache", str(cache), "--out", str(tmp_path / "out")] if arguments[0] == "run" else []
    assert main([*named, *places]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--must", "nosuch@10>=.5"], "the run has no metric 'nosuch@10'; it has ndcg@10, mrr@10,"),
        (["--must", "contained>=.5", "--only", "retrieval"], "the run has no metric 'contained'; it has ndcg@10"),
        (["--must", "judge_grounded>=.5"], "the run has no metric 'judge_grounded'"),
        (["--must", "document@5>=.5"], "the run has no metric 'document@5'"),
        (["--against", "B"], "FOOTNOTE_RERANKER='no-such-model' is no folder"),
    ],
)
def test_what_the_end_could_not_give_is_refused_before_the_run(  # noqa: PLR0917
    more: list[str], message: str, beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    other = config(tmp_path / "b.toml", "reranker = 'no-such-model'\n")
    named = [str(other) if argument == "B" else argument for argument in more]
    cache, out = tmp_path / "cache", tmp_path / "out"
    assert main(["run", str(beir), *named, "--cache", str(cache), "--out", str(out)]) in {1, 2}
    assert message in capsys.readouterr().err
    assert not cache.exists()
    assert not out.exists()


def test_a_run_has_the_metrics_that_were_told_before(cache: Path, beir: Path, tmp_path: Path):
    for name, path in (("passages", beir), ("files", tiny_sets.documents(tmp_path / "docs"))):
        dataset, out = open_dataset(path), tmp_path / name
        assert main(["run", str(path), "--cache", str(cache), "--out", str(out)]) == 0
        plan = Plan(
            dataset.queries,
            has_files=name == "files",
            has_answers=True,
            is_quoting=True,
            is_judged=False,
            is_scored=False,
        )
        assert set(read(out).metrics or {}) == set(plan.metrics())
        assert {"ndcg@10", "bert_score", "refusal_f1"} <= set(plan.metrics())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "SET", "--limit", "0"], "argument --limit: must be a whole number from 1 to"),
        (["run", "SET", "--limit", "9" * 5000], "argument --limit: must be a whole number from 1 to"),
        (["run", "SET", "--seed", "-1"], "argument --seed: must be a whole number from 0 to"),
        (["refusal", "SET", "--precision", "0"], "argument --precision: must be a number above 0, at most 1"),
        (["refusal", "SET", "--precision", "nan"], "argument --precision: must be a number above 0, at most 1"),
        (["refusal", "SET", "--precision", "90%"], "argument --precision: must be a number above 0, at most 1"),
        (["compare", "A", "B", "--show", "-1"], "argument --show: must be a whole number from 0 to"),
        (["stages", "SET", "--chunks", "-5"], "argument --chunks: must be a whole number from 1 to"),
        (["people", "--every", "0"], "argument --every: must be a number above 0"),
        (["people", "--minutes", "nan"], "argument --minutes: must be a number above 0"),
        (["fuzz", "SET", "--minutes", "nan"], "argument --minutes: must be a number above 0"),
    ],
)
def test_a_number_that_makes_no_sense_is_told(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert message in capsys.readouterr().err


def test_a_collection_is_measured_as_it_is_indexed_and_what_is_told_is_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    folder, home = tiny_sets.documents(tmp_path / "docs"), tmp_path / "home"
    questions = folder / "questions.jsonl"
    questions.rename(tmp_path / "mine.jsonl")
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    for name in ("mine", "other"):
        assert ingest(["add", str(folder), "--collection", name]) == 0
    rows = [json.loads(line) for line in (tmp_path / "mine.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        row["documents"] = [str(folder / name) for name in row["documents"]]
    tiny_sets.jsonl(tmp_path / "mine.jsonl", rows)
    capsys.readouterr()
    out = tmp_path / "out"
    command = ["run", "--collection", "mine", "--questions", str(tmp_path / "mine.jsonl"), "--out", str(out)]
    assert main([*command, "--indexed", "--browse", "--progress", "--cache", str(tmp_path / "unused")]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["what"] for row in told if row["n"] == row["of"] == 3] == [
        f"questions {what}" for what in ("timed", "ranked", "answered")
    ]
    record = read(out)
    assert not (tmp_path / "unused" / "homes").exists()
    assert record.values("mrr@10") == {"q1": 1, "q2": 1, "q3": 1}  # nothing of the other collection is in the way
    assert len(record.milliseconds) == 3
    first = record.questions[0]
    assert first.found[first.right[0] - 1] == "bridge.txt, passage 1"
    assert first.said is not None
    assert first.said.sources == ("bridge.txt, passage 1",)
    assert json.loads((out / "default.browse" / "summary.json").read_text("utf-8"))["sample"]["asked"] == 3
    given = config(tmp_path / "cut.toml", "chunk_tokens = 100\n")
    assert main([*command, "--indexed", "--config", str(given)]) == 2
    assert "chunk_tokens changes how documents are taken in" in capsys.readouterr().err
    assert main(["run", str(folder), "--indexed"]) == 2
    assert "--indexed is about a collection" in capsys.readouterr().err
