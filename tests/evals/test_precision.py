"""What ships is held against float32 over the same questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.cli import main
from evals.precision import METRICS, Loss
from evals.precision_cli import table
from tests.evals import tiny_sets


def test_what_is_lost_is_told():
    lines = table("tiny", Loss(9, {"ndcg@10": (0.75, 0.7625)}, 81, 0.0123, 0.04)).splitlines()
    assert lines[0].split() == ["tiny", "shipped", "float32", "lost"]
    assert lines[1].split() == ["ndcg@10", "0.7500", "0.7625", "-0.0125"]
    assert lines[2:] == [
        "largest difference of a score after reranking, 0 to 1: 0.0123 (81 scores)",
        "largest difference of the chance of an answer: 0.0400 (9 questions)",
    ]


@pytest.mark.slow
def test_ten_questions_are_asked_in_both_precisions(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tiny = tiny_sets.beir(tmp_path / "tiny")
    rows = [{**row, "_id": f"{row['_id']}-{n}"} for n in range(3) for row in tiny_sets.QUESTIONS]
    tiny_sets.jsonl(tiny / "queries.jsonl", rows)
    more = "".join(f"{q}-{n}\t{p}\t1\n" for n in range(3) for q, p in tiny_sets.GOLD.items())
    (tiny / "qrels.tsv").write_text("query\tdocument\tgrade\n" + more, "utf-8")
    assert main(["precision", str(tiny), "--limit", "10", "--cache", str(tmp_path / "cache")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == list(METRICS)
    assert all(0 < float(line.split()[1]) <= 1 and abs(float(line.split()[3])) < 0.2 for line in lines[1:4])
    assert lines[-1].endswith("(10 questions)")
    assert 0 < float(lines[-1].split(": ")[1].split()[0]) < 0.2
