"""What an Office file carries beside its text: pictures that stand for it are read, the rest is counted."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence

from ingest.loaders.archive import read_member
from ingest.loaders.assembly import Assembly

_MOST_PICTURES = 50

_KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("picture", "pictures", re.compile(r"(?:(?:word|xl|ppt)/media|Pictures)/[^/]+\.(?!xml$|wav$|mp[34]$|m4[av]$)\w+")),
    ("sound or video", "sounds or videos", re.compile(r"(?:word|xl|ppt)/media/[^/]+\.(?:wav|mp[34]|m4[av])")),
    ("drawing", "drawings", re.compile(r"(?:word|xl)/diagrams/data\d*\.xml")),
    (
        "embedded object",
        "embedded objects",
        re.compile(r"(?:word|xl|ppt)/embeddings/(?!Microsoft_).+|Object \d+/content\.xml"),
    ),
)


def add_words_of_pictures(assembly: Assembly, archive: zipfile.ZipFile, names: Sequence[str]) -> None:
    """Read the pictures of a slide or a document that has no text of its own, as a scan has none."""
    from ingest.loaders.pdf_scans import told_unread
    from ingest.loaders.pictures import words_of

    n_read = n_unread = 0
    for name in names[:_MOST_PICTURES]:
        paragraphs, n_lines = words_of(read_member(archive, name))
        n_unread += n_lines
        n_read += bool(paragraphs)
        for paragraph in paragraphs:
            assembly.add("paragraph", paragraph)
    assembly.n_pictures_read += n_read
    where = f"on page {assembly.n_pages}" if assembly.n_pages else "of the document"
    if n_unread:
        assembly.warnings.append(f"{told_unread(n_unread, f' in pictures {where}')}.")
    if n_read:
        what = "1 picture" if n_read == 1 else f"{n_read} pictures"
        assembly.warnings.append(f"The words {where} were read by OCR from {what}.")


def warn_of_embedded(warnings: list[str], names: Iterable[str], n_pictures_read: int = 0) -> None:
    """Add one sentence about pictures, charts and the like whose content was not read, if there are any."""
    names = list(names)
    found = []
    for one, many, pattern in _KINDS:
        n = sum(bool(pattern.fullmatch(name)) for name in names) - (n_pictures_read if one == "picture" else 0)
        if n > 0:
            found.append(f"1 {one}" if n == 1 else f"{n:,} {many}")
    if found:
        listed = " and ".join(filter(None, (", ".join(found[:-1]), found[-1])))
        is_single = len(found) == 1 and found[0].startswith("1 ")
        warnings.append(f"{listed} {'was' if is_single else 'were'} not read.")
