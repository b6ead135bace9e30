"""How much each value counts when a claim is judged: learned from claims whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.made_claims import Claim
from rag.interaction import Floats
from rag.verification.support import Support
from rag.verification.verifier import SUPPORTED
from training.fitting import fit_chance

_PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim with its values."""

    claim: Claim
    values: Floats


def judged(claims: Sequence[Claim], support: Support) -> list[Judgement]:
    """`SUPPORT_VALUES` of each by its passage."""
    return [Judgement(claim, support.values(claim.text, [claim.passage])) for claim in claims]


def learned(sets: Mapping[str, Sequence[Judgement]]) -> Floats:
    """Weights and a constant; every set counts the same, and so do true and false claims."""
    return fit_chance([_rows(found) for found in sets.values()], _PENALTY)


def balanced_accuracy(of: Sequence[Judgement], weights: Floats) -> float:
    """Mean share of true claims that are held for borne out, and of false ones that are not."""
    rows, holds = _rows(of)
    said = 1 / (1 + np.exp(-(rows @ weights[:-1] + weights[-1]))) >= SUPPORTED
    return float(np.mean([said[holds > 0].mean(), 1 - said[holds == 0].mean()]))


def _rows(of: Sequence[Judgement]) -> tuple[Floats, Floats]:
    return np.stack([one.values for one in of]), np.array([one.claim.holds for one in of], dtype=np.float32)
