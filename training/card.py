"""The model card that lies beside the weights: what they learned from, under which licences, and what they reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.datasets import Dataset
from evals.refusal_curve import PRECISION
from indexes.minilm import WEIGHTS_SHA256
from training.learning import Worth

_LICENCES = {
    "scifact_train": "claims CC BY 4.0, abstracts ODC-By 1.0 (allenai/scifact)",
    "fairytaleqa": "Apache-2.0 (uci-soe/FairytaleQAData)",
    "squadshifts_reddit": "CC BY 4.0 (modestyachts/squadshifts-website)",
    "squadshifts_amazon_reviews": "CC BY 4.0 (modestyachts/squadshifts-website)",
    "medquad": "CC BY 4.0 (abachaa/MedQuAD)",
    "written": "Apache-2.0, made for this project (`training/written`)",
}
_OF_MANY = "_0123456789"
"""What stands behind the name of a set that comes in several files."""
_HEAD = (
    "set",
    "questions",
    "nDCG@10 keyword",
    "fused",
    "reranked",
    "contained",
    "sentences",
    "marked F1",
    "refusal area",
    f"refused at {PRECISION:.0%} precision",
    "calibration error",
)
_UNKNOWN = "licence not known to this program: add it before the weights are passed on"


def write_card(  # noqa: PLR0913
    folder: Path,
    sets: Sequence[Dataset],
    found: Mapping[str, Worth],
    *,
    n_questions: int,
    depth: int,
    has_cases: bool,
) -> None:
    """`README.md` in the folder of the weights. `has_cases`: whether cases written for refusing taught, too."""
    cases = "half of the cases written for refusing (MIT, fitz-gov)" if has_cases else "no cases written for refusing"
    learned = [f"- {one.name}: {_LICENCES.get(one.name.rstrip(_OF_MANY), _UNKNOWN)}" for one in sets]
    rows = [_row(name, of) for name, of in found.items()]
    text = [
        "# Weights of late interaction and joint reading",
        "",
        "`joint.safetensors`: the six layers of all-MiniLM-L6-v2, trained anew with two heads to tell of a question",
        "and a passage whether it answers, and where. The embeddings are those of the bundled model.",
        "",
        "`late.safetensors`: its three lower layers, trained anew to tell which passage the pieces of a question meet",
        "best; a share of each weight is still the bundled model's (`python -m training late --kept`).",
        "",
        "`weights.json` and `rarity.npy`: how much each value of `rag/late_interaction.py` counts when passages are",
        "reranked, sentences are chosen and the chance of an answer is told, and how rare each word piece is.",
        "",
        f"All began as all-MiniLM-L6-v2 (Apache-2.0, SHA-256 {WEIGHTS_SHA256[:16]}...), which ships unchanged. What",
        "they learned from:",
        "",
        *learned,
        "",
        "`python -m training joint` took of each set four questions of five, chosen by the passage that answers",
        "them (`training/held.py`), two questions made from each of these passages (`training/cloze.py`), the same",
        "passages with another name or code in them (`training/swapping.py`), and",
        f"{cases}; `python -m training late` took the same without",
        "made questions and cases; `python -m training weights` took",
        f"up to {n_questions:,} of the other questions, {depth} hits of each.",
        "Each row below was measured on these others, with numbers that learned from the other sets alone; both",
        "models have seen other passages of the same set, but none of a set that is not in the list above.",
        "",
        f"| {' | '.join(_HEAD)} |",
        "|---" * len(_HEAD) + "|",
        *rows,
        "",
        "Limits: the sets are in English and so are the words that tell what kind of thing a question asks for.",
        "",
    ]
    (folder / "README.md").write_text("\n".join(text), "utf-8")


def _row(name: str, of: Worth) -> str:
    values = [of.contained, of.sentences, of.marked, of.refusal, of.refused, of.calibration]
    shown = ["" if value is None else f"{value:.3f}" for value in values]
    ranked = " | ".join(f"{value:.3f}" for value in (of.by_words, of.fused, of.reranked))
    return f"| {name} | {of.n:,} | {ranked} | {' | '.join(shown)} |"
