"""Write Parquet files with pyarrow: a row group for each part.

A Parquet file cannot be extended. So its parts are stored next to it until the file is
complete; after an interrupt, they are read again instead of being generated again.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa

from limerun.dataset.output.executor import Executor
from limerun.dataset.output.journal import Journal, chained
from limerun.dataset.output.parts import OutputPiece
from limerun.dataset.output.value_digests import digest_values, read_rows
from limerun.writers.parquet_writer import ParquetStyle, opened_parquet

# A person table of ten columns takes 25 bytes per row, at 2.6 M rows per CPU-second;
# with snappy 36 bytes, at 3.5 M.
_COMPRESSION = "zstd"
_LEVEL = 1


def write_parquet(
    executor: Executor, piece: OutputPiece, path: Path, journals: Path
) -> str:
    """Write a file, reusing parts that an earlier run finished.

    Args:
        executor: Generates the parts.
        piece: The file's rows.
        path: The file; if it exists, it is complete.
        journals: The folder for finished parts.

    Returns:
        The digest of the values.

    Raises:
        OSError: The file cannot be written.
    """
    journal = Journal(journals / path.name)
    if path.exists() and journal.entries:
        return journal.digest
    kept, partial = journals / f"{path.name}.arrow", journals / f"{path.name}.partial"
    kept.touch()
    found = _kept_parts(kept, journal)
    made = _made_parts(executor, piece, kept, journal)
    _write_groups(partial, chain(found, made))
    partial.replace(path)
    kept.unlink()
    return journal.digest


def _kept_parts(path: Path, journal: Journal) -> Iterator[pa.Table]:
    """Yield finished parts, up to the first one that was changed."""
    start, digest = 0, ""
    with path.open("rb") as file:
        for number, entry in enumerate(journal.entries):
            try:
                table = read_rows([file.read(entry.end - start)])
            except (pa.ArrowException, OSError):  # changed in the meantime
                table = pa.table({})
            digest = chained(digest, digest_values(table))
            if digest != entry.digest:
                journal.keep(number)
                break
            yield table
            start = entry.end


def _made_parts(
    executor: Executor, piece: OutputPiece, path: Path, journal: Journal
) -> Iterator[pa.Table]:
    """Yield the remaining parts, each after saving it."""
    with path.open("r+b") as file:
        file.seek(journal.end)
        file.truncate()
        for part in executor.parts(piece, len(journal.entries)):
            file.writelines(part.chunks)
            file.flush()
            journal.add(file.tell(), chained(journal.digest, part.values))
            yield read_rows(part.chunks)


def _write_groups(path: Path, tables: Iterator[pa.Table]) -> None:
    """Write each table as a row group, with the dictionaries of its columns."""
    first = next(tables)
    coded = [field.name for field in first.schema if pa.types.is_dictionary(field.type)]
    style = ParquetStyle(
        schema=first.schema,
        compression=_COMPRESSION,
        level=_LEVEL,
        dictionaries=coded,
        has_arrow_schema=False,
    )
    with opened_parquet(path, style) as write:
        for table in chain((first,), tables):
            write(table)
