"""What a person has put aside stays so, for them alone."""

from __future__ import annotations

from pathlib import Path

from indexes.catalogue import Catalogue


def test_it_stays_put_aside_for_this_person(tmp_path: Path):
    dismissals = Catalogue(tmp_path).dismissals
    assert dismissals.until("ada") == 0
    dismissals.put("ada", 20.5)
    dismissals.put("ada", 10.0)
    assert Catalogue(tmp_path).dismissals.until("ada") == 20.5
    assert dismissals.until("ben") == 0
    dismissals.forget("ada")
    assert dismissals.until("ada") == 0
