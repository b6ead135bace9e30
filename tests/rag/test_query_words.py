"""Words of questions that only look like something else."""

import pytest

from rag.query.nouns import Query
from rag.query.unknown_names import UnknownNames
from rag.query.words import without_greeting
from rag.routing import route_of
from rag.types import Scope


class Nothing:
    """Documents without a word."""

    def has(self, word: str, scope: Scope) -> bool:  # noqa: ARG002
        return False


def unknown(text: str) -> tuple[str, ...]:
    return UnknownNames(Nothing(), lambda _: False).applied(Query(text), Scope()).unknown  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Hi, I am Svenja. How much is the deposit?", ()),
        ("How much is the deposit? Regards, Svenja", ()),
        ("What does Svenja earn?", ("Svenja",)),
        ("Hi, I am Ada. What does Svenja earn?", ("Svenja",)),
        ("Was kostet der Parkplatz?", ()),
        ("Was passiert bei Zahlungsverzug?", ()),
        ("Was Svenja hired in spring?", ("Svenja",)),
    ],
)
def test_only_names_that_are_asked_for_can_be_unknown(question: str, names: tuple[str, ...]):
    assert unknown(question) == names


@pytest.mark.parametrize("text", ["Great Britain is where?", "Thanks", "Good tenants pay when?", "OK"])
def test_what_is_no_greeting_stays(text: str):
    assert without_greeting(text) == text


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Hi! Summarize the lease", "summary"),
        ("Good morning, please summarize the lease.", "summary"),
        ("Ok, now summarize the lease.", "summary"),
        ("list price of the X200", "lookup"),
        ("List all fees", "list"),
    ],
)
def test_routes_behind_a_greeting(question: str, kind: str):
    assert route_of(question).kind == kind
