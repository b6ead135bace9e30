"""This file tells by its form what a question wants: one fact, a summary, everything there is, a comparison, or
the names of the documents.

A lookup is the default. What else a question is must show in how it begins; forms that an ordinary question may share
("what is X about") are marked as unsure, and count only where X turns out to be a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.query.words import without_greeting
from rag.route_forms import (
    ALL_HERE,
    COMPARE_FORMS,
    COUNTED,
    DOCUMENT_FORMS,
    FOR_ME,
    FRAGMENT_FORMS,
    LIST_FORMS,
    OF_LIBRARY,
    POINTING,
    POLITE,
    SPLITTERS,
    SUMMARY_FORMS,
    TOGETHER,
    UNSURE_SUMMARY_FORMS,
    VERSUS_FORMS,
    WISH,
)

Kind = Literal["lookup", "summary", "list", "comparison", "documents"]

MOST_WORDS = 40
"""A longer text is a story with a question in it."""
MOST_SIDES = 4


@dataclass(frozen=True, slots=True)
class Route:
    """What a question wants, and of what."""

    kind: Kind
    targets: tuple[str, ...] = ()
    """What is to be summarised or listed, or the sides of a comparison, of which a lone one names them all; empty for
    what is there."""
    aspect: str = ""
    """In which respect the sides are to be compared."""
    is_sure: bool = True
    """False where the same words may be a lookup: only a target that is a document settles it."""


LOOKUP = Route("lookup")
DOCUMENTS = Route("documents")


def route_of(question: str, *, is_of_text: bool = False) -> Route:
    """The route by the question's form alone. `is_of_text`: where documents without a word that says which may be some
    that a text speaks of, as those for a visa, they are asked for as anything else in it."""
    text = _plain(question)
    if not text or len(text.split()) > MOST_WORDS:
        return LOOKUP
    if any(form.fullmatch(text) for form in DOCUMENT_FORMS) and (not is_of_text or OF_LIBRARY.search(text)):
        return DOCUMENTS
    is_fragment = text.startswith("give me ") or not question.rstrip().endswith((".", "?", "!", "…"))
    return (
        _comparison(text, is_fragment)
        or _summary(text, SUMMARY_FORMS, is_sure=True)
        or _listing(text, is_fragment)
        or _together(text)
        or _summary(text, UNSURE_SUMMARY_FORMS, is_sure=False)
        or LOOKUP
    )


def _plain(question: str) -> str:
    """On one line, without what is merely polite and without the marks at the end."""
    text = without_greeting(" ".join(question.replace("’", "'").split())).lstrip("¿¡ ").rstrip(" ?!.:…")
    while (found := POLITE.match(text)) and not WISH.match(text):
        text = text[found.end() :].lstrip(" ,:")
    text = WISH.sub("give me ", text, count=1) if WISH.match(text) else text
    text = re.sub(r"^what ?s\b", "what's", text, flags=re.IGNORECASE)
    return re.sub(r",? (?:please|bitte|por favor|thanks)$", "", text, flags=re.IGNORECASE)


def _matches(text: str, forms: tuple[re.Pattern[str], ...]) -> Iterator[dict[str, str | None]]:
    return (found.groupdict() for form in forms if (found := form.fullmatch(text)))


def _comparison(text: str, is_fragment: bool) -> Route | None:
    for given in _matches(text, COMPARE_FORMS + (VERSUS_FORMS if is_fragment else ())):
        whole = given.get("sides")
        sides = split_sides(whole) if whole else tuple(bare_words(given.get(name) or "") for name in ("a", "b"))
        if whole and ALL_HERE.fullmatch(bare_words(whole)):
            sides = _kind(whole)
        elif not all(sides) or any(map(POINTING.fullmatch, sides)) or not 2 <= len(sides) <= MOST_SIDES:
            continue
        return Route("comparison", sides, bare_words(given.get("aspect") or ""))
    return None


def _together(text: str) -> Route | None:
    """What is called the same is compared: only documents that are called so settle it."""
    for given in _matches(text, COMPARE_FORMS):
        whole = given.get("sides") or ""
        if len(split_sides(whole)) == 1 and (kind := _kind(whole)):
            return Route("comparison", kind, bare_words(given.get("aspect") or ""), is_sure=False)
    return None


def _kind(text: str) -> tuple[str, ...]:
    found = TOGETHER.fullmatch(bare_words(text))
    return (found["kind"],) if found else ()


def split_sides(text: str) -> tuple[str, ...]:
    """The things that a phrase puts beside each other: "A, B and C", "A with B"; a lone one stays alone."""
    for splitter in SPLITTERS:
        parts = [bare_words(part) for part in splitter.split(text)]
        if len(parts) > 1:
            return tuple(part for part in parts if part)
    return (bare_words(text),)


def _summary(text: str, forms: tuple[re.Pattern[str], ...], *, is_sure: bool) -> Route | None:
    for given in _matches(text, forms):
        of = bare_words(given.get("of") or "")
        return Route("summary", (of,) if of else (), is_sure=is_sure)
    return None


def _listing(text: str, is_fragment: bool) -> Route | None:
    for given in _matches(text, LIST_FORMS + (FRAGMENT_FORMS if is_fragment else ())):
        topic = bare_words(given.get("topic") or "")
        of = topic or bare_words(given.get("of") or "")
        if topic or (of and not COUNTED.match(of)):
            return Route("list", (bare_words(FOR_ME.sub("", f"{of}{given.get('rest') or ''}")),))
    return None


def bare_words(text: str) -> str:
    """Without the marks around a phrase."""
    return text.strip(" ,;:\"'“”„«»?.")
