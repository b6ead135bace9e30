"""Damaged files on purpose, each through a fenced child: `python -m evals fuzz DIR --minutes N [--seed S]`."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from evals.mutations import mutated
from evals.outcomes import STATES, Reading, attempt, files_below, flaw, kind_of
from evals.shrinking import Shrinker
from ingest.fence import Fence

_MAX_SEED = 300_000
_SEEDS_PER_KIND = 3
_MAX_BYTES = 20_000_000
_TRIES, _TRIES_SLOW, _SHRINK_S = 200, 12, 40.0
_KEPT = frozenset({"crash", "fault", "time", "unsound"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a format went wrong, with the smallest input that shows it."""

    kind: str
    outcome: str
    sentence: str
    data: bytes

    @property
    def key(self) -> tuple[str, str, str]:
        """Findings that differ in numbers and quoted parts alone are the same finding."""
        words = re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "#", self.sentence.split(" ", 1)[-1])
        return self.kind, self.outcome, words


@dataclass(slots=True)
class Report:
    """What a run saw."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    """Format -> outcome -> number of inputs."""
    caught: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(format, class) of exceptions that only the last net turned into a sentence."""
    slowest: dict[str, float] = field(default_factory=dict)
    """Format -> seconds of the slowest input that came to an end."""
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def n_inputs(self) -> int:
        """Inputs in all."""
        return sum(counts.total() for counts in self.counts.values())


def fuzz(
    seeds: Mapping[str, Sequence[Path]],
    scratch: Path,
    *,
    seconds: float,
    seed: int,
    fence: Fence,
    told: Callable[[str], None],
) -> Report:
    """Mutate the seeds, format after format, until the time is up."""
    chance, report = random.Random(seed), Report()  # noqa: S311 - repeatable on purpose
    kinds, started, n = sorted(seeds), time.monotonic(), 0
    with fence:
        while time.monotonic() - started < seconds:
            kind = kinds[n % len(kinds)]
            data = mutated(chance.choice(seeds[kind]).read_bytes(), chance)
            _one(data, kind, scratch, fence, report)
            n += 1
            told(f"{n:,} inputs, {len(report.findings)} findings")
    report.seconds = time.monotonic() - started
    return report


def _one(data: bytes, kind: str, scratch: Path, fence: Fence, report: Report) -> None:
    start = time.monotonic()
    outcome, reading = _outcome(data, kind, scratch, fence)
    report.counts.setdefault(kind, Counter())[outcome] += 1
    if reading.caught:
        report.caught[kind, reading.caught] += 1
    if outcome not in _KEPT:
        report.slowest[kind] = max(report.slowest.get(kind, 0.0), time.monotonic() - start)
        return
    finding = Finding(kind, outcome, _said(reading), data)
    if finding.key not in {known.key for known in report.findings}:
        report.findings.append(_shrunk(finding, scratch, fence))


def _said(reading: Reading) -> str:
    return reading.sentence or (flaw(reading.document) if reading.document else "")


def _outcome(data: bytes, kind: str, scratch: Path, fence: Fence) -> tuple[str, Reading]:
    path = scratch / f"input.{kind}"
    path.write_bytes(data)
    reading = attempt(lambda: fence.load(path, path.name, max_bytes=_MAX_BYTES))
    unsound = reading.document is not None and flaw(reading.document)
    return ("unsound" if unsound else reading.state), reading


def _shrunk(finding: Finding, scratch: Path, fence: Fence) -> Finding:
    """The same finding with as little as possible left of the input."""

    def still(data: bytes) -> bool:
        outcome, reading = _outcome(data, finding.kind, scratch, fence)
        return Finding(finding.kind, outcome, _said(reading), data).key == finding.key

    tries = _TRIES_SLOW if finding.outcome == "time" else _TRIES
    data = Shrinker(still, tries=tries, seconds=_SHRINK_S).shrunk(finding.data)
    return replace(finding, data=data)


def choose_seeds(folder: Path, fence: Fence) -> dict[str, list[Path]]:
    """Format -> up to three small files of it that can be read, of different sizes; one that cannot, where none can."""
    small: dict[str, list[Path]] = {}
    for path in sorted(files_below(folder), key=lambda path: path.stat().st_size):
        if 0 < path.stat().st_size <= _MAX_SEED and path.suffix:
            small.setdefault(kind_of(path), []).append(path)
    with fence:
        return {kind: _spread(paths, fence) for kind, paths in small.items()}


def _spread(paths: list[Path], fence: Fence) -> list[Path]:
    steps = range(0, len(paths), max(1, len(paths) // (2 * _SEEDS_PER_KIND)))
    looked_at = [paths[at] for at in steps]
    read = [path for path in looked_at if attempt(partial(fence.load, path, path.name, max_bytes=_MAX_BYTES)).document]
    return read[:_SEEDS_PER_KIND] or paths[:1]


def keep(report: Report, folder: Path) -> None:
    """Write every finding's input, named after its outcome and content."""
    folder.mkdir(parents=True, exist_ok=True)
    for finding in report.findings:
        digest = sha256(finding.data).hexdigest()[:10]
        (folder / f"{finding.outcome}-{digest}.{finding.kind}").write_bytes(finding.data)


def table(report: Report) -> str:
    """Markdown: outcomes per format, exceptions that only the last net caught, and the findings."""
    columns = (*STATES, "unsound")
    lines = ["| type | inputs | " + " | ".join(columns) + " | slowest s |", "|---|" + "---:|" * (len(columns) + 2)]
    for kind, counts in sorted(report.counts.items()):
        cells = " | ".join(str(counts[column]) for column in columns)
        lines.append(f"| {kind} | {counts.total()} | {cells} | {report.slowest.get(kind, 0.0):.1f} |")
    total: Counter[str] = sum(report.counts.values(), Counter())
    lines.append(f"| all | {total.total()} | " + " | ".join(str(total[column]) for column in columns) + " | |")
    lines += ["", f"{report.n_inputs:,} inputs in {report.seconds / 60:.1f} minutes; kept: {len(report.findings)}"]
    for (kind, name), n in sorted(report.caught.items()):
        lines.append(f"- {kind}: {name} was caught by the last net alone, {n} times")
    lines += [f"- {finding.kind} {finding.outcome}, {len(finding.data):,} bytes: {finding.sentence}"
              for finding in report.findings]  # fmt: skip
    return "\n".join(lines)
