"""Claims whose words all stand in the source, in the places of each other."""

import pytest

from rag.verification.comparing import findings


def wrong(claim: str, source: str) -> list[str]:
    return [finding.kind for finding in findings(claim, [source])]


@pytest.mark.parametrize(
    ("source", "right", "exchanged"),
    [
        (
            "After a long quarrel, Orla Tech sued its rival Brenn.",
            "Brenn was sued by Orla Tech.",
            "Brenn sued Orla Tech.",
        ),
        ("The mill was bought by Hanna Voss in 1911.", "Hanna Voss bought the mill.", "The mill bought Hanna Voss."),
        (
            "Der Kiosk wird von der Firma Brandt beliefert.",
            "Die Firma Brandt beliefert den Kiosk.",
            "Der Kiosk beliefert die Firma Brandt.",
        ),
        (
            "The Elm Medal was presented to Ida Berg by the Lund Society.",
            "The Lund Society presented Ida Berg the Elm Medal.",
            "The Lund Society was presented the Elm Medal by Ida Berg.",
        ),
        (
            "Turn the left knob to raise the blind and the right knob to dim the lamp.",
            "Turn the right knob to dim the lamp.",
            "Turn the left knob to dim the lamp.",
        ),
        ("Der Sohn malt das Haus.", "Das Haus wird von dem Sohn gemalt.", "Der Sohn wird von dem Haus gemalt."),
        ("Ash is heavier than lime.", "Lime is lighter than ash.", "Lime is heavier than ash."),
        (
            "The ferry runs from Tarn to Skell.",
            "The ferry runs to Skell from Tarn.",
            "The ferry runs from Skell to Tarn.",
        ),
        ("Ida is 34 and Olaf is 51 years old.", "Olaf is 51 years old.", "Olaf is 34 years old."),
        (
            "The trust lent 340 books to 156 readers in 2021.",
            "In 2021 the trust lent 340 books to 156 readers.",
            "The trust lent 156 books to 340 readers in 2021.",
        ),
        (
            "Tank R holds 900 litres, tank S 350 litres and tank T 120 litres.",
            "Tank S holds 350 litres and tank T 120 litres.",
            "Tank S holds 900 litres and tank T 120 litres.",
        ),
        (
            "Rooms are let for 80 euros on weekdays; suites with a balcony cost 130 euros.",
            "Suites cost 130 euros and rooms 80 euros.",
            "Rooms cost 130 euros, a suite no more than 80 euros.",
        ),
        (
            "The Oslo team was formed in 2006, the Bergen team in 2015.",
            "The Bergen team was formed in 2015.",
            "The Bergen team was formed in 2006.",
        ),
        (
            "Der Kanal wurde 1884 gebaut, der Damm 1931.",
            "Der Damm wurde 1931 gebaut.",
            "Der Damm wurde 1884 gebaut.",
        ),
    ],
)
def test_things_that_changed_places_are_seen(source: str, right: str, exchanged: str):
    assert wrong(right, source) == []
    assert "role" in wrong(exchanged, source)


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("In 1989 the old wall of the port fell.", "The old wall of the port fell in 1989."),
        ("Ida Berg and Olaf Lund opened the museum.", "Olaf Lund and Ida Berg opened the museum."),
        ("Ida Berg married Olaf Lund in May.", "Olaf Lund married Ida Berg in May."),
        ("The rate was 3.5 % in 2021 and 4.2 % in 2022.", "In 2022 the rate was 4.2 %."),
        ("Dr Vale showed Dr Hirst the archive.", "Dr Hirst was shown the archive by Dr Vale."),
        ("Dr Vale taught Dr Hirst chemistry.", "Dr Hirst was taught chemistry by Dr Vale."),
        (
            "The Elm Medal was presented to Ida Berg by the Lund Society.",
            "Ida Berg was presented the Elm Medal by the Lund Society.",
        ),
        ("Der Verein Delphin betreibt die Sauna.", "Die Sauna betreibt der Verein Delphin."),
        ("Peter Stolz leitet das Archiv.", "Das Archiv leitet Peter Stolz."),
        ("Peter Stolz leitet das Archiv.", "Das Archiv wird von Peter Stolz geleitet."),
    ],
)
def test_what_is_only_turned_round_is_right(source: str, claim: str):
    assert wrong(claim, source) == []


@pytest.mark.parametrize(
    ("source", "right", "mixed"),
    [
        (
            "Ann runs the Rome shop and Bill runs the Bonn shop.",
            "Bill runs the shop in Bonn.",
            "Bill runs the Rome shop.",
        ),
        ("The plant stores starch and releases water.", "The plant releases water.", "The plant stores water."),
        (
            "Der Verein Delphin betreibt die Sauna, die Familie Brandt führt das Café.",
            "Die Familie Brandt führt das Café.",
            "Der Verein Delphin betreibt das Café.",
        ),
        (
            "Thin pipes carry warm water up, and wide pipes carry cold water down.",
            "Cold water is carried down by wide pipes.",
            "Wide pipes carry warm water.",
        ),
    ],
)
def test_what_is_said_of_another_thing_is_seen(source: str, right: str, mixed: str):
    assert wrong(right, source) == []
    assert wrong(mixed, source) == ["role"]


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("Karl Lindt became chair, and soon he opened the dock.", "Karl Lindt opened the dock."),
        ("Ann runs the Rome shop, a place of twelve seats.", "Ann runs a place of twelve seats."),
        ("The firm bought the mill and later sold the whole mill.", "The firm sold the mill."),
        (
            "The trial's Data Safety Monitoring Board recommended continuation at all three analyses.",
            "The trial's Data Safety Board recommended continuation at all three analyses.",
        ),
        (
            "Orla is a large United States network firm led by members from the north.",
            "Orla is a large States network firm led by members from the north.",
        ),
    ],
)
def test_what_is_told_of_the_same_thing_in_another_place_is_right(source: str, claim: str):
    assert wrong(claim, source) == []


@pytest.mark.parametrize(
    ("source", "right", "turned"),
    [
        ("The city asked for a loan, but the loan was refused.", "The loan was denied.", "The loan was granted."),
        ("The board rejected the complaint.", "The complaint was dismissed.", "The complaint was upheld."),
        ("Der Antrag der Stadt wurde abgelehnt.", "Der Antrag wurde abgewiesen.", "Der Antrag wurde bewilligt."),
        ("The strike failed in May.", "The strike did not succeed.", "The strike succeeded."),
    ],
)
def test_the_opposite_outcome_is_seen(source: str, right: str, turned: str):
    assert wrong(right, source) == []
    assert "word" in wrong(turned, source)


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("Sales grew in the north, but sales fell in the south.", "Sales rose in the north."),
        (
            "There were strong negative links, and there were strong positive links by day.",
            "There were positive links.",
        ),
        ("The board rejected the first complaint.", "The motion was upheld."),
        ("Orla opened an office in 1990. The firm opened a plant in 1995.", "Orla opened a plant."),
    ],
)
def test_another_case_is_no_opposite_outcome(source: str, claim: str):
    assert wrong(claim, source) == []


def test_the_finding_names_both():
    [finding] = findings("Brenn sued Orla.", ["Orla sued Brenn."])
    assert str(finding) == "in the source “brenn” and “orla” have each other's place"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Sales shrank in the whole of last year.", "Sales grew in the whole of last year."),
        ("The store moved out of the old mill in 1954.", "The store moved into the old mill in 1954."),
    ],
)
def test_words_of_opposite_meaning_are_seen(claim: str, source: str):
    assert wrong(claim, source) == ["word"]
