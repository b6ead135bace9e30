"""How near an answer comes to a gold one, by its words: exact match, token F1, ROUGE-L, BLEU, and whether it holds it.

Where a question has several gold answers the nearest one counts. The libraries for ROUGE and BLEU bring nltk and
absl, or sacrebleu's tables; the formulas are a few lines, and the tests hold them to those libraries' values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import exp, log

from evals.answer_words import bleu_words, contains_answer, normalised, rouge_words

_ORDERS = 4


def exact_match(text: str, answer: str) -> float:
    """1 where both are the same once normalised, else 0."""
    return float(normalised(text) == normalised(answer))


def token_f1(text: str, answer: str) -> float:
    """Harmonic mean of the shares of words that each has in common with the other, as SQuAD 1.1 and 2.0 compute it."""
    said, gold = normalised(text).split(), normalised(answer).split()
    if not said or not gold:
        return float(said == gold)
    n_common = sum((Counter(said) & Counter(gold)).values())
    return 2 * n_common / (len(said) + len(gold))


def rouge_l(text: str, answer: str) -> float:
    """F-measure of the longest common subsequence of words (Lin, 2004), without stemming."""
    said, gold = rouge_words(text), rouge_words(answer)
    if not said or not gold:
        return 0.0
    return 2 * _longest_common(said, gold) / (len(said) + len(gold))


def _longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        before = row
        row = [0]
        for at, theirs in enumerate(other):
            row.append(before[at] + 1 if word == theirs else max(before[at + 1], row[at]))
    return row[-1]


def bleu(text: str, answer: str) -> float:
    """BLEU (Papineni et al., 2002) of one sentence, 0 to 1: up to four words, those that the text is long enough for.

    An order without a match counts half a match, a quarter, and so on (NIST's smoothing, sacrebleu's `exp`).
    """
    said, gold = bleu_words(text), bleu_words(answer)
    if not said:
        return 0.0
    total, misses = 0.0, 0
    orders = min(_ORDERS, len(said))
    for n in range(1, orders + 1):
        ours, theirs = _runs(said, n), _runs(gold, n)
        n_matches: float = sum((ours & theirs).values())
        if not n_matches:
            misses += 1
            n_matches = 2.0**-misses
        total += log(n_matches / sum(ours.values()))
    if misses == orders:
        return 0.0
    brevity = min(0.0, 1 - len(gold) / len(said))
    return exp(brevity + total / orders)


def _runs(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))


WORDS: dict[str, Callable[[str, str], float]] = {
    "exact_match": exact_match,
    "token_f1": token_f1,
    "rouge_l": rouge_l,
    "bleu": bleu,
}


def word_metrics(text: str, answers: Sequence[str]) -> dict[str, float]:
    """Each of WORDS to the nearest gold answer, and `contained`: whether the text holds one."""
    nearest = {name: max(metric(text, answer) for answer in answers) for name, metric in WORDS.items()}
    return {"contained": float(contains_answer(text, answers)), **nearest}
