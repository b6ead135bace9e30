"""What a PDF shows, by two parsers that Footnote does not use, and by the ink on the pictures of its pages."""

from __future__ import annotations

import logging
from pathlib import Path

from evals.visible import Visible, words_of

_SCALE = 0.5
_INK = 0.001
"""Share of a page's pixels that differ from its paper; a line of text is more, a speck of dust less."""
_MOST_PAGES = 400


def visible_pdf(path: Path) -> Visible:
    """Words that both parsers found, since each of them invents some; those of one where the other fails."""
    logging.disable(logging.CRITICAL)  # both complain about every second file
    try:
        first, second = _by_pypdf(path), _by_pdfminer(path)
    finally:
        logging.disable(logging.NOTSET)
    texts = [pages for pages in (first, second) if pages]
    if not texts:
        return Visible(frozenset(), _inked(path, []))
    words = frozenset.intersection(*(words_of(" ".join(pages)) for pages in texts))
    return Visible(words, _inked(path, ["".join(page) for page in zip(*texts, strict=False)]))


def _by_pypdf(path: Path) -> list[str]:
    import pypdf

    try:
        return [page.extract_text() for page in pypdf.PdfReader(path).pages[:_MOST_PAGES]]
    except Exception:  # noqa: BLE001 - whatever a file does to that parser, the other one is asked too
        return []


def _by_pdfminer(path: Path) -> list[str]:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextContainer

    try:
        return [
            "".join(item.get_text() for item in page if isinstance(item, LTTextContainer))
            for page in extract_pages(path, maxpages=_MOST_PAGES)
        ]
    except Exception:  # noqa: BLE001 - as above
        return []


def _inked(path: Path, texts: list[str]) -> tuple[int, ...]:
    """Numbers of the pages without a letter of text whose picture is not blank."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            empty = [at for at in range(min(len(document), _MOST_PAGES)) if not (texts[at : at + 1] or [""])[0].strip()]
            return tuple(at + 1 for at in empty if _has_ink(document[at]))
    except pypdfium2.PdfiumError:
        return ()


def _has_ink(page: object) -> bool:
    picture = page.render(scale=_SCALE, grayscale=True).to_numpy()  # type: ignore[attr-defined]
    paper = int(picture.max())
    return bool((picture < paper - 60).mean() > _INK)
