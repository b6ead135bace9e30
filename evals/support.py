"""Whether a text bears a claim out, judged on this machine.

ALCE and RAGAS ask a large model for that. Here a claim counts as borne out where every number in it stands in the
evidence, and either nearly all of its content words do, or half of them do and one sentence of the evidence means
nearly the same (cosine of the encoder). That tells an invented claim from a copied or lightly reworded one; it does not
see a negation or swapped roles. `--judge` asks a model instead.
"""

from __future__ import annotations

import re

import numpy as np

from rag.protocols import Embedder
from rag.sentences import sentence_spans

_NEARLY_ALL = 0.85
_HALF = 0.5
_SAME_MEANING = 0.7
_SHORTEST = 4
"""Letters of a word that carries content; a rough list of function words that works in many languages."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+")
_STEM = 6
"""Letters of a word that are compared: enough to tell words apart, few enough that their endings do not matter."""


def sentences_of(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[start:end] for start, end in sentence_spans(text)]


class Support:
    """Compares claims with evidence through an embedder."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def is_borne_out(self, claim: str, evidence: str) -> bool:
        """Whether the evidence says what the claim says; an empty claim says nothing."""
        if not evidence.strip() or not set(_NUMBER.findall(claim)) <= set(_NUMBER.findall(evidence)):
            return not claim.strip()
        share = _shared(claim, evidence)
        return share >= _NEARLY_ALL or (share >= _HALF and self.nearness(claim, evidence) >= _SAME_MEANING)

    def nearness(self, claim: str, evidence: str) -> float:
        """Cosine of the claim to the nearest sentence of the evidence."""
        sentences = sentences_of(evidence)
        if not sentences:
            return 0.0
        vectors = self._embedder.embed_documents([claim, *sentences])
        return float(np.max(vectors[1:] @ vectors[0]))


def stems(text: str) -> list[str]:
    """The words of a text, lower case, without their endings."""
    return [word[:_STEM] for word in _WORD.findall(text.lower())]


def _shared(claim: str, evidence: str) -> float:
    """Share of the claim's content words that the evidence holds; of all its words where none is long enough."""
    words = set(stems(claim))
    content = {word for word in words if len(word) >= _SHORTEST or word.isdecimal()} or words
    return len(content & set(stems(evidence))) / max(1, len(content))
