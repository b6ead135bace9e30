"""Numbers of a claim that stand nowhere in its source, but follow from those that do."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rag.verification.amounts import amounts
from rag.verification.calculating import calculated, cues
from rag.verification.equivalents import approximators, is_said_of
from rag.verification.nouns import Derived


def derivations(
    claim: str, wanted: Collection[str], nearest: Sequence[str], sentences: Sequence[str], evidence: Sequence[str]
) -> tuple[Derived, ...]:
    """Those of the wanted numbers of a claim that are another form of one of the `nearest` sentences, the best first,
    or come by one step of those of all `sentences` that speak of the same, or of the tables of the evidence. What
    counts nothing that is named is held against the best sentence alone."""
    others = [(text, one) for n, text in enumerate(nearest) for one in amounts(text) if not n or one.unit]
    found = []
    for amount in amounts(claim):
        if amount.text not in wanted:
            continue
        if is_said_of(claim, amount, others):
            found.append(Derived(amount.text, words=approximators(claim)))
        elif how := calculated(claim, amount, sentences, evidence):
            found.append(Derived(amount.text, how, (*cues(claim), *approximators(claim))))
    return tuple(found)
