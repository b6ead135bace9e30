"""Every real file at hand: it gives a sound document, or one sentence for a reason that is listed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from ingest.fence import Fence
from ingest.loaders import SUFFIXES, load
from rag.errors import LoadError
from rag.types import Document
from tests.ingest.document_rules import check_document

SHIPPED = Path(__file__).parents[1] / "files"
SHARED = Path(__file__).parents[2].parent / "shared/data/documents"

_PASSWORD, _EMPTY, _BLANK = "password", "empty (0 bytes)", "no text in it"
MAY_FAIL = {
    "docling/pdf_password/sources/2206.01062_pg3.pdf": _PASSWORD,
    "markitdown/expected_outputs/MEDRPT-2024-PAT-3847_medical_report_scan.md": _EMPTY,
    "unstructured/eml/empty.eml": "no header lines",
    "unstructured/empty.txt": _EMPTY,
    "unstructured/empty.xlsx": _BLANK,
    "unstructured/fake-text-all-whitespace.txt": _BLANK,
    "unstructured/img/example.jpg": "no words were found in the picture",
    "unstructured/password_protected.xlsx": _PASSWORD,
    "unstructured/pdf/password.pdf": _PASSWORD,
    "unstructured/picture.pptx": _BLANK,
    "unstructured/test-image-jpg-mime.pptx": _BLANK,
}
"""File -> words of the sentence that refuses it."""
_LEFT_OUT = {
    "unstructured/img/DA-1p.jpg",
    "unstructured/img/double-column-A.jpg",
}
"""Full pages that take OCR ten seconds each, and are shown by others, DA-1p.png and double-column-B.jpg."""
_READ_TWICE = 4
"""Files of each kind that are read outside of the fence, too."""
_READ_TWICE_BY_OCR = {"docling/ocr/sources/ocr_test.pdf", "unstructured/img/english-and-korean.png"}
"""Of those that need OCR these, which are small."""


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix.lower() in SUFFIXES]


def attempt(read: Callable[..., Document], path: Path) -> Document | str:
    """The document, or the sentence that refuses it."""
    try:
        return read(path, path.name, max_bytes=50_000_000)
    except LoadError as error:
        return str(error)


@pytest.mark.parametrize("path", files(SHIPPED), ids=lambda path: path.name)
def test_shipped_file(path: Path) -> None:
    check_document(load(path, path.name, max_bytes=10_000_000))


def are_alike(one: Document | str, other: Document | str) -> bool:
    """Equal, but for a few letters of what OCR read: its arithmetic depends on the number of threads."""
    if isinstance(one, Document) and isinstance(other, Document) and one.words:
        return SequenceMatcher(None, one.text, other.text, autojunk=False).ratio() > 0.95
    return one == other


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of shared documents is not here")
def test_shared_files() -> None:
    counts: Counter[tuple[str, str]] = Counter()
    failures: list[str] = []
    n_read: Counter[str] = Counter()
    with Fence() as fence:
        for path in files(SHARED):
            name = path.relative_to(SHARED).as_posix()
            if name in _LEFT_OUT:
                continue
            outcome = attempt(fence.load, path)
            by_ocr = isinstance(outcome, Document) and bool(outcome.words)
            n_read[path.suffix.lower()] += not by_ocr
            is_twice = name in _READ_TWICE_BY_OCR if by_ocr else n_read[path.suffix.lower()] <= _READ_TWICE
            if is_twice and not are_alike(outcome, attempt(load, path)):
                failures.append(f"{name}: another outcome behind the fence")
            if isinstance(outcome, Document):
                check_document(outcome)
            elif MAY_FAIL.get(name, "\0") not in outcome:
                failures.append(f"{name}: {outcome}")
            counts[path.suffix.lower(), "loaded" if isinstance(outcome, Document) else "refused"] += 1
    print(*(f"{suffix} {state} {n}" for (suffix, state), n in sorted(counts.items())), sep="\n")  # noqa: T201
    assert not failures, "\n".join(failures)
    assert sum(counts.values()) > 300
    assert all((SHARED / name).is_file() for name in _LEFT_OUT | _READ_TWICE_BY_OCR)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of shared documents is not here")
def test_other_shared_files_are_refused_in_one_sentence() -> None:
    for path in sorted(SHARED.rglob("*")):
        if path.is_file() and path.suffix.lower() not in SUFFIXES and path.suffix:
            with pytest.raises(LoadError) as caught:
                load(path, path.name, max_bytes=50_000_000)
            assert str(caught.value).startswith(path.name)
            assert str(caught.value).endswith(".")
