"""What checking an answer against its sources is worth: errors that it catches, true sentences that it lets pass."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from app.question_sets.fields import flag, string, strings
from app.question_sets.lines import json_file, json_lines, objects
from evals.datasets import Dataset
from evals.made_claims import Source, made_claims, sources, whole_sentences
from evals.planting import planted, whole_names
from evals.rewording import reworded
from rag.types import Chunk, Hit, Sentence
from rag.verification.claims import claimed
from rag.verification.comparing import findings
from rag.verification.nouns import State
from rag.verification.verified import Verified
from rag.verification.verifier import Verifier

CLAIMS = Path(__file__).with_name("claims") / "grounding.jsonl"
"""Claims about the cases of `grounding.json`: what a small chat model (SmolLM2-135M-Instruct) answered without having
seen the contexts, and how it said their sentences in other words, each judged by hand."""


@dataclass(slots=True)
class Tally:
    """How many of each kind there were, and how many were held for wrong."""

    n: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    ms: list[float] = field(default_factory=list)

    def add(self, kind: str, *, is_wrong: bool) -> None:
        """Count one."""
        self.n[kind] += 1
        self.wrong[kind] += is_wrong

    def share(self, kind: str) -> float:
        """Of those of a kind the share held for wrong."""
        return self.wrong[kind] / max(1, self.n[kind])


def exact(dataset: Dataset, n: int, seed: int = 0) -> tuple[Tally, Tally]:
    """(planted errors, true sentences) by exact comparison alone, over `n` passages of the set."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    found = sources(dataset, n, rng)
    elsewhere = [name for one in found.values() for text in one.sentences for name in whole_names(text)]
    errors, true = Tally(), Tally()
    for source in found.values():
        for one in planted(source.text, source.sentences, elsewhere, rng):
            errors.add(one.error, is_wrong=_is_found(one.claim, source, errors))
        for way, text in _true(source):
            true.add(way, is_wrong=_is_found(text, source, true))
    return errors, true


def _true(source: Source) -> Iterator[tuple[str, str]]:
    following = (*source.sentences[1:], "")
    for text, after in zip(source.sentences, following, strict=True):
        yield "untouched", text
        yield from reworded(text, after)


def _is_found(claim: str, source: Source, tally: Tally) -> bool:
    start = perf_counter()
    found = findings(claim, [source.text], source.title)
    tally.ms.append((perf_counter() - start) * 1000)
    return bool(found)


def whole(dataset: Dataset, n: int, verifier: Verifier, seed: int = 0) -> tuple[Tally, dict[str, bool]]:
    """Claims made of the set, held for wrong unless they come out as supported; and which kinds are true."""
    claims = [one for one in made_claims(dataset, n, seed) if claimed(one.text)]  # not the questions among them
    tally = Tally()
    for one in claims:
        tally.add(one.kind, is_wrong=not _holds(one.text, [one.passage], verifier, tally))
    return tally, {one.kind: one.holds for one in claims}


def of_cases(cases: Path, verifier: Verifier, claims: Path = CLAIMS) -> tuple[Tally, dict[str, bool]]:
    """The claims about cases, and a sentence of each case's contexts as it stands there, with its other wordings."""
    contexts = {
        string(case, "id", where): strings(case, "contexts", where)
        for where, case in objects(json_file(cases, "an object with `cases`"), "cases", str(cases))
    }
    tally, truth = Tally(), {"untouched": True, "reworded": True}
    rng = random.Random(0)  # noqa: S311
    for where, row in json_lines(claims):
        texts = contexts.get(string(row, "case", where))
        if texts is None:
            continue
        holds = flag(row, "holds", where, default=False)
        kind = f"{string(row, 'how', where)}, {'true' if holds else 'false'}"
        truth[kind] = holds
        tally.add(kind, is_wrong=not _holds(string(row, "claim", where), texts, verifier, tally))
    for texts in contexts.values():
        sentences = [one for text in texts for one in whole_sentences(text) if claimed(one)]
        if sentences:
            text = rng.choice(sentences)
            tally.add("untouched", is_wrong=not _holds(text, texts, verifier, tally))
            for _, other in reworded(text):
                tally.add("reworded", is_wrong=not _holds(other, texts, verifier, tally))
    return tally, truth


def balanced_accuracy(tally: Tally, truth: dict[str, bool], kinds: Sequence[str] | None = None) -> float:
    """Mean of the share of true claims that are supported, and of false ones that are not."""
    shares = []
    for holds in (True, False):
        own = [kind for kind in kinds or tally.n if truth[kind] is holds]
        wrong, n = sum(tally.wrong[kind] for kind in own), sum(tally.n[kind] for kind in own)
        shares.append((n - wrong if holds else wrong) / max(1, n))
    return sum(shares) / len(shares)


def _holds(claim: str, texts: Sequence[str], verifier: Verifier, tally: Tally) -> bool:
    """Whether a sentence that cites all of these texts comes out as supported."""
    start = perf_counter()
    state = state_of(claim, texts, verifier)
    tally.ms.append((perf_counter() - start) * 1000)
    return state == "supported"


def state_of(claim: str, texts: Sequence[str], verifier: Verifier) -> State:
    """What becomes of a sentence that cites all of these texts."""
    hits = [Hit(_chunk(n, text), 1.0, "read") for n, text in enumerate(texts, start=1)]
    numbers = tuple(range(1, len(hits) + 1))
    written = Verified(claim, (Sentence(claim, numbers, end=len(claim)),), numbers)
    check = verifier.verified(written, hits).sentences[0].check
    return check.state if check else "no claim"


def _chunk(n: int, text: str) -> Chunk:
    return Chunk(n, n, 0, 0, len(text), text, "", "", None, None, f"{n}", "", "claims")
