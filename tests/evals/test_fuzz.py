"""Damaged files are the same for the same seed, and what goes wrong is kept as small as it gets."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from evals.fuzz import Finding, choose_seeds, fuzz, keep, table
from evals.mutations import MARKUP, RAW, Mutation, members_of, mutated, packed
from evals.shrinking import Shrinker
from ingest.fence import Fence
from rag.types import Block, Document
from tests.ingest import make_files as make

XML = b'<?xml version="1.0"?><a x="1"><b y="22">text 33</b></a>'


def breaks_on_x(path: Path, _name: str, **_options: object) -> Document:
    """A loader with a fault."""
    if path.read_bytes().count(b"X") > 3:
        raise KeyError("too many X")
    return Document("read", "t", "text/plain", blocks=(Block("paragraph", 0, 4),))


@pytest.mark.parametrize("mutation", (*RAW, *MARKUP), ids=lambda mutation: mutation.__name__)
def test_mutations_change_what_they_get_and_take_anything(mutation: Mutation):
    changed = {mutation(XML, random.Random(seed)) for seed in range(30)}
    assert len(changed - {XML}) > 1
    for data in (b"", b"a", b"\0" * 10):
        assert isinstance(mutation(data, random.Random(1)), bytes)


def test_the_same_seed_damages_alike():
    document = make.docx(make.paragraph("Words."))
    first, again = ([mutated(document, random.Random(seed)) for seed in range(40)] for _ in range(2))
    assert first == again
    assert len(set(first)) > 20


def test_archives_are_packed_again_after_their_members_were_damaged():
    document = make.docx(make.paragraph("Words."))
    damaged = [mutated(document, random.Random(seed)) for seed in range(60)]
    openable = [data for data in damaged if data.startswith(b"PK") and b"PK\5\6" in data]
    assert len(openable) > 20
    assert members_of(packed([("a", b"1"), ("a", b"2")])) == [("a", b"1"), ("a", b"2")]


def test_a_fault_is_found_once_and_kept_small(tmp_path: Path):
    seed = tmp_path / "seed.txt"
    seed.write_bytes(b"some words XXX and more words " * 3)
    (tmp_path / "scratch").mkdir()
    fence = Fence(loader="tests.evals.test_fuzz:breaks_on_x")
    report = fuzz({"txt": [seed]}, tmp_path / "scratch", seconds=2, seed=1, fence=fence, told=lambda _: None)
    assert report.counts["txt"]["fault"] > 1
    (finding,) = report.findings
    assert (finding.kind, finding.outcome) == ("txt", "fault")
    assert finding.data.count(b"X") == 4
    assert len(finding.data) < 20
    keep(report, tmp_path / "kept")
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.name.startswith("fault-")
    assert "too many X" in table(report)


def test_findings_that_differ_in_numbers_are_one():
    assert (
        Finding("a", "fault", "input.a has 7 of 'x'", b"").key
        == Finding("a", "fault", "input.a has 12 of 'y'", b"").key
    )


def test_members_that_do_not_matter_are_left_out():
    document = packed([("one", b"a" * 500), ("two", b"needle" + b"b" * 500), ("three", b"c" * 500)])

    def still(data: bytes) -> bool:
        try:
            return any(b"needle" in inner for _, inner in members_of(data))
        except ValueError:
            return False
        except Exception:  # noqa: BLE001 - whatever zipfile says of bytes that were cut
            return False

    (member,) = members_of(Shrinker(still, tries=500, seconds=20).shrunk(document))
    assert member[0] == "two"
    assert len(member[1]) < 20


def test_seeds_are_small_files_that_can_be_read(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Words to read.")
    (tmp_path / "b.txt").write_text(" ")
    (tmp_path / "c.pdf").write_text("no PDF")
    (tmp_path / "huge.txt").write_bytes(b"x" * 400_000)
    seeds = choose_seeds(tmp_path, Fence())
    assert {kind: [path.name for path in paths] for kind, paths in seeds.items()} == {
        "txt": ["a.txt"],
        "pdf": ["c.pdf"],
    }
