"""The changes that `python -m evals ablate` tries, one at a time: values of a config, and how passages come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from evals.config import Config, Tuning
from evals.sets.nouns import Dataset, Passage


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from the app; `BASE` differs in nothing."""

    name: str
    group: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Of `Settings` and `Tuning`."""
    commit: str = ""
    """The one that has the code that it needs, where that is for measuring alone."""
    has_headings: bool = True
    """False: titles are plain text at the beginning of a passage, and nothing stands above its later chunks."""

    def config(self, base: Config) -> Config:
        """The base with these values."""
        tuned = {name: value for name, value in self.values.items() if name in Tuning.__dataclass_fields__}
        plain = {name: value for name, value in self.values.items() if name not in tuned}
        return Config(self.name, replace(base.settings, **plain), replace(base.tuning, **tuned))

    def dataset(self, of: Dataset) -> Dataset:
        """The set as this change lets it in."""
        return of if self.has_headings else replace(of, passages=lambda: _without_headings(of))

    @property
    def is_cut_anew(self) -> bool:
        """Whether passages are cut and embedded in another way."""
        return not self.has_headings or any(name.startswith("chunk") for name in self.values)


def _without_headings(dataset: Dataset) -> Iterator[Passage]:
    for passage in dataset.corpus():
        yield Passage(passage.id, "", f"{passage.title}\n\n{passage.text}".strip())


BASE = Change("as it is")
_KNOBS = "8ed954a"


def _each(group: str, key: str, *values: float) -> list[Change]:
    return [Change(f"{group} {value:g}", group, {key: value}) for value in values]


CHANGES: tuple[Change, ...] = (
    *_each("dense weight", "dense_weight", 0.3, 0.7),
    *_each("candidates", "candidates", 50, 100, 400),
    Change("without stemming", "keyword fields", {"stems": 0}, _KNOBS),
    Change("without stop words", "keyword fields", {"stop_words": 0}, _KNOBS),
    Change("body alone", "keyword fields", {"titles": 0, "headings": 0}, _KNOBS),
    Change("heading, no title", "keyword fields", {"titles": 0}, _KNOBS),
    Change("title three times", "keyword fields", {"titles": 3}, _KNOBS),
    *_each("reranked hits", "depth", 0, 8, 12, 16, 24, 32),
    Change("near-duplicates stay", "selection", {"same": 2.0}, _KNOBS),
    *[Change(f"MMR {weight:g}", "selection", {"variety": weight}, _KNOBS) for weight in (0.5, 0.7, 0.9)],
    Change("neighbours are read", "reading", {"neighbours": 1, "n_read": 12}, _KNOBS),
    *_each("passages read", "n_read", 3, 6, 8),
    *_each("chunk tokens", "chunk_tokens", 100, 250),
    Change("overlap of 40 tokens", "chunk tokens", {"chunk_overlap": 40}),
    Change("no headings above later chunks", "headings", has_headings=False),
)


def named(names: list[str]) -> list[Change]:
    """Those whose name or group begins with one of these; all of them where none is given."""
    if not names:
        return list(CHANGES)
    return [
        change for change in CHANGES if any(of.startswith(name) for name in names for of in (change.name, change.group))
    ]
