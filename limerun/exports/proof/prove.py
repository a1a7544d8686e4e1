"""Compare every row of every column of a copy with its source.

The rules of the proof, in short (`limerun docs exports` says what it does not find):

- A survivor is a value of a column that is neither kept nor saturated. In its own
  column it counts at any length; elsewhere from four letters and digits on, as a whole
  value or between word boundaries. The words of its texts count too (see `tokens`).
  Capitals, accents and punctuation make no difference, nor do common encodings.
- In long texts, any eleven consecutive words count, unless many texts contain them:
  those are the words of a form letter (see `boilerplate`).
- Numbers and days count in any notation: 17 as 17.0 or "P-0017", a day as 12.10.1970 or
  with a time (see `notation`). They are searched for in texts and numbers, and in
  columns that match them in most rows (see `cross_column`).
- Numbers may match other numbers by chance. In other columns and inside texts they
  count only if chance does not explain them (see `chance`); the rest are only listed.
- Where nearly every possible value is in use (see `saturation`), rows are judged
  instead of values: no more rows may be unchanged than chance explains.
- A whole value of a kept column does not count in other columns either. A kept column
  is excused only where the copy's value is one of the source's.
- Values of up to three letters are compared in their own column only. They do not count
  if at least 1 % of all possible values of that length are in use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from limerun.errors import ExportError
from limerun.exports.proof.alignment import (
    Pair,
    is_rewritten,
)
from limerun.exports.proof.column_counts import Figures, count_columns
from limerun.exports.proof.conclusion import conclude
from limerun.exports.proof.connections import prove_domains, prove_links
from limerun.exports.proof.cross_column import find_cross_column, find_equal_values
from limerun.exports.proof.saturation import density_of, is_saturated
from limerun.exports.proof.scope import (
    KEEP,
    TEXTS,
    ColumnChoices,
    JudgedColumn,
    has_column,
)
from limerun.exports.proof.search import CopyColumn, schema_column
from limerun.exports.proof.survivors import find_survivors
from limerun.exports.proof.table_proof import Evidence, prove_table
from limerun.exports.rules import Rules
from limerun.exports.tables import Export
from limerun.progress import Progress
from limerun.records.proof import Judged, Proof, Survivor


def prove(
    source: Export,
    copy: Export,
    *,
    rules: Rules | None = None,
    keep: Sequence[str] = (),
    quasi: Sequence[str] = (),
    progress: Progress,
) -> Proof:
    """Return the proof: which source values are in the copy, and whether it passes.

    Rows are compared by position, tables and columns by name. If each export has only
    one table, these two are compared, whatever their names.

    Args:
        source: The original export.
        copy: The anonymized export.
        rules: The rule of each column; None: no column may be kept.
        keep: Columns that were kept on purpose, as table.column.
        quasi: Columns that could identify a person together, as table.column.
        progress: Receives progress updates.

    Raises:
        ExportError: The exports have no table in common, or an option or rule names a
            column that the source does not have.
    """
    choices = ColumnChoices(rules=rules, keep=tuple(keep), quasi=tuple(quasi))
    choices.check(source)
    copy = _match_single_table_names(source, copy)
    pairs = _pairs(source, copy)
    columns, source_counts = _columns(source, choices, progress)
    copied, copy_counts = _copy_columns(copy, progress)
    with schema_column(copy, len(copied)) as schema_texts:
        searched_columns = [*copied, *schema_texts]
        survivors, tallies = find_survivors(source, columns, searched_columns, progress)
    survivors = _add_number_survivors(source, pairs, columns, survivors)
    for name, pair in pairs.items():
        own = [column for column in columns if column.table.name == name]
        survivors += find_cross_column(source, pair, own, choices)
    tables = [
        prove_table(
            Evidence(
                source=source,
                before=table,
                after=copy.tables.get(name),
                columns=[column for column in columns if column.table is table],
                figures=copy_counts.get(name, {}),
                survivors=survivors,
                tallies=tallies,
            ),
            choices,
        )
        for name, table in source.tables.items()
    ]
    return conclude(
        copy=copy,
        tables=tables,
        survivors=survivors,
        links=prove_links(source, pairs, source_counts),
        domains=prove_domains(source, pairs, choices),
    )


def _match_single_table_names(source: Export, copy: Export) -> Export:
    """Return the copy; its only table gets the name of the source's only table."""
    if len(source.tables) > 1 or len(copy.tables) > 1:
        return copy
    tables = {
        name: replace(table, name=name)
        for name, table in zip(source.tables, copy.tables.values(), strict=True)
    }
    return replace(copy, tables=tables)


def _pairs(source: Export, copy: Export) -> dict[str, Pair]:
    """Return the tables that both exports have.

    Raises:
        ExportError: They have no table in common.
    """
    if not source.tables.keys() & copy.tables.keys():
        raise ExportError(
            f"the copy has no table of the source (source: {', '.join(source.tables)}; "
            f"copy: {', '.join(copy.tables)}); give the copy's files the same names"
        )
    return {
        name: (table, copy.tables[name])
        for name, table in source.tables.items()
        if name in copy.tables
    }


def _columns(
    source: Export, choices: ColumnChoices, progress: Progress
) -> tuple[list[JudgedColumn], dict[str, Figures]]:
    """Return how each column of the source is judged, and its counts."""
    columns: list[JudgedColumn] = []
    figures: dict[str, Figures] = {}
    for name, table in source.tables.items():
        progress.rows_made(f"counting {name}", 0, table.rows)
        figures[name] = count_columns(source, table)
        for column in table.columns:
            figure = figures[name][column.name]
            kept = choices.kind(name, column.name) == KEEP
            density = None if kept else density_of(source, table, column, figure)
            judged: Judged = "row" if is_saturated(column, density) else "set"
            if kept:
                judged = "kept"
            elif not figure.distinct:
                judged = "nothing"
            columns.append(
                JudgedColumn(
                    number=len(columns),
                    table=table,
                    column=column,
                    figures=figure,
                    share=density.share if density is not None else None,
                    judged=judged,
                )
            )
        progress.rows_made(f"counting {name}", table.rows, table.rows)
    return columns, figures


def _copy_columns(
    copy: Export, progress: Progress
) -> tuple[list[CopyColumn], dict[str, Figures]]:
    """Return the columns of the copy, and their counts."""
    columns: list[CopyColumn] = []
    figures: dict[str, Figures] = {}
    for name, table in copy.tables.items():
        figures[name] = count_columns(copy, table)
        for column in table.columns:
            columns.append(
                CopyColumn(
                    number=len(columns),
                    table=table,
                    column=column,
                    distinct=figures[name][column.name].distinct,
                )
            )
        progress.rows_made(f"counting the copy's {name}", table.rows, table.rows)
    return columns, figures


def _add_number_survivors(
    source: Export,
    pairs: Mapping[str, Pair],
    columns: Sequence[JudgedColumn],
    survivors: Sequence[Survivor],
) -> list[Survivor]:
    """Add the numbers and dates that both exports have in the same column."""
    found = []
    for column in columns:
        pair = pairs.get(column.table.name)
        name = column.column.name
        if column.judged == "set" and pair and has_column(pair[1], name):
            types = column.column.type, pair[1].column(name).type
            # Values that are text in both exports are found by the search for texts.
            if (
                types[0] != types[1]
                or types[0] not in TEXTS
                or is_rewritten(source, pair, name)
            ):
                found.append(find_equal_values(source, pair, name))
    return [*(one for one in found if one is not None), *survivors]
