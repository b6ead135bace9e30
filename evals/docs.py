"""Writes what a command has measured into its own section of `docs/measured.md`, and leaves the rest as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.ablation.table import Worth
from evals.plots import can_draw, draw_depth
from rag.errors import InputError
from rag.late_interaction import DEPTH

MEASURED = Path("docs/measured.md")


def write_section(path: Path, name: str, text: str) -> None:
    """Between `<!-- name -->` and `<!-- /name -->`; raises InputError where the file has no such place."""
    before, after = around_section(path, name)
    path.write_text(f"{before}\n{text.strip()}\n{after}", "utf-8")


def around_section(path: Path, name: str) -> tuple[str, str]:
    """What stands before and after it; raises InputError as `write_section` does, so that it can be asked before."""
    whole = path.read_text("utf-8") if path.is_file() else ""
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = whole.partition(opening)
    _, ended, after = rest.partition(closing)
    if not found or not ended:
        raise InputError(f"{path} has no place for it: put the lines {opening} and {closing} where it belongs")
    return before + opening, closing + after


def draw_depths(rows: Sequence[Worth], by_depth: Mapping[str, float], folder: Path) -> None:
    """Plots of the quality at each depth of reranking, where both were measured and matplotlib is installed."""
    quality = _by_depth(rows)
    if quality and can_draw():
        draw_depth(quality, by_depth, folder)


def _by_depth(rows: Sequence[Worth]) -> dict[str, dict[int, float]]:
    """Set -> depth -> nDCG@10."""
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        if row.group == "reranked hits" and row.metric == "ndcg@10":
            of = found.setdefault(row.set, {DEPTH: row.base})
            of[int(row.change.rsplit(" ", 1)[-1])] = row.base + row.mean
    return found
