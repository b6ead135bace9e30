"""Tells by its form whether a question needs more than one lookup: a comparison, several parts, a calculation."""

from __future__ import annotations

import re

from rag.query.parts import completed_parts, parts_of, sides_of
from rag.routing import MOST_WORDS, route_of

_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|zwei|drei|vier|fünf|sechs|zehn|zwölf)"
_SPAN = r"(?:nights?|hours?|days?|weeks?|months?|quarters?|years?|nächte|stunden|tage|wochen|monate|jahre)"
_MORE = r"(?:more|less|fewer|larger|bigger|smaller|longer|shorter|older|younger|higher|lower|later|earlier|heavier)"
_CHANGED = (
    r"(?:gr[eo]wn?|rise|rose|risen|fall|fell|fallen|(?:in|de)creased?|changed?|drop|dropped|shrink|shrank|differs?)"
)
_CALCULATIONS = (
    rf"\bhow (?:much|many)\b.{{0,60}}\b{_MORE}\b.+\b(?:than|or)\b",
    r"\bhow (?:much|many)\b.+\band\b.+\b(?:together|altogether|combined|in total)\b",
    r"\b(?:sum|total|product|ratio|average) of\b.+\band\b",
    rf"\bby (?:how (?:much|many)|what (?:percentage|percent|amount))\b.+\b{_CHANGED}\b",
    rf"\bhow (?:much|many)\b.+\b{_SPAN} (?:with|without|including) (?:the|a|an)\b",
    r"\bhow (?:much|many)\b.+\b(?:plus|minus)\b",
    r"\Ahow (?:did|has|have) (?:the|our|their|its) .+\b(?:for|of|from|since|between)\b.+\bchanged?\W*\Z",
    r"\Ahow (?:did|has|have) (?:the|our|their|its) .+\bchanged? (?:from|since|between|over)\b",
    r"\bum wie ?viel\b.+\b(?:gestiegen|gesunken|gewachsen|stieg|sank|wuchs)\b",
    rf"\b(?:how much|what) (?:do|does|would|will|must)\b.+\b(?:for|after|in|over) {_NUMBER} {_SPAN}\b",
    rf"\bwie ?viel\b.+\b(?:für|nach|in) {_NUMBER} {_SPAN}\b",
    r"\bwie ?viele?\b.+\bund\b.+\b(?:zusammen|insgesamt)\b",
)
_CHOICES = (
    rf"\A(?:which|who|what)\b.{{0,40}}?\b(?:is|are|was|were|has|had|came|costs?|lasts?|takes?)\b(?: \w+)? "
    rf"(?:{_MORE}|first|last|\w{{3,}}er)\b(?!\W+than\b).*\bor\b",
    rf"\A(?:is|are|was|were|does|do|did|has|have) .+\b{_MORE}\b(?: \w+)? than (?!\d|half\b|one\b|any\b|usual\b).+",
)
_FORMS = tuple(re.compile(form, re.IGNORECASE) for form in _CALCULATIONS + _CHOICES)


def needs_steps(question: str) -> bool:
    """Whether one lookup may not find all that the answer needs."""
    route = route_of(question)
    if route.kind != "lookup":
        return route.kind == "comparison" and len(route.targets) > 1
    is_short = len(question.split()) <= MOST_WORDS
    return len(parts_of(question)) > 1 or (is_short and any(form.search(question) for form in _FORMS))


def parts_by_rules(question: str) -> tuple[str, ...]:
    """What to search for one by one: the sides of a comparison, or the parts of a question; none where it has one."""
    route = route_of(question)
    if route.kind == "comparison":
        return sides_of(route.aspect, route.targets)
    parts = completed_parts(question)
    return parts if len(parts) > 1 else ()
