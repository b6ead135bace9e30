"""What one run is made with: the settings of Footnote, and the values beside them that only a measurement changes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from app.wiring import THRESHOLD
from indexes.embedders import open_embedder
from indexes.endpoint import shown_address
from indexes.keyword_fields import Wording
from indexes.late_weights import late_fingerprint, late_reader, late_reranker
from indexes.rerankers import open_reranker
from rag.errors import ConfigError, FootnoteError
from rag.late_interaction import DEPTH, N_READ, LateReader
from rag.protocols import Reranker
from rag.retriever import CANDIDATES
from rag.selection import SAME
from rag.settings import ENV_NAMES, SAMPLING, Settings

_COUNTING = (
    *("embedder", "index", "chunker", "chunk_tokens", "chunk_overlap", "max_file_mb"),
    *("dense_weight", "reranker", "top_k"),
    *("chat_model", "chat_profile", "base_url", "context_tokens", "timeout", "rewrite", "datamarking"),
    *SAMPLING,
)
"""Settings that change what is measured here. No other one stands in a config or a record: what is not known to
change a result may be a key."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Values that are no settings of Footnote, with what the app uses."""

    candidates: int = CANDIDATES
    threshold: float = THRESHOLD
    """Answerability below which a question is refused."""
    n_read: int = N_READ
    """Hits whose sentences the reader looks at."""
    depth: int = DEPTH
    """Hits that late interaction reranks; 0: none."""
    same: float = SAME
    """What `rag.selection.SAME` says."""
    variety: float = 1.0
    """Weight of relevance in the order of what is read; 1: nothing else counts."""
    stems: int = 1
    stop_words: int = 1
    titles: int = 1
    headings: int = 1
    neighbours: int = 0
    """Chunks before and after those that are read, which are read, too."""


_ABLATED = ("variety", "neighbours")
"""Of these what only `python -m evals ablate` measures: the app has no such thing."""
_BOUNDS = {"candidates": (1, 10_000), "n_read": (1, 100), "threshold": (0, 1), "depth": (0, 100)}
_WEIGHT = (0, 100)


@dataclass(frozen=True, slots=True)
class Config:
    """A name with all that is set under it."""

    name: str
    settings: Settings
    tuning: Tuning = field(default_factory=Tuning)

    def values(self) -> dict[str, Any]:
        """Every value that changes a result, for the record, which holds nothing secret."""
        found = {name: getattr(self.settings, name) for name in _COUNTING}
        address = shown_address(self.settings.base_url, *self.settings.secrets)
        return found | {"base_url": address} | asdict(self.tuning)

    def check(self) -> None:
        """Raises what a run would raise later on, for models of these values that cannot be used."""
        _ = open_embedder(self.settings).fingerprint, self.fingerprints()

    def fingerprints(self) -> dict[str, str]:
        """Of the files that rerank and that read, which corpora do not depend on. Raises ModelError."""
        reranker = self.reranker()
        found = {} if reranker is None else {"reranker": f"{self.settings.reranker} {reranker.fingerprint}"}
        return found | {"reader": late_fingerprint()}

    def reader(self) -> LateReader:
        """The reader that these values describe."""
        return late_reader(n_read=self.tuning.n_read)

    def reranker(self) -> Reranker | None:
        """The same of the reranker."""
        if self.settings.reranker != "late":
            return open_reranker(self.settings)
        return late_reranker(depth=self.tuning.depth) if self.tuning.depth else None

    def wording(self) -> Wording:
        """The same of keyword search."""
        of = self.tuning
        return Wording(bool(of.stems), bool(of.stop_words), of.titles, of.headings)


def is_shown(name: str) -> bool:
    """Whether a value of this name may be shown of a record that another version has written: that one may have kept
    keys among its settings."""
    return name in _COUNTING or name not in Settings.__dataclass_fields__


def read_config(path: Path | None, environment: Mapping[str, str], *, is_ablated: bool = False) -> Config:
    """The environment's settings, and over them the file's; raises ConfigError for a key or value that is wrong, or
    that would change nothing. `is_ablated`: it is for `python -m evals ablate`, which measures more."""
    if path is None:
        return Config("default", Settings.from_env(environment))
    try:
        given = tomllib.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also for a number of more digits than Python reads
        raise ConfigError(f"{path} is not TOML: {error}") from None
    allowed = {*_COUNTING, *Tuning.__dataclass_fields__} - set(() if is_ablated else _ABLATED)
    if unknown := sorted(given.keys() - allowed):
        keys = ", ".join(f"{name}{_where_it_counts(name)}" for name in unknown)
        raise ConfigError(f"{path}: unknown key {keys}; the keys are {', '.join(sorted(allowed))}")
    tuned = {name: value for name, value in given.items() if name in Tuning.__dataclass_fields__}
    plain = {name: value for name, value in given.items() if name not in tuned}
    try:
        settings = Settings.from_env(dict(environment) | {ENV_NAMES[name]: str(value) for name, value in plain.items()})
        tuning = replace(Tuning(), **{name: _checked(name, value) for name, value in tuned.items()})
    except FootnoteError as error:
        raise ConfigError(f"{path}: {error}") from None
    return Config(path.stem, settings, tuning)


def _where_it_counts(name: str) -> str:
    if name in _ABLATED:
        return " (only `python -m evals ablate` measures it)"
    return " (it is a setting of the app, and changes nothing that is measured here)" if name in ENV_NAMES else ""


def _checked(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever TOML can say
    wanted = int if isinstance(getattr(Tuning(), name), int) else float
    low, high = _BOUNDS.get(name, _WEIGHT)
    is_kind = type(value) is int or (wanted is float and type(value) is float)
    if not is_kind or not low <= value <= high:
        kind = "whole number" if wanted is int else "number"
        raise ConfigError(f"{name}={value!r} must be a {kind} from {low:g} to {high:g}")
    return wanted(value)
