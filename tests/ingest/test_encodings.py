"""Short texts in the encodings of Windows, and files that declare another one than they have."""

from __future__ import annotations

import pytest

from ingest.loaders.decoding import decode, decode_markup

WESTERN = [
    "Die Miete beträgt 500 € für die Wohnung in Köln.",
    "Müller",
    "Größe",
    "Le loyer est de 500 € payé à l’avance.",
    "§ 3 Kündigung: 10 m², ½ Jahr, 20 °C",
    "El año próximo el señor Núñez pagará más.",
    "“No,” she said – it’s 9–17 o’clock…",
]
EASTERN = [
    ("Zażółć gęślą jaźń, powiedział pan Wójcik wczoraj rano w Łodzi, gdzie świeciło słońce.", "cp1250"),
    ("Příliš žluťoučký kůň úpěl ďábelské ódy a všichni se na něj dívali.", "cp1250"),
    ("Съешь же ещё этих мягких французских булок да выпей чаю.", "cp1251"),
    ("日本語の文章です。契約は一年間有効です。", "shift_jis"),
]


@pytest.mark.parametrize("text", WESTERN)
def test_a_short_text_of_windows_is_read(text: str):
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(("text", "encoding"), EASTERN)
def test_other_scripts_are_guessed_as_before(text: str, encoding: str):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("declared", ["iso-8859-1", "us-ascii", "utf-8", "windows-1252"])
def test_what_is_declared_means_what_browsers_take_it_for(declared: str):
    text = "Preis 50 €, 9–17 Uhr, Artikel 10–20, Öl"
    assert decode(text.encode("cp1252"), declared) == text
    page = f'<meta charset="{declared}"><p>{text}</p>'
    assert decode_markup(page.encode("cp1252")) == page


def test_a_stray_byte_makes_no_other_encoding():
    text = "Die Straße führt über die Brücke zum Bahnhof. " * 20
    assert decode(text.encode() + b"\xff") == f"{text}\ufffd"
