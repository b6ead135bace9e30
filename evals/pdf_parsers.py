"""Compares PDF parsers on a folder: `python -m evals.pdf_parsers DIR` prints speed, text and agreement of each.

The order of the text is judged by word bigrams: the share of those that the others (or the expected texts that lie in
the folder, as `NAME.md` or `NAME.pdf.txt`) have, and that the parser has too.
"""

from __future__ import annotations

import importlib
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import LoadError

Bigrams = Counter[tuple[str, str]]


@dataclass(slots=True)
class Result:
    """What one parser did with all files."""

    seconds: float = 0.0
    n_pages: int = 0
    n_failed: int = 0
    texts: dict[Path, str] = field(default_factory=dict)


def footnote(path: Path) -> tuple[str, int]:
    """Our loader: PDFium with paragraphs and headings."""
    from ingest.loaders import load

    document = load(path, path.name, max_bytes=1 << 30)
    return document.text, len(document.pages)


def pdfium(path: Path) -> tuple[str, int]:
    """PDFium's plain text."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document), len(document)


def pypdf(path: Path) -> tuple[str, int]:
    """pypdf, which LangChain's usual loader reads with."""
    reader = importlib.import_module("pypdf").PdfReader(path)
    return "\n".join(page.extract_text() for page in reader.pages), len(reader.pages)


def pdfminer(path: Path) -> tuple[str, int]:
    """pdfminer.six with its default layout analysis."""
    text = importlib.import_module("pdfminer.high_level").extract_text(path)
    return text, text.count("\f")


PARSERS: dict[str, tuple[Callable[[Path], tuple[str, int]], str]] = {
    "footnote": (footnote, "Apache-2.0"),
    "pypdfium2": (pdfium, "BSD-3-Clause, Apache-2.0"),
    "pypdf": (pypdf, "BSD-3-Clause"),
    "pdfminer.six": (pdfminer, "MIT"),
}


def run(parse: Callable[[Path], tuple[str, int]], paths: list[Path]) -> Result:
    """Parse every file once; a file that a parser refuses or breaks on counts as failed."""
    result = Result()
    for path in paths:
        started = time.perf_counter()
        try:
            text, n_pages = parse(path)
        except ImportError:
            raise
        except (LoadError, Exception):  # noqa: BLE001 - every parser has errors of its own, and all of them count alike
            result.n_failed += 1
            continue
        result.seconds += time.perf_counter() - started
        result.n_pages += n_pages
        result.texts[path] = text
    return result


def bigrams(text: str) -> Bigrams:
    """Pairs of neighbouring words, in lower case."""
    words = re.findall(r"\w+", text.lower())
    return Counter(zip(words, words[1:], strict=False))


def share(wanted: Bigrams, found: Bigrams) -> float:
    """The part of the wanted pairs that were found; 1 where none are wanted."""
    return (wanted & found).total() / wanted.total() if wanted else 1.0


def expected(folder: Path, path: Path) -> str:
    """The text that somebody wrote down for this PDF, or nothing."""
    for name in (f"{path.stem}.md", f"{path.name}.txt", f"{path.stem}.txt"):
        for found in sorted(folder.rglob(name)):
            return found.read_text(encoding="utf-8", errors="replace")
    return ""


def agreement(results: Mapping[str, Result], name: str) -> float:
    """Mean share of the other parsers' bigrams that this one has, over the files that all of them read."""
    others = [other for other in results if other not in (name, "footnote")]
    shared = [path for path in results[name].texts if all(path in results[other].texts for other in others)]
    shares = [
        share(bigrams(results[other].texts[path]), bigrams(results[name].texts[path]))
        for path in shared
        for other in others
        if results[other].texts[path].strip()
    ]
    return sum(shares) / len(shares) if shares else 0.0


def against_expected(result: Result, folder: Path) -> tuple[float, int]:
    """Mean share of the expected texts' bigrams, and the number of files that have an expected text."""
    pairs = [(expected(folder, path), text) for path, text in result.texts.items()]
    shares = [share(bigrams(wanted), bigrams(text)) for wanted, text in pairs if wanted.strip()]
    return (sum(shares) / len(shares) if shares else 0.0), len(shares)


def main(folder: Path) -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)  # pypdf and pdfminer complain about every second file
    paths = sorted(folder.rglob("*.pdf"))
    results: dict[str, Result] = {}
    for name, (parse, _) in PARSERS.items():
        try:
            run(parse, paths[-3:])  # imports and models are not timed
            results[name] = run(parse, paths)
        except ImportError:
            sys.stdout.write(f"{name} is not installed: left out\n")
    sys.stdout.write(f"{len(paths)} files in {folder}\n")
    sys.stdout.write("| parser | licence | pages/s | characters | failed | agrees with others | expected texts |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    for name, result in results.items():
        found, n = against_expected(result, folder)
        sys.stdout.write(
            f"| {name} | {PARSERS[name][1]} | {result.n_pages / max(result.seconds, 1e-9):.0f} | "
            f"{sum(map(len, result.texts.values())):,} | {result.n_failed} | {agreement(results, name):.1%} | "
            f"{found:.1%} of {n} |\n"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m evals.pdf_parsers DIR")
    main(Path(sys.argv[1]))
