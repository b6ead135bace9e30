"""Numbers, months and negations of German and French texts, and names in their several forms."""

import pytest

from rag.verification.comparing import findings
from rag.verification.quantities import quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mitarbeiter haben 14 Tage Zeit.", "Mitarbeiter haben vierzehn Tage Zeit."),
        ("Mitarbeiter haben 30 Tage Urlaub im Jahr und nicht mehr.", "Frist: dreißig Tage Urlaub im Jahr"),
        ("Die Frist von 21 Tagen ist einzuhalten.", "Die Frist von einundzwanzig Tagen ist einzuhalten."),
        ("Die Kosten sind mit zwei Millionen Euro zu hoch.", "Die Kosten sind mit 2.000.000 Euro zu hoch."),
        ("Les employés ont 3 jours de congé.", "Les employés ont trois jours de congé."),
        ("Les employés ont 25 jours de congé.", "Les employés ont vingt-cinq jours de congé."),
        ("Les employés ont 71 jours de congé.", "Les employés ont soixante et onze jours de congé."),
        ("Le budget est de 3 millions d'euros.", "Le budget est de 3 000 000 d'euros."),
        ("Le contrat a été signé le 3 mars 2023.", "Le contrat a été signé le 03.03.2023."),
        ("Le contrat a été signé le 3 mars 2023.", "Signature du contrat: 3 mars 2023"),
        ("Les animaux ne sont pas autorisés dans la maison.", "Animaux pas autorisés dans la maison."),
        ("The firm is based in the U.S. and in the UK.", "The firm is based in the US and in the U.K."),
        ("The fee is USD 12 and CHF 13.", "The fee is $12 and 13 francs."),
    ],
)
def test_the_same_agrees(one: str, other: str):
    assert findings(one, [other]) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Mitarbeiter haben 13 Tage Zeit.", "Mitarbeiter haben dreißig Tage Zeit."),
        ("Les employés ont quatre jours de congé.", "Les employés ont trois jours de congé."),
        ("Le budget est de 3 d'euros pour la ville.", "Le budget est de 3 millions d'euros pour la ville."),
        ("Le contrat a été signé le 3 mai 2023.", "Le contrat a été signé le 3 mars 2023."),
        ("Les animaux sont autorisés dans la maison.", "Les animaux ne sont pas autorisés dans la maison."),
        ("Les repas sont servis avec sauce dans la salle.", "Les repas sont servis sans sauce dans la salle."),
        ("The firm is based in the UK.", "The firm is based in the U.S."),
        ("The fee is USD 12.", "The fee is EUR 12."),
    ],
)
def test_something_else_is_found(claim: str, source: str):
    assert findings(claim, [source]) != []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sept. 5: elves seize Mars, by Otto Dix", ["5", "month 9"]),
        ("The elf is here and has been to Mars in a pas de trois", []),
        ("Un vélo neuf est dans la cave et le garage", []),
        ("achtundneunzig, neunzehn und der Rest ist nicht da", ["98", "19"]),
        ("quatre-vingt-dix-neuf et dix-sept de la liste", ["99", "17"]),
        ("six de la liste et le reste", ["6"]),
    ],
)
def test_what_is_a_number_in_words(text: str, found: list[str]):
    assert [fact.key for fact in quantities(text)] == found
