"""Long forms that documents give their acronyms."""

import pytest

from rag.query.acronyms import definitions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Deaths by sudden infant death syndrome (SIDS) fell.", [("SIDS", "sudden infant death syndrome")]),
        ("the Warsaw Stock Exchange (WSE)", [("WSE", "Warsaw Stock Exchange")]),
        ("AMP-activated protein kinase (AMPK) is", [("AMPK", "AMP-activated protein kinase")]),
        ("Engineering News-Record (ENR)", [("ENR", "Engineering News-Record")]),
        ("acute   lymphoblastic\nleukemia (ALL)", [("ALL", "acute lymphoblastic leukemia")]),
        ("See the table (TBL) and nothing else (NOPE).", [("TBL", "table")]),
        ("A note (SIDS) without its words.", []),
        ("in winter (Winter) it (It) snows", []),
        ("(ABC)", []),
    ],
)
def test_definitions(text: str, found: list[tuple[str, str]]):
    assert list(definitions(text)) == found
