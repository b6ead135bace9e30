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
        ("The tax is 19% of it.", "The tax is 19 per cent of it."),
        ("The rent rose by 12 % to 12 euros.", "The rent rose by 12 percent to €12."),
        ("The price is EUR 12.", "The price is 12 EUR."),
        ("Die Kaution beträgt 10.000 €.", "| Kaution | 10.000 € |"),
        ("Die Miete beträgt 10.000 €.", "Miete: 10.000 €"),
        ("The rent is 10,000 euros.", "Miete ist 10.000 Euro"),
        ("Die Anzahl beträgt 10.000 Stück.", "Anzahl: 10.000 Stück"),
        ("Die Miete beträgt 1 234,56 €.", "Die Miete beträgt 1234,56 €."),
        ("Die Miete beträgt 1\u202f234,56 €.", "Die Miete beträgt 1.234,56 €."),
        ("Der Zuschuss beträgt 3.000 €.", "Der Zuschuss beträgt 3 Tsd. €."),
        ("Das Pulver wiegt 0.250 kg und ist nicht giftig.", "Das Pulver wiegt 0,25 kg und ist nicht giftig."),
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
        ("The fee is 12% of the rent.", "The fee is 12 euros."),
        ("The fee is 12 euros.", "The fee is 12% of the rent."),
        ("The fee is 12 percent.", "The fee is $12."),
        ("The notice period is 12 days.", "The fee for the notice period is €12."),
        ("Das Limit liegt bei 10 Euro.", "Limit: 10.000 Euro"),
        ("Das Limit liegt bei 10.000 Euro.", "Limit: 10 Euro"),
        ("Die Miete beträgt 234,56 €.", "Die Miete beträgt 1 234,56 €."),
        ("Der Zuschuss beträgt 3 €.", "Der Zuschuss beträgt 3 Tsd. €."),
    ],
)
def test_another_amount_is_found(claim: str, source: str):
    assert findings(claim, [source]) != []


@pytest.mark.parametrize("code", ["R4IK6", "A4", "3M", "FY2024", "4x4", "B12", "5G", "1080p", "2.5xyz"])
def test_codes_are_no_numbers_with_a_unit(code: str):
    text = f"the {code} is here"
    assert (list(quantities(text)), [fact.key for fact in names(text)]) == ([], [code.casefold()])
