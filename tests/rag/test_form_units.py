"""Values of forms in units that a field's name asks for, in cells of tables, behind "No." and in enumerations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.forms import PydanticForm
from indexes.support_weights import support
from rag.filling.pieces import clause
from rag.filling.sources import Passages
from rag.filling.values import Place, Value, written
from rag.filling.words import field_at
from rag.forms import Filled, FormFiller
from rag.verification.verifier import Verifier
from tests.app.test_forms import Says
from tests.rag.hits import a_hit

OFFICE = Path(__file__).parents[2] / "evals" / "office_sets"
BREADS = (OFFICE / "firm" / "wholesale-breads.md").read_text("utf-8")
SOUP = (OFFICE / "household" / "recipe-soup.md").read_text("utf-8")
TOTALS = "| Feature | Value |\n|---|---|\n| Weight | 2,400 g |\n| Height (cm) | 30 |"
FEATURES = "| item | amount |\n|---|---|\n| net total | 1,250.00 EUR |\n| VAT 19 % | 237.50 EUR |"
ITEMS = "| Item | Quantity | Price (EUR) |\n|---|---|---|\n| Screws | 40 | 3.20 |\n| Nails | 100 | 4.50 |"


def source(text: str, path: str, value: object, beside: Sequence[object] = ()) -> str:
    """The words that bear a value out."""
    passages = Passages((text,), {path: field_at(path)})
    found = passages.of(path, Value(written(value)), [Value(written(one)) for one in beside])
    return "" if found is None else text[found.start : found.end]


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("Farben: rot, grün und blau", "farben[1]", "grün"),
        ("Farben: rot, grün und blau", "farben[2]", "blau"),
        ("The flat has 84 m² on the second floor.", "area_sqm", 84),
        ("Wohnfläche: 84,5 m²", "wohnflaeche_qm", 84.5),
        ("Living area: 84.5 sqm, garden 120 sqm", "living_area_sqm", 84.5),
        ("Weight: 2,400 g", "weight_kg", 2.4),
        ("Weight: 2.4 kg", "weight_kg", 2.4),
        ("Weight: 2.4 kg", "weight_g", 2400),
        ("The price is 900 euros.", "price_eur", 900),
        ("Der Preis beträgt 1.250,00 €.", "preis_eur", 1250),
        ("The lease lasts two years.", "duration_months", 24),
        ("The duration is two years.", "duration_months", 24),
        ("The duration is 24 months.", "duration_months", 24),
        ("The duration is 6 weeks.", "duration_days", 42),
        ("Laufzeit: 2 Jahre", "laufzeit_monate", 24),
        ("Height: 180 cm", "height_m", 1.8),
        ("The distance is 1.5 km.", "distance_m", 1500),
        ("The warranty: 3 years", "warranty_years", 3),
        ("The rent is 900 euros a month.", "rent_eur", 900),
        ("The net price is 900.", "price_eur", 900),
        ("Power: 1.5 kW", "power_w", 1500),
        ("Battery: 10 hours", "battery_minutes", 600),
        ("Speed: 100 km/h", "speed_kmh", 100),
        ("Area: 2 ha", "area_sqm", 20000),
        ("Temperature: 20 °C", "temperature_c", 20),
        ("The processing time is 90 minutes.", "processing_time_hours", 1.5),
        ("Invoice No.: 2024-118\nDate: 3 May 2024", "invoice_number", "2024-118"),
        ("Invoice No.: 2024-118\nDate: 3 May 2024", "invoice_no", "2024-118"),
        ("Rechnung Nr.: 2024-118", "rechnungsnummer", "2024-118"),
        ("Rechnungs-Nr.: 2024-118\nKunden-Nr.: 77-12", "rechnungsnummer", "2024-118"),
        ("Rechnungs-Nr.: 2024-118\nKunden-Nr.: 77-12", "kundennummer", "77-12"),
        ("Invoice No.: 2024-118\nOrder No.: 2023-77", "invoice_number", "2024-118"),
        ("Invoice no. 2024-118 of 3 May 2024", "invoice_number", "2024-118"),
        ("Customer No.: 4711. Order No.: 2023-77", "customer_number", 4711),
        ("Customer No.: 4711. Order No.: 2023-77", "customer_number", "4711"),
        ("Tel.: 030 1234567", "tel", "030 1234567"),
        ("Policy No.: HR-88213", "policy_number", "HR-88213"),
        ("The colours are red, green and blue.", "colours[0]", "red"),
        ("The colours are red, green and blue.", "colours[2]", "blue"),
        ("The participants are Ada Moor, Karl Lindt and Jo Ek.", "participants[0]", "Ada Moor"),
        ("The participants are Ada Moor, Karl Lindt and Jo Ek.", "participants[1]", "Karl Lindt"),
        ("The participants are Ada Moor, Karl Lindt and Jo Ek.", "participants[2]", "Jo Ek"),
        ("Die Teilnehmer sind Ada Moor, Karl Lindt und Jo Ek.", "teilnehmer[2]", "Jo Ek"),
        ("Teilnehmer: Ada Moor, Karl Lindt und Jo Ek", "teilnehmer[2].name", "Jo Ek"),
        ("Participants: Moor, Lindt and Ek", "participants[2]", "Ek"),
        ("The rooms are a kitchen, a bath and a cellar.", "rooms[2]", "cellar"),
        ("Zimmer: Küche, Bad und Keller.", "zimmer[2]", "Keller"),
        (FEATURES, "net_total_eur", 1250),
        (ITEMS, "items[0].name", "Screws"),
        (ITEMS, "items[0].quantity", 40),
        (ITEMS, "items[1].price_eur", 4.5),
        (TOTALS, "weight_kg", 2.4),
        (TOTALS, "height_m", 0.3),
        (TOTALS, "height_cm", 30),
    ],
)
def test_what_stands_there_has_a_source(text: str, path: str, value: object):
    assert source(text, path, value)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("The rooms are a kitchen, a bath and a cellar. The colours are red and blue.", "rooms[2]", "blue"),
        ("The door is red, and the window is blue.", "door", "blue"),
        ("Living area: 84.5 sqm, garden 120 sqm", "living_area_sqm", 120),
        ("Weight: 2,400 g", "weight_kg", 2400),
        ("Weight: 2.4 kg", "weight_g", 2.4),
        ("The parcel weighs 5 pounds.", "weight_kg", 5),
        ("The price is $ 900.", "price_eur", 900),
        ("The duration is two years.", "duration_months", 2),
        ("The duration is 90 days.", "duration_months", 3),
        ("The duration is 90 days.", "duration_months", 90),
        ("Height: 180 cm", "height_m", 180),
        ("Rechnungs-Nr.: 2024-118\nKunden-Nr.: 77-12", "rechnungsnummer", "77-12"),
        ("Invoice No.: 2024-118\nOrder No.: 2023-77", "invoice_number", "2023-77"),
        (ITEMS, "items[1].quantity", 4.5),
        (ITEMS, "items[1].price_eur", 100),
        (TOTALS, "height_m", 30),
    ],
)
def test_what_is_of_another_unit_column_or_field_has_none(text: str, path: str, value: object):
    assert not source(text, path, value)


@pytest.mark.parametrize(
    ("text", "path", "value", "beside", "says"),
    [
        (BREADS, "loaves[0].loaf", "Miller's Rye", (1, 3.1), "Miller's Rye"),
        (BREADS, "loaves[0].weight_kg", 1, ("Miller's Rye",), "1,000 g"),
        (BREADS, "loaves[1].weight_kg", 0.8, ("White Tin", 1.85), "800 g"),
        (BREADS, "loaves[1].price_gbp", 1.85, ("White Tin",), "£1.85"),
        (BREADS, "loaves[3].keeps_days", 5, ("Seeded Spelt",), "five days"),
        (BREADS, "loaves[0].keeps_weeks", 1, ("Miller's Rye",), "seven days"),
        (SOUP, "beans_kg", 0.4, (), "400 g dried borlotti beans"),
        (SOUP, "water_ml", 2000, (), "2 litres water"),
    ],
)
def test_documents_of_an_office_bear_values_out(  # noqa: PLR0917
    text: str, path: str, value: object, beside: tuple[object, ...], says: str
):
    assert says in source(text, path, value, beside)


@pytest.mark.parametrize(
    ("path", "value", "beside"),
    [
        ("loaves[0].weight_kg", 1000, ("Miller's Rye",)),
        ("loaves[0].weight_kg", 0.8, ("Miller's Rye",)),
        ("loaves[1].price_eur", 1.85, ("White Tin",)),
        ("loaves[1].price_gbp", 3.6, ("White Tin",)),
        ("loaves[3].keeps_days", 7, ("Seeded Spelt",)),
    ],
)
def test_the_row_of_another_entry_bears_nothing_out(path: str, value: object, beside: tuple[object, ...]):
    assert not source(BREADS, path, value, beside)


class Loaf(BaseModel):
    loaf: str
    weight_kg: float
    price_gbp: float


class Sheet(BaseModel):
    loaves: list[Loaf]
    valid_months: int | None = None


def filled(text: str, **told: object) -> Filled[Sheet]:
    return FormFiller(Says(json.dumps(told)), Verifier(support)).fill(
        PydanticForm(Sheet), "What is it?", [a_hit(1, text)]
    )


def test_a_form_has_its_rows_as_sources_and_exchanged_values_have_none():
    rye, tin = {"loaf": "Miller's Rye", "weight_kg": 1.0}, {"loaf": "White Tin", "weight_kg": 0.8}
    found = filled(BREADS, loaves=[rye | {"price_gbp": 3.1}, tin | {"price_gbp": 1.85}])
    assert found.unsupported == ()
    found = filled(BREADS, loaves=[rye | {"price_gbp": 1.85}, tin | {"price_gbp": 3.1}])
    assert [one.path for one in found.unsupported] == ["loaves[0].price_gbp", "loaves[1].price_gbp"]


def test_a_number_that_another_unit_does_not_come_to_is_told_with_what_is_said():
    found = filled(f"{BREADS}\n\nThe sheet is valid for 90 days.", loaves=[], valid_months=3)
    assert found.notice == (
        "No passage bears out what stands in valid_months (“3” is not in the source, which says “90 days”)."
    )


@pytest.mark.parametrize("piece", ["a: " + "b, " * 20_000, "is " * 20_000, "a: " + "b and " * 9_000])
def test_a_long_sentence_takes_no_time(piece: str):
    clause(piece, Place(5, 6, True))
