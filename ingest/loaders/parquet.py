"""Parquet tables: their columns, then their first records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ingest.loaders.assembly import Assembly
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import add_records

if TYPE_CHECKING:
    import pyarrow.parquet

_AT_ONCE = 1000


def load_parquet(source: SourceFile) -> Assembly:
    """One table, with a warning where it has more records than are read. Raises LoadError for an encrypted file."""
    import pyarrow.parquet

    assembly = Assembly(title=source.stem)
    with pyarrow.parquet.ParquetFile(str(source.path)) as file:
        schema = file.schema_arrow
        n_records = file.metadata.num_rows
        assembly.begin_page(source.stem)
        assembly.add("paragraph", "Columns: " + ", ".join(f"{column.name} ({column.type})" for column in schema))
        n_read = add_records(assembly, schema.names, _records(file))
    if n_read is not None:
        assembly.warnings.append(f"Only the first {n_read:,} of {n_records:,} records were read.")
    return assembly


def _records(file: pyarrow.parquet.ParquetFile) -> Iterator[Sequence[Any]]:
    for batch in file.iter_batches(batch_size=_AT_ONCE, use_threads=False):
        columns = [batch.column(number).to_pylist() for number in range(batch.num_columns)]
        yield from zip(*columns, strict=True)
