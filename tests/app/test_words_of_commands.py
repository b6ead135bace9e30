"""In English the page says of files, sizes and weights what the commands say, which know no other language."""

from __future__ import annotations

import pytest

from app.components import job_text, weight_line
from app.words import speaking
from app.words.sizes import extent, size
from indexes.job_records import RUNNING, STATES, Job, State
from indexes.weight_table import CollectionWeight
from ingest import steps
from ingest.pace import Pace
from ingest.sizes import sized
from rag.types import DocumentRecord

ALIVE, GONE = "alive", "gone"


def job(state: State, step: str = "", done: int = 0, total: int = 0) -> Job:
    kept = (1, "batch", "papers", "/papers/notes.txt", "/papers/notes.txt", 10, {}, None, 0)
    return Job(*kept, state=state, step=step, done=done, total=total, owner=ALIVE)


@pytest.mark.parametrize("workers", [[ALIVE], [GONE], []])
@pytest.mark.parametrize("state", [state for state in STATES if state not in ("ready", "unchanged")])
def test_where_a_file_is(state: State, workers: list[str]):
    for step in ("", "queued", *RUNNING) if state in ("failed", "cancelled") else ("",):
        for total in (0, 1, 1234):
            one = job(state, step, done=1, total=total)
            assert job_text.where(one, workers) == steps.where(one, workers)


def test_in_german_a_failed_file_says_where_it_was():
    with speaking("de"):
        assert job_text.where(job("failed", "fetching"), [ALIVE]) == "fehlgeschlagen beim Laden der Seite"
        assert job_text.where(job("embedding", done=1, total=1234), [ALIVE]) == "1 von 1.234 Abschnitten eingebettet"


@pytest.mark.parametrize("left", [None, 4.0, 95.0, 7500.0])
@pytest.mark.parametrize("rate", [0.2, 1.0, 1234.0])
def test_how_fast_files_come_in(rate: float, left: float | None):
    assert job_text.pace(Pace(rate, left)) == Pace(rate, left).told


@pytest.mark.parametrize("n_bytes", [0, 1, 812, 999, 1000, 9_940, 12_345, 3_400_000, 99_900_000_000, 1_234_500_000_000])
def test_sizes(n_bytes: int):
    assert size(n_bytes) == sized(n_bytes)


def test_sizes_in_german():
    with speaking("de"):
        assert [size(n) for n in (812, 12_345, 3_400_000)] == ["812 Bytes", "12 kB", "3,4 MB"]


@pytest.mark.parametrize("n_members", [0, 1, 1234])
@pytest.mark.parametrize("n_chunks", [0, 1, 1234])
def test_how_much_is_in_a_document(n_chunks: int, n_members: int):
    kept = (1, "papers", "a.zip", "", "", 0, "application/zip", 0, n_chunks, (), {}, "", "2026-01-01")
    assert extent(n_chunks, n_members) == DocumentRecord(*kept, n_members=n_members).extent


@pytest.mark.parametrize(
    "one",
    [
        CollectionWeight("papers", 3, of_settings=0.5),
        CollectionWeight("papers", 3, fixed=0.25),
        CollectionWeight("papers", 3),
        CollectionWeight("papers", 3, tuned=0.5, n_questions=1, tuned_at="2026-01-01T00:00:00Z"),
        CollectionWeight("papers", 3, tuned=0.5, n_questions=1234, tuned_at="2026-01-01T00:00:00Z"),
    ],
)
def test_what_a_weight_rests_on(one: CollectionWeight):
    assert weight_line.told(one) == one.told
