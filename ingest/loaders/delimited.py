"""CSV and TSV: the delimiter and the encoding are found from the content."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import MAX_ROWS, add_grid

_DELIMITERS = ",;\t|"
_SAMPLE = 50
MAX_FIELD = 10_000_000
"""Characters. `csv` keeps one such limit for the whole process: whoever reads CSV sets it to this."""


def load_delimited(source: SourceFile) -> Assembly:
    """The rows as a Markdown table; ragged rows are padded."""
    csv.field_size_limit(MAX_FIELD)
    text = decode(source.read()).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    delimiter = _delimiter(text, "\t" if source.suffix in (".tsv", ".tab") else ",")
    assembly = Assembly(title=source.stem)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    add_grid(assembly, islice(reader, MAX_ROWS))
    if next(reader, None) is not None:
        assembly.warnings.append(f"Only the first {MAX_ROWS:,} rows were read: split the file to have all of them.")
    return assembly


def _delimiter(text: str, usual: str) -> str:
    """The delimiter that gives most rows one and the same number of fields, above one."""
    lines = text[:200_000].split("\n")[:_SAMPLE]
    return max(_DELIMITERS, key=lambda delimiter: (_agreement(lines, delimiter), delimiter == usual))


def _agreement(lines: list[str], delimiter: str) -> float:
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    width, n = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
    return n / sum(widths.values()) if width > 1 else 0.0
