"""Sentences that are English wherever they go, and remember how they were made, so that a page can say them in its
reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Said(str):
    """English text for a terminal, a file or a log; `app.words.spoken` says the same to whoever reads a page."""

    texts: tuple[str, ...] = ()
    """With `{fields}`: one, or two for a single thing and for several; none where it was put together of others."""
    values: Mapping[str, object]
    """What stands for the fields. Numbers are written as the language does, and a `Said` is said in it."""
    n: int = 1
    """The number of things that chooses between two texts."""
    parts: tuple[str, ...] = ()
    between: str = ""


def say(text: str, /, **values: object) -> Said:
    """A sentence, or a part of one, from a literal that is looked up as it stands."""
    return _said((text,), 1, values)


def say_n(n: int, one: str, many: str, /, **values: object) -> Said:
    """`say` for a number of things, which is `{n}` in both texts."""
    return _said((one, many), n, {"n": n, **values})


def say_all(parts: Sequence[str], between: str = "; ") -> Said:
    """Several, one after the other; empty where there are none."""
    said = Said(between.join(parts))
    said.parts, said.between = tuple(parts), between
    return said


def number(value: object) -> object:
    """A number with English marks, whole or with one decimal; anything else as it is."""
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else value


def _said(texts: tuple[str, ...], n: int, values: Mapping[str, object]) -> Said:
    text = texts[0 if n == 1 else -1]
    said = Said(text.format(**{name: number(value) for name, value in values.items()}) if values else text)
    said.texts, said.n, said.values = texts, n, values
    return said
