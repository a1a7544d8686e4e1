"""Compare a whole copy with its whole source: every row of every column.

What counts as a survivor, and what does not:

- A value of a column that is neither kept nor saturated, in the same column of the
  copy, at any length; or anywhere else, as a value or inside of one between word
  boundaries, from four letters and digits on. So do the words of such values (see
  `tokens`). Capitals, accents and whatever stands between letters and digits make no
  difference, nor does what URLs, JSON, HTML, mail, base64 or hexadecimal made of it.
- Of long texts, any eleven words that follow each other in one (see `forms`), but
  for what stands in many of them: the words of a form letter.
- In a SQLite file also what its schema says in texts and comments (see `statements`).
- Numbers and days count whatever notation they are in: 17 as 17.0 or "P-0017", a day
  as 12.10.1970 or with a time (see `notation`). In other columns of the copy they are
  found in texts and numbers, and where they tell most of the rows (see
  `cross_column`).
- Numbers meet other numbers: in other columns, and inside of texts, they count from
  where chance does not explain them any more, by how many numbers of their length
  were looked at and how densely the source's lie. The rest is listed.
- Where nearly every possible value is in use (see `saturation`), rows are judged in
  place of values: no more may be unchanged than if all were dealt out anew.
- What is kept is kept: its values are no survivors elsewhere either, each as a whole.
  But a kept column is only excused where the copy's value is one of its source's.
- Two-letter and three-letter values are compared in their own column only, and not
  held against it if a hundredth of all that are so short are in use.
- Outside the promise: words of fewer than four letters; words inside of longer ones
  ("annasvensson" is found where somebody's whole name is a value, not if first and
  last names are two columns); names that stand in free text and in no other column;
  values that were translated, abbreviated, inflected, rounded, reversed, spaced letter
  by letter or spelt otherwise, also in look-alikes of other alphabets; hexadecimal of
  digits alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from limerun.errors import ExportError
from limerun.exports.proof.alignment import (
    Pair,
    is_rewritten,
)
from limerun.exports.proof.conclusion import conclude
from limerun.exports.proof.connections import prove_domains, prove_links
from limerun.exports.proof.cross_column import find_cross_column, number_survivors
from limerun.exports.proof.figures import Figures, figure_columns
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
    """Return the proof that a copy holds no value of its source, or what it holds.

    Rows are compared by their position, tables and columns by their names; where each
    has one table only, those two are meant.

    Args:
        source: The export as it was.
        copy: The same tables, anonymized.
        rules: What was to become of each column; without, nothing may be kept.
        keep: Columns that were kept on purpose, as table.column.
        quasi: Columns that may tell who somebody is, taken together.
        progress: Hears how far it is.

    Raises:
        ExportError: The exports have no table in common, or a column is named that
            the source does not have.
    """
    choices = ColumnChoices(rules=rules, keep=tuple(keep), quasi=tuple(quasi))
    choices.check(source)
    copy = _named_alike(source, copy)
    pairs = _pairs(source, copy)
    columns, before = _columns(source, choices, progress)
    copied, after = _copied(copy, progress)
    with schema_column(copy, len(copied)) as said:
        looked_at = [*copied, *said]
        survivors, tallies = find_survivors(source, columns, looked_at, progress)
    survivors = _with_numbers(source, pairs, columns, survivors)
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
                figures=after.get(name, {}),
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
        links=prove_links(source, pairs, before),
        domains=prove_domains(source, pairs, choices),
    )


def _named_alike(source: Export, copy: Export) -> Export:
    """Return the copy; its only table is that of the source, whatever its file's name."""
    if len(source.tables) > 1 or len(copy.tables) > 1:
        return copy
    tables = {
        name: replace(table, name=name)
        for name, table in zip(source.tables, copy.tables.values(), strict=True)
    }
    return replace(copy, tables=tables)


def _pairs(source: Export, copy: Export) -> dict[str, Pair]:
    """Return the tables that both have, with as many rows.

    Raises:
        ExportError: They have no table in common.
    """
    if not source.tables.keys() & copy.tables.keys():
        raise ExportError(
            f"the source has the tables {', '.join(source.tables)}, the copy "
            f"{', '.join(copy.tables)}: none in common; name files as in the source"
        )
    return {
        name: (table, copy.tables[name])
        for name, table in source.tables.items()
        if name in copy.tables
    }


def _columns(
    source: Export, choices: ColumnChoices, progress: Progress
) -> tuple[list[JudgedColumn], dict[str, Figures]]:
    """Return every column of the source as it is to be judged, and its figures."""
    columns: list[JudgedColumn] = []
    figures: dict[str, Figures] = {}
    for name, table in source.tables.items():
        progress.rows_made(f"counting {name}", 0, table.rows)
        figures[name] = figure_columns(source, table)
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


def _copied(
    copy: Export, progress: Progress
) -> tuple[list[CopyColumn], dict[str, Figures]]:
    """Return every column of the copy, and its figures."""
    columns: list[CopyColumn] = []
    figures: dict[str, Figures] = {}
    for name, table in copy.tables.items():
        figures[name] = figure_columns(copy, table)
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


def _with_numbers(
    source: Export,
    pairs: Mapping[str, Pair],
    columns: Sequence[JudgedColumn],
    survivors: Sequence[Survivor],
) -> list[Survivor]:
    """Add the numbers and dates that are in the same column of both."""
    found = []
    for column in columns:
        pair = pairs.get(column.table.name)
        name = column.column.name
        if column.judged == "set" and pair and has_column(pair[1], name):
            types = column.column.type, pair[1].column(name).type
            # Texts that stay texts are looked for as such, wherever they stand.
            if (
                types[0] != types[1]
                or types[0] not in TEXTS
                or is_rewritten(source, pair, name)
            ):
                found.append(number_survivors(source, pair, name))
    return [*(one for one in found if one is not None), *survivors]
