"""Dates in digits agree with those in words."""

import pytest

from rag.verification.comparing import findings
from rag.verification.quantities import quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Der Vertrag wurde am 3. April 2023 unterzeichnet.", "Der Vertrag wurde am 03.04.2023 unterzeichnet."),
        ("Der Vertrag wurde am 3.4.2023 unterzeichnet.", "Der Vertrag wurde am 03.04.2023 unterzeichnet."),
        ("Der Kurs ist vom 3. April bis 5. April 2023.", "Der Kurs ist vom 03.04. bis 05.04.2023."),
        ("The contract was signed on 3 April 2023.", "The contract was signed on 03.04.2023."),
        ("The contract was signed on 3 April 2023.", "The contract was signed on 03/04/2023."),
        ("The contract was signed on April 3, 2023.", "The contract was signed on 04/03/2023."),
        ("The contract was signed on 25 April 2023.", "The contract was signed on 4/25/2023."),
        ("The contract was signed on 3/4/2023.", "The contract was signed on 03/04/2023."),
        ("It ran from April 3 to April 25, 2023.", "It ran from 04/03/2023 to 04/25/2023."),
        ("The deadline is March 2023.", "The deadline is 03/2023."),
        ("Regulation 6/2002 holds for all designs.", "Regulation no. 6 of 2002 holds for all designs."),
    ],
)
def test_the_same_date_agrees(one: str, other: str):
    assert findings(one, [other]) == findings(other, [one]) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Der Vertrag wurde am 3. Mai 2023 unterzeichnet.", "Der Vertrag wurde am 03.04.2023 unterzeichnet."),
        ("Der Vertrag wurde am 13.04.2023 unterzeichnet.", "Der Vertrag wurde am 03.04.2023 unterzeichnet."),
        ("The contract was signed on 03/04/2023.", "The contract was signed on 04/03/2023."),
        ("The contract was signed on 3 March 2023.", "The contract was signed on 03/04/2023."),
        ("The contract was signed on 3 May 2023.", "The contract was signed on 03/04/2023."),
        ("The contract was signed on 3 April 2022.", "The contract was signed on 03/04/2023."),
        ("The deadline is May 2023.", "The deadline is 03/2023."),
    ],
)
def test_another_date_is_found(claim: str, source: str):
    assert {one.kind for one in findings(claim, [source])} == {"number"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("am 03.04.2023", ["3", "month 4", "2023"]),
        ("It costs 12.10.", ["12.1"]),
        ("version 1.2.3, 192.168.0.1 and 10.1.1999.5", ["1.2.3", "192.168.0.1", "10.1.1999.5"]),
        ("1/3 of it, in 2019/2020, 33/44/2023", ["1", "3", "2019", "2020", "33", "44", "2023"]),
        ("04/03/2023", ["4", "month 3", "2023"]),
        ("04/25/2023", ["month 4", "25", "2023"]),
    ],
)
def test_what_is_a_date(text: str, found: list[str]):
    assert [fact.key for fact in quantities(text)] == found
