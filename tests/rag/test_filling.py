"""The value of a field has a source where a passage says it of that field."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from rag.filling.schema import FormSchema, Property
from rag.filling.sources import Passages
from rag.filling.values import Value, written
from rag.filling.words import field_at

LEASE = (
    "The tenant of the flat is Ada Moor. The landlord is Karl Lindt. The rent is 900 euros a month, and the deposit is "
    "1,800 euros. The door is red. The flat has three rooms and a balcony. It is heated with gas.",
    "The lease begins on 1 March 2024 and ends on 28 February 2026. Pets are not allowed in the flat. Rent is paid by "
    "bank transfer. The notice period is three months. The flat lies in Berlin, on the second floor.",
)
INVOICE = (
    "Invoice R-4711\n\nCustomer: Nordlicht GmbH\nSupplier: Hafen AG\n\n| item | amount |\n|---|---|\n"
    "| net total | 1,250.00 EUR |\n| VAT 19 % | 237.50 EUR |\n| gross total | 1,487.50 EUR |\n\n"
    "Payment is due by 2 June 2024. The day of this invoice is 3 May 2024.",
)
CONTRACT = (
    "The employee Lena Fuchs starts on 01.09.2023 as a data analyst in the Hamburg office. Her annual salary is 52,000 "
    "euros, and the bonus is 5 %. The probation period lasts six months; the notice period is four weeks. Remote work "
    "is permitted, but overtime is not paid. Smoking is forbidden. Whether parking is allowed is left open.",
)
GERMAN = (
    "Der Mieter ist Karl Weber, die Vermieterin ist Anna Roth. Die Kaltmiete beträgt 850 Euro, die Nebenkosten "
    "betragen 150 Euro. Haustiere sind nicht erlaubt. Das Mietverhältnis beginnt am 1. April 2022.",
)
SHEET = (
    "Weight: 2.4 kg\nHeight: 30 cm\nColor: black\nMaterial\nsteel\nWaterproof: no\nThe battery lasts 10 hours and "
    "charges in 2 hours. The rent of the three rooms is 900 euros. The Tenant in Oslo is Ada Moor.",
)
SALE = (
    "The seller, Marta Klein of Graz, sells the boat to the buyer, Jon Ek. The price of 12,500 euros is due on 5 July "
    "2023. It was built in 1998. The buyer pays the transport, which costs 300 euros. No returns are possible.",
)
PARTIES = ("Between Ada Moor, the tenant, Karl Lindt, the landlord, and Jo Ek, the agent, it is agreed:",)
BOTH = ("The notice period is three months for the tenant and six months for the landlord.",)


def has_source(texts: Sequence[str], path: str, value: object, *others: str) -> bool:
    passages = Passages(texts, {one: field_at(one) for one in (path, *others)})
    if isinstance(value, bool):
        return passages.of_truth(path, is_true=value) is not None
    return passages.of(path, Value(written(value))) is not None


RIGHT: list[tuple[tuple[str, ...], str, object]] = [
    *((LEASE, path, "Ada Moor") for path in ("tenant", "tenant.name", "tenantName")),
    *((LEASE, path, "Karl Lindt") for path in ("landlord", "landlord.name")),
    *((LEASE, path, 900) for path in ("rent", "monthly_rent")),
    (LEASE, "deposit", 1800),
    (LEASE, "door_color", "red"),
    *((LEASE, path, 3) for path in ("rooms", "number_of_rooms", "notice_months")),
    (LEASE, "has_balcony", True),
    *((LEASE, path, "gas") for path in ("heating", "heating_type")),
    *((LEASE, path, "2024-03-01") for path in ("lease_start", "start_date")),
    (LEASE, "end_date", "2026-02-28"),
    (LEASE, "pets_allowed", False),
    (LEASE, "payment_method", "bank_transfer"),
    *((LEASE, path, "Berlin") for path in ("city", "address.city")),
    (LEASE, "floor", 2),
    (INVOICE, "invoice_number", "R-4711"),
    (INVOICE, "customer", "Nordlicht GmbH"),
    (INVOICE, "supplier.name", "Hafen AG"),
    (INVOICE, "net_total", 1250.0),
    (INVOICE, "gross_total", 1487.5),
    (INVOICE, "vat", 237.5),
    (INVOICE, "vat_rate", 0.19),
    (INVOICE, "due_date", "2024-06-02"),
    (INVOICE, "invoice_date", "2024-05-03T00:00:00"),
    (CONTRACT, "employee.name", "Lena Fuchs"),
    (CONTRACT, "start_date", "2023-09-01"),
    (CONTRACT, "annual_salary", 52000),
    (CONTRACT, "bonus_percent", 5),
    (CONTRACT, "probation_months", 6),
    (CONTRACT, "notice_weeks", 4),
    (CONTRACT, "remote_work_allowed", True),
    (CONTRACT, "overtime_paid", False),
    (CONTRACT, "smoking_allowed", False),
    *(
        (CONTRACT, path, value)
        for path, value in (("smoking", False), ("no_smoking", True), ("smoking_forbidden", True))
    ),
    (GERMAN, "mieter", "Karl Weber"),
    (GERMAN, "vermieterin", "Anna Roth"),
    (GERMAN, "nebenkosten", 150),
    (GERMAN, "haustiere_erlaubt", False),
    (GERMAN, "beginn", "2022-04-01"),
    (SHEET, "weight_kg", 2.4),
    (SHEET, "height", 30),
    (SHEET, "color", "black"),
    (SHEET, "material", "steel"),
    (SHEET, "waterproof", False),
    (SHEET, "battery_hours", 10),
    (SHEET, "charging_hours", 2),
    (SHEET, "tenant", "Ada Moor"),
    (SHEET, "rent", 900),
    (SHEET, "rooms", 3),
    (SALE, "seller", "Marta Klein"),
    (SALE, "buyer.name", "Jon Ek"),
    (SALE, "price", 12500),
    (SALE, "due_date", "2023-07-05"),
    (SALE, "year_built", 1998),
    (SALE, "transport_costs", 300),
    (SALE, "returns_possible", False),
    (PARTIES, "tenant", "Ada Moor"),
    (PARTIES, "landlord", "Karl Lindt"),
    (PARTIES, "agent", "Jo Ek"),
]
WRONG: list[tuple[tuple[str, ...], str, object]] = [
    *((LEASE, path, "Karl Lindt") for path in ("tenant", "tenant.name")),
    (LEASE, "landlord", "Ada Moor"),
    *((LEASE, path, 1800) for path in ("rent", "monthly_rent")),
    (LEASE, "deposit", 900),
    *((LEASE, "door_color", color) for color in ("blue", "green")),
    *((LEASE, path, 2) for path in ("rooms", "number_of_rooms", "notice_months")),
    (LEASE, "notice_months", 28),
    (LEASE, "has_balcony", False),
    (LEASE, "heating", "oil"),
    (LEASE, "heating", "solar power"),
    (LEASE, "heating", "red"),
    (LEASE, "heating_type", "electricity"),
    *((LEASE, path, "2026-02-28") for path in ("lease_start", "start_date")),
    (LEASE, "end_date", "2024-03-01"),
    (LEASE, "pets_allowed", True),
    (LEASE, "payment_method", "cash"),
    *((LEASE, "city", city) for city in ("Hamburg", "Munich")),
    (LEASE, "floor", 3),
    *((LEASE, path, value) for path in ("smoking_allowed", "has_garden") for value in (True, False)),
    (LEASE, "furnished", True),
    (LEASE, "occupation", "doctor"),
    (LEASE, "parking", "included"),
    (INVOICE, "customer", "Hafen AG"),
    (INVOICE, "supplier", "Nordlicht GmbH"),
    (INVOICE, "net_total", 1487.5),
    (INVOICE, "gross_total", 1250),
    (INVOICE, "due_date", "2024-05-03"),
    (INVOICE, "invoice_date", "2024-06-02"),
    (CONTRACT, "employer", "Lena Fuchs"),
    (CONTRACT, "salary", 5),
    (CONTRACT, "bonus", 52000),
    (CONTRACT, "probation_months", 4),
    (CONTRACT, "notice_weeks", 6),
    (CONTRACT, "end_date", "2023-09-01"),
    (CONTRACT, "remote_work", False),
    (CONTRACT, "overtime_paid", True),
    (CONTRACT, "smoking_allowed", True),
    *(
        (CONTRACT, path, value)
        for path, value in (("smoking", True), ("no_smoking", False), ("smoking_forbidden", False))
    ),
    *((CONTRACT, "parking_allowed", value) for value in (True, False)),
    (GERMAN, "mieter", "Anna Roth"),
    (GERMAN, "vermieterin", "Karl Weber"),
    (GERMAN, "kaltmiete", 150),
    (GERMAN, "haustiere_erlaubt", True),
    (SHEET, "weight", 30),
    (SHEET, "material", "black"),
    (SHEET, "waterproof", True),
    (SHEET, "battery_hours", 2),
    (SHEET, "tenant", "Oslo"),
    (SHEET, "rent", 3),
    (SALE, "buyer.name", "Marta Klein"),
    (SALE, "price", 300),
    (SALE, "transport_costs", 12500),
    (SALE, "returns_possible", True),
    (PARTIES, "tenant", "Karl Lindt"),
    (PARTIES, "landlord", "Ada Moor"),
    (PARTIES, "agent", "Karl Lindt"),
]


@pytest.mark.parametrize(("texts", "path", "value"), RIGHT)
def test_what_a_passage_says_of_the_field_has_a_source(texts: tuple[str, ...], path: str, value: object):
    assert has_source(texts, path, value)


@pytest.mark.parametrize(("texts", "path", "value"), WRONG)
def test_what_it_says_of_something_else_or_not_at_all_has_none(texts: tuple[str, ...], path: str, value: object):
    assert not has_source(texts, path, value)


@pytest.mark.parametrize(
    ("path", "value", "others", "is_right"),
    [
        ("tenant.notice_months", 3, ("landlord.notice_months",), True),
        ("tenant.notice_months", 6, ("landlord.notice_months", "landlord.name"), False),
        ("landlord.notice_months", 6, ("tenant.notice_months", "landlord.name"), True),
        ("landlord.notice_months", 3, ("tenant.notice_months", "landlord.name"), False),
    ],
)
def test_fields_of_a_form_tell_each_other_apart(path: str, value: int, others: tuple[str, ...], *, is_right: bool):
    assert has_source(BOTH, path, value, *others) is is_right


def test_a_verb_that_sounds_like_one_field_speaks_of_two():
    assert has_source(SALE, "seller", "Marta Klein", "buyer")
    assert not has_source(SALE, "seller", "Jon Ek", "buyer")


def test_a_field_that_is_named_otherwise_is_known_by_its_description():
    fields = {"amount_due": field_at("amount_due", "Rent of the flat in euros")}
    found = Passages(LEASE, fields).of("amount_due", Value("900"))
    assert found is not None
    assert LEASE[found.at][found.start : found.end].startswith("The rent is 900 euros")


def test_of_an_enumeration_the_only_word_that_stands_there_counts():
    texts = ("The object is a flat in Berlin.",)
    for word, is_right in (("flat", True), ("house", False)):
        found = Passages(texts, {"kind": field_at("kind")}).of("kind", Value(word, ("flat", "house")))
        assert (found is not None) is is_right
    found = Passages(("It is a flat in a house.",), {"kind": field_at("kind")}).of(
        "kind", Value("flat", ("flat", "house"))
    )
    assert found is None


def test_a_schema_tells_of_its_fields():
    schema = FormSchema(
        json.dumps(
            {
                "properties": {
                    "fees": {"type": "array", "items": {"$ref": "#/$defs/Fee"}},
                    "kind": {"anyOf": [{"enum": ["flat", "house"]}, {"type": "null"}], "description": "What it is"},
                },
                "$defs": {
                    "Fee": {"properties": {"amount": {"description": "In euros"}, "next": {"$ref": "#/$defs/Fee"}}}
                },
            }
        )
    )
    assert schema.property("fees[0].amount") == Property("In euros")
    assert schema.property("fees[0].next.next.amount") == Property("In euros")
    assert schema.property("kind") == Property("What it is", ("flat", "house"))
    assert schema.property("a.b[3]") == Property()


TABLE = ("| Feature | Present |\n|---|---|\n| Balcony | no |\n| Garden | yes |",)


@pytest.mark.parametrize(
    ("texts", "path", "is_so"),
    [
        (TABLE, "has_balcony", False),
        (TABLE, "has_garden", True),
        (("Balcony\nno",), "balcony", False),
        (("Garten: nein",), "garten", False),
        (("Active: false",), "active", False),
        (("[ ] smoker",), "smoker", False),
        (("[x] smoker",), "smoker", True),
        (("Parking: n/a",), "parking", False),
        (("Balcony: 0",), "balcony", False),
        (("Smoker: ☐ yes ☒ no",), "smoker", False),
        (("Non-smoker",), "smoker", None),
        (("Garage on request.",), "garage", None),
        (("The flat is partly furnished.",), "furnished", None),
    ],
)
def test_what_a_table_or_a_form_denies_is_denied(texts: tuple[str, ...], path: str, is_so: bool | None):
    assert {value for value in (True, False) if has_source(texts, path, value)} == ({is_so} - {None})
