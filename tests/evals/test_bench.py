"""The benchmark measures both sides on the same files, and asserts nothing about who wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench import MEASURES, Round, compare, main, table
from evals.bench_converters import Converted, found_by, share
from evals.overlap import of_events
from evals.processes import measured

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


def a_round(seconds: float, peak_mb: float = 100) -> Round:
    return Round(seconds, peak_mb, pages=10, chunks=20, tokens=4000, search_ms=[1.0, 2.0, 3.0], stages={"model": 1.0})


def test_times_says_how_many_times_as_good_we_are():
    sides = {"LangChain": [a_round(30), a_round(10), a_round(20)], "Footnote": [a_round(5, 200)] * 3}
    rows = {line[:18].strip(): line[18:].split() for line in table(sides).splitlines()}
    assert rows["seconds, all in"] == ["20.0", "5.0", "4.00"]
    assert rows["pages a second"] == ["0.5", "2.0", "4.00"]
    assert rows["peak memory, MB"] == ["100.0", "200.0", "0.50"]
    assert rows["pages"] == ["10.0", "10.0"]
    assert set(MEASURES) <= set(rows)


def test_memory_of_children_counts():
    _, _, idle = measured(["-c", "pass"], {})
    child = 'b = bytearray(200_000_000); __import__("time").sleep(0.5)'
    _, seconds, peak = measured(
        ["-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"], {}
    )
    assert seconds >= 0.5
    assert peak > idle + 150


def test_a_folder_without_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path)]) == 2
    assert "has no PDF with text in it" in capsys.readouterr().err


def test_words_that_two_tools_found_leave_out_what_one_invented():
    texts = [{"a.pdf": "one two"}, {"a.pdf": "two three"}, {}]
    done = {f"tool {n}": Converted(1.0, 1.0, 0, found) for n, found in enumerate(texts)}
    assert found_by(1, done) == {"a.pdf": {"one", "two", "three"}}
    assert found_by(2, done) == {"a.pdf": {"two"}}
    assert [share(found_by(1, done), found) for found in texts] == [2 / 3, 2 / 3, 0]


def test_overlap_is_the_time_in_which_both_were_busy():
    events = [
        (0.0, "a", "parsing", 0),
        (1.0, "a", "parsing", 2),
        (4.0, "a", "chunking", 0),
        (4.0, "b", "parsing", 0),
        (5.0, "a", "embedding", 0),
        (6.0, "a", "embedding", 0),
        (7.0, "b", "failed", 0),
        (9.0, "a", "embedding", 2),
        (10.0, "a", "ready", 0),
    ]
    found = of_events([(at, {"source": s, "state": state, "done": n, "total": 2}) for at, s, state, n in events])
    assert (found.wall, found.parsing, found.embedding, found.both) == (10, 7, 4, 2)
    assert "both 2.0 s: 20% of the 10.0 s" in str(found)


@pytest.mark.slow
def test_both_sides_on_the_samples(tmp_path: Path):
    rounds = compare(SAMPLES, tmp_path, n_rounds=1, n_queries=5)
    for side in rounds.values():
        assert side[0].pages == 6
        assert side[0].chunks > 5
        assert len(side[0].search_ms) == 5
