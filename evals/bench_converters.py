"""Footnote's loaders beside other converters on the same PDFs: seconds, memory, and the words that each finds."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.processes import measured
from evals.visible import words_of
from rag.errors import InputError

_ROOT = Path(__file__).resolve().parents[1]
TOOLS = str(_ROOT / ".venv-bench/bin/python")
"""Where `make benchtools` installs the others."""
_OURS, _OTHERS = ("footnote", "pypdf"), ("markitdown", "docling")
_NOTE = (
    "docling ran its model-free pipeline: text cells in the parser's order, no reading order, headings, tables, OCR.\n"
    "Its full pipeline needs models from a hub and was not measured.\n"
)

_HALVES = "The halves of words that a line's end parts, which Footnote puts together, count as words that it missed."

Texts = Mapping[str, str]
"""File -> text."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What one tool did with all files."""

    seconds: float
    """Conversions alone, without imports."""
    peak_mb: float
    failed: int
    texts: Texts


def converters(pdfs: Path, scratch: Path, python: str) -> str:
    """Run each tool once and lay the figures side by side; a tool that is not there is named."""
    done, missing = {}, []
    for tool in (*_OURS, *_OTHERS):
        try:
            done[tool] = _converted(tool, pdfs, scratch / f"{tool}.json", sys.executable if tool in _OURS else python)
        except (InputError, OSError) as error:
            missing.append(f"{tool} was left out: `make benchtools` installs it ({str(error).splitlines()[-1][:200]})")
    return "\n".join([*table(done), _HALVES, *missing, *([_NOTE] if "docling" in done else [""])])


def _converted(tool: str, pdfs: Path, texts: Path, python: str) -> Converted:
    if shutil.which(python) is None:
        raise InputError(f"there is no {python}")
    script = str(_ROOT / "evals/bench_convert.py")
    environment = {"PYTHONPATH": str(_ROOT)} if tool in _OURS else {}
    output, _, peak_mb = measured([script, tool, str(pdfs), str(texts)], environment, python=python, only=(0,))
    said = json.loads(output)
    return Converted(said["seconds"], peak_mb, said["failed"], json.loads(texts.read_text(encoding="utf-8")))


def table(done: Mapping[str, Converted]) -> list[str]:
    """Lines of figures. Words of any: different words per file that any tool found; of two: that two tools or more did,
    which leaves out what one of them invented."""
    any_of, of_two = found_by(1, done), found_by(2, done)
    lines = [
        f"{'converter':<14}{'seconds':>10}{'MB':>8}{'failed':>8}{'characters':>12}{'words of any':>14}{'of two':>9}"
    ]
    for tool, converted in done.items():
        shares = (share(any_of, converted.texts), share(of_two, converted.texts))
        n_characters = sum(map(len, converted.texts.values()))
        figures = f"{converted.seconds:>10,.1f}{converted.peak_mb:>8,.0f}{converted.failed:>8}{n_characters:>12,}"
        lines.append(f"{tool:<14}{figures}{shares[0]:>14.1%}{shares[1]:>9.1%}")
    return lines


def found_by(n: int, done: Mapping[str, Converted]) -> dict[str, frozenset[str]]:
    """File -> the different words that at least `n` tools found in it."""
    files = {file for converted in done.values() for file in converted.texts}
    counts = {
        file: Counter(word for converted in done.values() for word in words_of(converted.texts.get(file, "")))
        for file in files
    }
    return {file: frozenset(word for word, times in found.items() if times >= n) for file, found in counts.items()}


def share(wanted: Mapping[str, frozenset[str]], texts: Texts) -> float:
    """The part of all wanted words that these texts have; 1 where none are wanted."""
    n_found = sum(len(words & words_of(texts.get(file, ""))) for file, words in wanted.items())
    return n_found / (sum(map(len, wanted.values())) or 1)
