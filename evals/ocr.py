"""OCR on scans that were transcribed by hand: RapidOCR and, where it is installed, tesseract alone, and our loader."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from pypdfium2 import PdfDocument
from rapidfuzz.distance import Levenshtein

from ingest.fence import Fence
from ingest.loaders.ocr import LONGEST_SIDE, read
from rag.errors import InputError

SCANS = Path(__file__).parent / "scans"
_TESSERACT_DPI = 200
"""Its best on these scans; 300 reads fewer words."""
_SPLIT_WORD = re.compile(r"(\w)- (?=[a-z])")
_MAX_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Scan:
    """One page of a file, and what stands on it as people read it."""

    file: str
    page: int
    kind: str
    text: str


Engine = Callable[[Scan], tuple[str, int]]
"""What it reads on a page, and how many pages it had to read for that."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Edit distance by the length of the true text, share of its words that are missing, and time."""

    wrong: float
    missed: float
    seconds: float


def mean(values: Sequence[Measured]) -> Measured:
    """Each measure's mean."""
    return Measured(*(sum(column) / len(values) for column in zip(*map(astuple, values), strict=True)))


def measure(folder: Path) -> Iterator[tuple[Scan, dict[str, Measured]]]:
    """For each transcribed page, what each engine makes of it, within `seconds` for a page of its file.

    The first use of each engine is not timed.
    """
    with Fence() as fence:
        engines: dict[str, Engine] = {
            "RapidOCR": lambda scan: _rapidocr(folder, scan),
            "Footnote": lambda scan: _footnote(fence, folder, scan),
        }
        if shutil.which("tesseract"):
            engines["tesseract"] = lambda scan: _tesseract(folder, scan)
        scans = list(transcribed())
        if missing := next((scan.file for scan in scans if not (folder / scan.file).is_file()), ""):
            raise InputError(
                f"{folder} lacks {missing}: name the folder of the files that evals/scans/manifest.tsv names"
            )
        for run in engines.values():
            run(scans[0])
        for scan in scans:
            yield scan, {name: compare(scan.text, *_timed(run, scan)) for name, run in engines.items()}


def transcribed() -> Iterator[Scan]:
    """The pages of the manifest."""
    with (SCANS / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield Scan(row["file"], int(row["page"]), row["kind"], (SCANS / row["text"]).read_text(encoding="utf-8"))


def compare(true: str, seen: str, seconds: float = 0.0) -> Measured:
    """White space is one space, and words that a line end split are whole."""
    true, seen = (_SPLIT_WORD.sub(r"\1", " ".join(text.split())) for text in (true, seen))
    words = Counter(true.split())
    n_missed = (words - Counter(seen.split())).total()
    return Measured(Levenshtein.distance(true, seen) / len(true), n_missed / words.total(), seconds)


def _timed(run: Engine, scan: Scan) -> tuple[str, float]:
    start = time.perf_counter()
    text, n_pages = run(scan)
    return text, (time.perf_counter() - start) / n_pages


def _rapidocr(folder: Path, scan: Scan) -> tuple[str, int]:
    picture = _picture(folder, scan, lambda width, height: LONGEST_SIDE / max(width, height))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return "\n".join(line.text for line in read(np.asarray(picture)).lines), 1


def _tesseract(folder: Path, scan: Scan) -> tuple[str, int]:
    data = BytesIO()
    picture = _picture(folder, scan, lambda _width, _height: _TESSERACT_DPI / 72)
    picture.save(data, "PNG", dpi=(_TESSERACT_DPI, _TESSERACT_DPI))
    command = ("tesseract", "stdin", "stdout", "--psm", "1")  # 1: finds the direction of the page, then its layout
    one_thread = {"PATH": os.defpath, "OMP_THREAD_LIMIT": "1"}
    run = subprocess.run(command, input=data.getvalue(), capture_output=True, check=False, env=one_thread)
    return run.stdout.decode("utf-8", "replace"), 1


def _footnote(fence: Fence, folder: Path, scan: Scan) -> tuple[str, int]:
    """The page as it would be indexed; a text layer that makes sense is kept."""
    document = fence.load(folder / scan.file, scan.file, max_bytes=_MAX_BYTES)
    page = document.pages[scan.page - 1]
    return document.text[page.start : page.end], len(document.pages)


def _picture(folder: Path, scan: Scan, scale: Callable[[float, float], float]) -> Image.Image:
    if not scan.file.endswith(".pdf"):
        return Image.open(folder / scan.file).convert("RGB")
    page = PdfDocument(folder / scan.file)[scan.page - 1]
    picture: Image.Image = page.render(scale=scale(*page.get_size())).to_pil()
    return picture.convert("RGB")
