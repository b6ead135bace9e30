"""Safe arithmetic over numbers that a chat model wants calculated: exact, bounded in size, and never run as code."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from fractions import Fraction

from rag.agent.nouns import Calculation
from rag.errors import InputError

LONGEST = 200
"""Characters of an expression."""
_BITS = 2_048
"""Of the numerator and the denominator of every number on the way."""
_DIGITS = 12
"""Significant digits that a result is rounded to where it is no whole number."""
_SIGNS = re.compile(r"[\d.+\-*/%() ]+", re.ASCII)
_MANY_SIGNS = re.compile(r"(?:[+-] ?){4}")
_GROUPED = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,])", re.ASCII)
_ALIKE = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "\0", "\n": " ", "\t": " "})
_ONLY = "only numbers, + - * / ** % and parentheses can be calculated"


def calculated(text: str) -> Calculation:
    """The expression with its exact value, rounded to 12 significant digits where it is no whole number.

    `12 % 5` is a remainder. Raises InputError, with a reason for whoever wrote it.
    """
    expression = " ".join(_GROUPED.sub(_ungrouped, text.translate(_ALIKE).replace("\0", "**")).split())
    if not expression or len(expression) > LONGEST:
        raise InputError(f"an expression has 1 to {LONGEST} characters, and this one has {len(text):,}")
    if not _SIGNS.fullmatch(expression) or _MANY_SIGNS.search(expression):
        raise InputError(_ONLY)
    try:
        parsed = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise InputError(f"that is no arithmetic expression: {_ONLY}") from error
    return Calculation(expression, _written(_value(parsed, expression)))


def _ungrouped(found: re.Match[str]) -> str:
    return found[0].replace(",", "")


def _value(node: ast.expr, text: str) -> Fraction:
    """Of a part of the expression `text`, whose length bounds how deep it goes."""
    match node:
        case ast.Constant(value=int() | float()):
            return _bounded(Fraction(text[node.col_offset : node.end_col_offset]))  # a float would lose digits
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            value = _value(operand, text)
            return -value if isinstance(sign, ast.USub) else value
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATIONS:
            one, other = _value(left, text), _value(right, text)
            return _bounded(_OPERATIONS[type(sign)](one, other))
    raise InputError(_ONLY)


def _divided(one: Fraction, other: Fraction) -> Fraction:
    _not_zero(other)
    return one / other


def _remainder(one: Fraction, other: Fraction) -> Fraction:
    _not_zero(other)
    return one % other


def _not_zero(value: Fraction) -> None:
    if not value:
        raise InputError("nothing can be divided by zero")


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    """Exact for whole exponents; for others by floating point, where that gives a real number."""
    if not base and exponent < 0:
        raise InputError("nothing can be divided by zero")
    if exponent.denominator == 1:
        if _bits(base) * abs(exponent.numerator) > _BITS and abs(base) != 1:
            raise InputError("the result is too large")
        return base ** (exponent.numerator % 2 if abs(base) == 1 else exponent.numerator)
    if base < 0:
        raise InputError("a negative number has no such power")
    try:
        return Fraction(float(base) ** float(exponent))
    except (OverflowError, ValueError) as error:
        raise InputError("the result is too large") from error


_OPERATIONS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.Div: _divided,
    ast.Mod: _remainder,
    ast.Pow: _power,
}


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _bounded(value: Fraction) -> Fraction:
    if _bits(value) > _BITS:
        raise InputError("the result is too large")
    return value


def _written(value: Fraction) -> str:
    """A whole number in full up to 30 digits; others as decimals, or with an exponent where they are large or small."""
    if value.denominator == 1 and abs(value.numerator) < 10**30:
        return str(value.numerator)
    from decimal import Context, Decimal

    exact = Context(prec=_DIGITS).divide(Decimal(value.numerator), Decimal(value.denominator)).normalize()
    return f"{exact:f}" if -10 <= exact.adjusted() < 30 else f"{exact:e}"
