"""A size and its limit are told apart in every sentence about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.files import look_at
from ingest.sizes import over
from rag.errors import LoadError


@pytest.mark.parametrize(
    ("size", "limit", "said"),
    [
        (1_280_000, 1_000_000, "has 1.3 MB, and the limit is 1 MB"),
        (5_000_000, 1_000_000, "has 5 MB, and the limit is 1 MB"),
        (1_040_000, 1_000_000, "has 1.04 MB, and the limit is 1 MB"),
        (1_000_001, 1_000_000, "has 1.000001 MB, and the limit is 1 MB"),
        (1_073_700_000, 200_000_000, "has 1,074 MB, and the limit is 200 MB"),
        (12, 10, "has 0.000012 MB, and the limit is 0.00001 MB"),
    ],
)
def test_as_many_decimals_as_it_takes(size: int, limit: int, said: str):
    assert over(size, limit) == said


def test_a_large_file_is_refused_with_a_way_on(tmp_path: Path):
    path = tmp_path / "large.pdf"
    path.write_bytes(bytes(1_280_000))
    with pytest.raises(LoadError) as caught:
        look_at(path, 1_000_000)
    assert str(caught.value) == (
        "large.pdf has 1.3 MB, and the limit is 1 MB: split the file, or raise the setting FOOTNOTE_MAX_FILE_MB"
    )
