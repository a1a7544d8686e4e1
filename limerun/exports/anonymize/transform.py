"""Read an export twice: first to learn its values, then to replace them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from limerun.errors import ExportError
from limerun.exports.anonymize.column_maps import Batch, ColumnMap
from limerun.exports.anonymize.map_registry import ColumnTraits, MapRegistry
from limerun.exports.anonymize.rule_checks import SurveyedTables
from limerun.exports.anonymize.rule_kinds import KINDS
from limerun.exports.rules import Rules
from limerun.exports.tables import Export, ExportTable
from limerun.exports.value_maps.key import Key
from limerun.progress import Progress

BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """A column and its map."""

    column: str
    map: ColumnMap
    needs: tuple[str, ...]
    """Other columns of the row that the map needs."""


class Transform:
    """Replaces the values of an export, after learning all of them."""

    def __init__(
        self,
        export: Export,
        rules: Rules,
        key: Key,
        seen: SurveyedTables,
        ordering: Mapping[str, Collection[str]],
    ) -> None:
        """Create a map for each column; the rules must fit the export."""
        self._ordering = ordering
        self._export = export
        self._maps = MapRegistry(key, rules, export.connection)
        self._changes = {
            name: tuple(self._changes_of(table, rules, seen))
            for name, table in export.tables.items()
        }

    def _changes_of(
        self, table: ExportTable, rules: Rules, seen: SurveyedTables
    ) -> Iterator[ColumnChange]:
        for column in table.columns:
            rule = rules.tables[table.name].columns[column.name]
            survey = seen[table.name][column.name]
            if not survey.values:
                continue  # no values to replace
            traits = ColumnTraits(
                repeated=survey.repeated,
                orders_rows=column.name in self._ordering.get(table.name, ()),
            )
            map = self._maps.map_of(table, column, rule, traits)
            if map is not None:
                options = KINDS[rule.kind].options
                needs = (
                    str(v) for n, v in rule.options.items() if options[n].is_column
                )
                yield ColumnChange(column=column.name, map=map, needs=tuple(needs))

    def learn(self, progress: Progress) -> None:
        """Let the maps learn all values that they depend on."""
        for name, table in self._export.tables.items():
            learning = [each for each in self._changes[name] if each.map.learns]
            needed = {each.column for each in learning}.union(
                *(each.needs for each in learning)
            )
            if not needed:
                continue
            for batch in read_batches(table, sorted(needed)):
                for each in learning:
                    with errors_located(table, each.column):
                        each.map.learn(batch.column(each.column), batch)
                done = batch.first + len(batch.rows)
                progress.rows_made(f"learning {name}", done, table.rows)
        self._maps.finish()

    def batches(self, name: str, progress: Progress) -> Iterator[pa.RecordBatch]:
        """Yield a table's rows in order, with replaced values."""
        table = self._export.tables[name]
        changes = {each.column: each.map for each in self._changes[name]}
        for batch in read_batches(table, None):
            arrays = []
            for column, array in zip(
                batch.rows.schema.names, batch.rows.columns, strict=True
            ):
                if column in changes:
                    with errors_located(table, column):
                        array = changes[column](array, batch)
                arrays.append(array)
            yield pa.RecordBatch.from_arrays(arrays, schema=batch.rows.schema)
            done = batch.first + len(batch.rows)
            progress.rows_made(f"replacing {name}", done, table.rows)


def read_batches(table: ExportTable, columns: list[str] | None) -> Iterator[Batch]:
    """Yield some or all columns of a table's rows, in order."""
    first = 0
    for part in table.parts:
        with pq.ParquetFile(part) as file:
            for rows in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
                yield Batch(rows=rows, first=first)
                first += len(rows)


@contextmanager
def errors_located(table: ExportTable, column: str) -> Iterator[None]:
    """Add the table and column to the error of a value that does not fit."""
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        where = f"{table.origin}, {table.name}.{column}"
        raise ExportError(
            f"{where}: the rule does not fit: {error}; use another rule"
        ) from error
