"""What metrics are called for a person, and which of them are drawn first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.words import marked, msgid, tr


@dataclass(frozen=True, slots=True)
class Words:
    """A metric in a person's words, and what it counts; both are for `tr`."""

    name: str
    help: str


GROUPS: Mapping[str, Mapping[str, Words]] = {
    msgid("Finding"): {
        "success@5": Words(
            msgid("Found in the first five"), msgid("Share of questions with a right passage among the first five")
        ),
        "document@5": Words(
            msgid("Right document in the first five"), msgid("Share with the right document among the first five")
        ),
        "recall@10": Words(
            msgid("Right passages in the first ten"), msgid("Share of a question's right passages among the first 10")
        ),
        "mrr@10": Words(
            msgid("How high the first right one stands"), msgid("1 where it is first, a half where it is second")
        ),
        "ndcg@10": Words(msgid("Order of the first ten (nDCG)"), msgid("1 where all right passages come first")),
    },
    msgid("Answering"): {
        "contained": Words(msgid("Right answers"), msgid("Share of answers that hold the right words")),
        "marked_f1": Words(
            msgid("Marked words are the answer"), msgid("Words that the marked ones and the right ones share")
        ),
        "citation_recall": Words(
            msgid("Sentences their sources bear out"), msgid("Share of sentences borne out by what they cite")
        ),
        "citation_precision": Words(
            msgid("Sources that bear out"), msgid("Share of citations that bear their sentence out")
        ),
        "faithfulness": Words(
            msgid("Borne out by what was read"), msgid("Share of sentences borne out by any passage read")
        ),
        "judge_correct": Words(msgid("Right, as a model judges"), msgid("A chat model's verdict")),
    },
    msgid("Refusing"): {
        "refusal_precision": Words(
            msgid("Refusals that were right"), msgid("Share of refused questions that nothing answers")
        ),
        "refusal_recall": Words(
            msgid("Refused where nothing answers"), msgid("Share of questions without an answer that it refused")
        ),
        "refusal_area": Words(
            msgid("Told apart (ROC area)"), msgid("How often an answerable question looks surer than another")
        ),
    },
}
"""Group -> metric -> its words. What is missing here stands in the table of all metrics, under its own name."""

_TERMS: Mapping[str, str] = {
    "exact_match": "Exact match",
    "token_f1": "Token F1",
    "rouge_l": "ROUGE-L",
    "bleu": "BLEU",
    "bert_score": "BERTScore",
    "perplexity": "Perplexity",
    "context_precision": "Context precision",
    "context_recall": "Context recall",
    "answer_relevance": "Answer relevance",
    "judge_grounded": "Groundedness (LLM as judge)",
    "judge_relevant": "Relevance (LLM as judge)",
    "risk_area": "Area under risk-coverage",
    "refusal_f1": "Refusal F1",
    "calibration": "Calibration error (ECE)",
}
"""Of those without words, what the field calls them in every language."""

_ALL = {name: words for group in GROUPS.values() for name, words in group.items()}


def called(metric: str) -> str:
    """Its words, or its own name."""
    return tr(_ALL[metric].name) if metric in _ALL else _TERMS.get(metric, metric)


def of_questions(columns: Iterable[str]) -> list[str]:
    """Metrics that single questions have, those with words first."""
    columns = list(columns)
    return [name for name in _ALL if name in columns] + [name for name in columns if name not in _ALL]


SETTINGS: Mapping[str, str] = {
    "dense_weight": msgid("Weight of meaning"),
    "reranker": msgid("Reranker"),
    "depth": msgid("Passages reranked"),
    "top_k": msgid("Passages read"),
    "candidates": msgid("Candidates of each search"),
    "threshold": msgid("Refuse below"),
    "n_read": msgid("Passages quoted from"),
}
"""Keys of a run's settings that the page offers."""


def setting(name: str) -> str:
    """What a setting is called."""
    return tr(SETTINGS[name]) if name in SETTINGS else name.replace("_", " ")


def told_settings(settings: Mapping[str, object]) -> str:
    """What is another than usual."""
    return ", ".join(f"{setting(name)}: {told_value(value)}" for name, value in settings.items()) or tr(
        "the usual settings"
    )


def told_value(value: object) -> str:
    """A setting's value; a number with the marks of the reader's language."""
    return marked(f"{value:g}") if isinstance(value, float) else str(value)
