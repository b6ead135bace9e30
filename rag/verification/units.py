"""Units of measure, by which numbers are compared that are given in different ones."""

from __future__ import annotations

from rag.whole.terms import stem

_YEAR = 365.2425
_UNITS: dict[str, dict[str, float]] = {
    "time": {
        "second seconds sec sekunde sekunden": 1 / 86_400,
        "minute minutes min minuten": 1 / 1_440,
        "hour hours hr hrs stunde stunden": 1 / 24,
        "day days tag tage tagen": 1,
        "week weeks woche wochen": 7,
        "month months monat monate monaten": _YEAR / 12,
        "quarter quarters quartal quartale": _YEAR / 4,
        "year years yr yrs jahr jahre jahren": _YEAR,
        "decade decades jahrzehnt jahrzehnte": 10 * _YEAR,
        "century centuries jahrhundert jahrhunderte": 100 * _YEAR,
    },
    "mass": {
        "mg milligram milligrams milligramm": 0.001,
        "g gram grams gramm": 1,
        "kg kilo kilos kilogram kilograms kilogramm": 1_000,
        "t tonne tonnes tonnen": 1_000_000,
        "oz ounce ounces": 28.349523125,
        "lb lbs": 453.59237,
    },
    "length": {
        "mm millimetre millimetres millimeter millimeters": 0.001,
        "cm centimetre centimetres centimeter centimeters zentimeter": 0.01,
        "m metre metres meter meters": 1,
        "km kilometre kilometres kilometer kilometers": 1_000,
        "inch inches zoll": 0.0254,
        "ft foot feet": 0.3048,
        "yard yards": 0.9144,
        "mile miles meile meilen": 1_609.344,
    },
    "volume": {
        "ml millilitre millilitres milliliter milliliters": 0.001,
        "cl centilitre centilitres zentiliter": 0.01,
        "l litre litres liter liters": 1,
        "gallon gallons": 3.785411784,
    },
    "power": {"w watt watts": 1, "kw kilowatt kilowatts": 1_000, "mw megawatt megawatts": 1_000_000},
    "energy": {"wh": 1, "kwh": 1_000, "mwh": 1_000_000, "gwh": 10**9},
    "charge": {"mah": 1},
    "frequency": {"hz hertz": 1, "khz kilohertz": 1_000, "mhz megahertz": 1_000_000, "ghz gigahertz": 10**9},
    "area": {"m² m2 qm quadratmeter quadratmetern": 1, "cm² cm2": 0.0001, "km² km2": 1_000_000},
    "data": {
        "byte bytes": 1,
        "kb kilobyte kilobytes": 1_000,
        "mb megabyte megabytes": 1_000_000,
        "gb gigabyte gigabytes": 10**9,
        "tb terabyte terabytes": 10**12,
        "pb petabyte petabytes": 10**15,
    },
    "money": {
        "cent cents penny pence p": 0.01,
        "euro eur dollar usd pound gbp yen jpy franc chf franken": 1,
    },
    "share": {"percent % prozent": 1, "permille ‰ promille": 0.1},
    "temperature": {"c celsius": 1, "f fahrenheit": 2, "kelvin": 3},
}
"""Of each kind the words of a unit, and how much of the first of the kind it is; temperatures are only told apart."""
_UNLIKE = ("money", "share")
_GLUED = (
    "kB KB MB GB TB PB kb mb gb tb pb kbps Mbps Gbps kbit Mbit Gbit Wh kWh MWh GWh mAh Ah W kW MW GW V kV Hz kHz MHz "
    "GHz mg g kg t ml mL cl l mm cm dm m km ft lb lbs oz km/h mph m² m³ m2 m3 cm² cm2 km² km2 ms min h hr hrs bar mbar "
    "hPa dB px kcal kJ x"
)
GLUED = rf"(?:{'|'.join(sorted(_GLUED.split(), key=len, reverse=True))})(?!\w)"
"""A unit right behind a number, as it is written: "5g" is no "5G", and "3m" no "3M"."""
NUMBER = rf"\d{{1,15}}(?:[.,]\d{{1,9}}){{0,4}}(?=(?:-\d{{1,15}}(?:[.,]\d{{1,9}}){{0,4}})?{GLUED})"
"""The number before it, which is a word of its own, as is that before "5-10GB"."""
_OF = {
    stem(word): (kind, size)
    for kind, units in _UNITS.items()
    for words, size in units.items()
    for word in words.split()
}


def measure(word: str) -> tuple[str, float] | None:
    """Of a folded word its kind and size, (kind, size); None where it is no unit that is known."""
    return _OF.get(stem(word))


def are_apart(one: str, other: str) -> bool:
    """Whether two kinds are both known and different, one of them money or a share: nobody gives the one for the other,
    while "second" and "quarter" are also words that count."""
    return one != other and {one, other} <= set(_UNITS) and not {one, other}.isdisjoint(_UNLIKE)


def is_other_unit(one: str, other: str) -> bool:
    """Whether two folded words are different units of one kind."""
    first, second = measure(one), measure(other)
    return first is not None and second is not None and first[0] == second[0] and first[1] != second[1]
