"""Names of uploads as browsers send them, and as they were."""

from __future__ import annotations

import pytest

from app.components.upload_name import upload_name
from ingest.kept import listed_name


@pytest.mark.parametrize(
    ("sent", "name", "listed"),
    [
        ("The %22red%22 boat.txt", 'The "red" boat.txt', 'The "red" boat.txt'),
        ("one%0D%0Atwo.md", "one\r\ntwo.md", "one two.md"),
        ("100 %25 %2522 %0a %41 é.md", "100 %25 %2522 %0a %41 é.md", "100 %25 %2522 %0a %41 é.md"),
        ("%0A..%0A/x.md", "\n..\n/x.md", "x.md"),
    ],
    ids=["quotation marks", "line breaks", "nothing else", "hostile"],
)
def test_three_signs_are_put_back_into_the_name_of_an_upload(sent: str, name: str, listed: str):
    assert upload_name(sent) == name
    assert listed_name(upload_name(sent)) == listed
