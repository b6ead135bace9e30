"""The command that measures how answers are checked: `python -m evals verify`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from evals.datasets import Dataset, open_dataset
from evals.hard.measured import HALVES, Half, contradicted, hard
from evals.numbers import count
from evals.planting import ERRORS
from evals.verification import Tally, balanced_accuracy, exact, of_cases, whole
from indexes.support_weights import support
from rag.verification.verifier import Verifier

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "errors planted in true sentences that checking catches, and true sentences that it holds for wrong"
    verify = command("verify", _verify, text)
    verify.add_argument("sets", type=Path, nargs="*", metavar="SET", help="sets of passages")
    verify.add_argument("--cases", type=Path, metavar="FILE", help="grounding.json: cases that evals/claims is about")
    text = "only hard claims, of one half of each set: roles exchanged, sums, numbers in other forms, contradictions"
    verify.add_argument("--hard", choices=HALVES, metavar="HALF", help=f"{text}; even or odd")
    text = "with --hard and one set: the set in SQuAD's form whose passages are its own, in order, in another language"
    verify.add_argument("--translated", type=Path, metavar="FILE", help=text)
    verify.add_argument("--passages", type=count, default=150, metavar="N", help="of each set; default %(default)s")


def _verify(arguments: argparse.Namespace) -> int:
    verifier = Verifier(support)
    sets = [open_dataset(path) for path in arguments.sets]  # all of them before the first is measured
    if arguments.hard:
        other = open_dataset(arguments.translated) if arguments.translated else None
        for dataset in sets:
            _print_hard(dataset, arguments.passages, arguments.hard, verifier, other)
        return 0
    for dataset in sets:
        errors, true = exact(dataset, arguments.passages)
        print(
            f"{dataset.name}: {sum(true.n.values()):,} true sentences, {sum(errors.n.values()):,} with an error planted"
        )
        caught = ", ".join(f"{kind} {errors.share(kind):.3f} of {errors.n[kind]}" for kind in ERRORS)
        alarms = ", ".join(f"{kind} {true.share(kind):.3f} of {n}" for kind, n in true.n.items())
        print(f"    caught by exact comparison: {caught}\n    false alarms: {alarms}")
        print(f"    {median(errors.ms + true.ms):.2f} ms a claim", flush=True)
        _print_supported(*whole(dataset, arguments.passages, verifier))
    if arguments.cases:
        print(f"{arguments.cases.name}:")
        _print_supported(*of_cases(arguments.cases, verifier))
    return 0


def _print_supported(tally: Tally, truth: Mapping[str, bool]) -> None:
    for holds, name in ((True, "true"), (False, "false")):
        kinds = [kind for kind in tally.n if truth[kind] is holds]
        shares = ", ".join(f"{kind} {1 - tally.share(kind):.3f} of {tally.n[kind]}" for kind in kinds)
        print(f"    {name} claims held for borne out: {shares}")
    times = sorted(tally.ms)
    p95 = times[int(0.95 * (len(times) - 1))]
    accuracy = balanced_accuracy(tally, dict(truth))
    print(f"    balanced accuracy {accuracy:.3f}; p50 {median(times):.1f}, p95 {p95:.1f} ms a claim", flush=True)


def _print_hard(dataset: Dataset, n: int, half: Half, verifier: Verifier, other: Dataset | None) -> None:
    print(f"{dataset.name}, {half} half: share that is borne out, in part, not at all")
    states = hard(dataset, n, half, verifier, other=other)
    for kind in sorted(states.n, key=lambda kind: (not states.holds[kind], kind)):
        shares = ", ".join(f"{states.share(kind, state):.3f}" for state in ("supported", "partly", "unsupported"))
        truth = "true " if states.holds[kind] else "false"
        print(f"    {truth} {kind}: {shares} of {states.n[kind].total()}")
    times = sorted(states.ms)
    print(f"    p50 {median(times):.1f}, p95 {times[int(0.95 * (len(times) - 1))]:.1f} ms a claim")
    for kind, (total, found) in contradicted(dataset, n, half).items():
        print(f"    held for contradictions, {kind}: {found:,} of {total:,}", flush=True)
