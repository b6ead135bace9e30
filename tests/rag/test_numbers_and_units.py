"""Numbers with what stands right beside them: units, thousands, currencies."""

import pytest

from rag.verification.comparing import findings
from rag.verification.names import names
from rag.verification.quantities import quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The file may have at most 10GB.", "The file may have at most 10 GB."),
        ("The bag weighs 2.5kg.", "The bag weighs 2.5 kg."),
        ("Take 500mg a day.", "Take 500 mg a day."),
        ("The battery has 5000mAh.", "The battery has 5,000 mAh."),
        ("It is 3x faster than before.", "It is 3 times faster than before."),
        ("It uses 5-10GB of memory.", "It uses 5–10 GB of memory."),
        ("It drives 50km/h at most.", "It drives 50 km/h at most."),
        ("Die Wohnung hat 50m².", "Die Wohnung hat 50 Quadratmeter."),
        ("The site has 50k users.", "The site has 50,000 users."),
        ("The deposit is $50k.", "The deposit is USD 50,000."),
        ("The revenue was €3M.", "The revenue was €3 million."),
    ],
)
def test_the_same_amount_agrees(one: str, other: str):
    assert findings(one, [other]) == findings(other, [one]) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The bag weighs 2kg.", "The bag weighs 2.5kg."),
        ("Take 500mg a day.", "Take 500 g a day."),
        ("Take 500mg a day.", "Take 600mg a day."),
        ("The file may have at most 10GB.", "The file may have at most 10 MB."),
        ("The site has 50k users.", "The site has 50 users."),
        ("The model R4IK6 has 4x4 drive.", "The model R4IK7 has 4x4 drive."),
        ("It was bought by 3M in FY2024.", "It was bought by 3M in FY2023."),
        ("The phone has 5G.", "The phone has 4G."),
    ],
)
def test_another_amount_is_found(claim: str, source: str):
    assert findings(claim, [source]) != []


@pytest.mark.parametrize("code", ["R4IK6", "A4", "3M", "FY2024", "4x4", "B12", "5G", "1080p", "2.5xyz"])
def test_codes_are_no_numbers_with_a_unit(code: str):
    text = f"the {code} is here"
    assert (list(quantities(text)), [fact.key for fact in names(text)]) == ([], [code.casefold()])
