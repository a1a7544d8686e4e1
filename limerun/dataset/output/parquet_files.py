"""Write Parquet files by pyarrow: a row group for each part.

A Parquet file cannot go on where it ended. So its parts are kept beside it until it is
whole: after an interrupt they are read again, and not made again.
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

# Of the person of ten columns 25 bytes a row are left, at 2.6 M rows per CPU-second;
# snappy leaves 36 at 3.5 M.
_COMPRESSION = "zstd"
_LEVEL = 1


def write_parquet(
    executor: Executor, piece: OutputPiece, path: Path, journals: Path
) -> str:
    """Make a file; take the parts that an earlier run has finished.

    Args:
        executor: Makes the parts.
        piece: The file's rows.
        path: The file; if it is there, it is whole.
        journals: The folder in which finished parts are kept.

    Returns:
        The digest of its values.

    Raises:
        OSError: There is no room for it.
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
    """Yield finished parts as far as they are still as they were made."""
    start, digest = 0, ""
    with path.open("rb") as file:
        for number, entry in enumerate(journal.entries):
            try:
                table = read_rows([file.read(entry.end - start)])
            except (pa.ArrowException, OSError):  # changed meanwhile
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
    """Yield the other parts; each is kept first."""
    with path.open("r+b") as file:
        file.seek(journal.end)
        file.truncate()
        for part in executor.parts(piece, len(journal.entries)):
            file.writelines(part.chunks)
            file.flush()
            journal.add(file.tell(), chained(journal.digest, part.values))
            yield read_rows(part.chunks)


def _write_groups(path: Path, tables: Iterator[pa.Table]) -> None:
    """Write each table as a row group; columns keep their dictionaries."""
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
