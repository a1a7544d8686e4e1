"""Judge the columns of one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limerun.exports.proof.alignment import (
    count_common,
    count_unchanged,
    smallest_group,
)
from limerun.exports.proof.chance import VERY_UNLIKELY, beyond_chance
from limerun.exports.proof.conclusion import counted_of
from limerun.exports.proof.scope import ColumnChoices, JudgedColumn
from limerun.exports.proof.tokens import Tally
from limerun.exports.tables import Export, ExportTable
from limerun.records.proof import (
    ColumnFigures,
    ProvenColumn,
    ProvenTable,
    SmallestGroup,
    Survivor,
)
from limerun.units import format_count

_TOO_FEW = 2
"""Up to this many unchanged rows are ignored in columns with many values in use."""
_TOO_MANY = 3
"""A saturated column fails above this multiple of the common values that chance
explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The findings about a table from which its columns are judged."""

    source: Export
    before: ExportTable
    after: ExportTable | None
    columns: Sequence[JudgedColumn]
    figures: Mapping[str, ColumnFigures]
    """The counts for the copy's columns."""
    survivors: Sequence[Survivor]
    tallies: Mapping[int, Tally]

    @property
    def same_rows(self) -> bool:
        """True if both tables have as many rows, so that rows can be compared."""
        return self.after is not None and self.after.rows == self.before.rows

    def own(self, column: JudgedColumn) -> list[Survivor]:
        """Return the survivors found in the same column of the copy."""
        return [one for one in self.survivors if one.source == one.copy == column.name]

    def into(self, column: JudgedColumn) -> list[Survivor]:
        """Return the counted survivors, from any column, in a column of the copy."""
        return [
            one for one in self.survivors if one.copy == column.name and one.counted
        ]


def prove_table(evidence: Evidence, choices: ColumnChoices) -> ProvenTable:
    """Judge every column of a table."""
    unchanged = _unchanged_rows(evidence)
    return ProvenTable(
        name=evidence.before.name,
        source_rows=evidence.before.rows,
        copy_rows=evidence.after.rows if evidence.after is not None else None,
        columns=tuple(
            _prove_column(evidence, column, unchanged.get(column.column.name), choices)
            for column in evidence.columns
        ),
        smallest_group=_group(evidence, choices),
    )


def _unchanged_rows(evidence: Evidence) -> dict[str, int]:
    """Count the unchanged rows of the columns where the count matters."""
    if evidence.after is None or not evidence.same_rows:
        return {}
    names = [
        column.column.name
        for column in evidence.columns
        if column.column.name in evidence.figures
        and (
            column.judged in ("row", "kept")
            or column.column.type == "json"
            or evidence.own(column)
        )
    ]
    pair = evidence.before, evidence.after
    return count_unchanged(evidence.source, pair, names)


def _prove_column(
    evidence: Evidence,
    column: JudgedColumn,
    unchanged: int | None,
    choices: ColumnChoices,
) -> ProvenColumn:
    name = column.column.name
    copied = evidence.figures.get(name)
    common, values_by_chance, rows_by_chance = _in_common(
        evidence, column, copied, unchanged
    )
    unique = column.figures.distinct == column.figures.rows - column.figures.nulls > 0
    unique_kept = None
    if unique and copied is not None:
        unique_kept = copied.distinct == copied.rows - copied.nulls
    # A generalized date may equal the source's by chance: that identifies nobody.
    coarser = choices.kind(column.table.name, name) == "generalize"
    identifying = None if coarser else unchanged
    why = _why_not(evidence, column, copied, identifying, rows_by_chance)
    if not why and values_by_chance is not None and common is not None:
        why = _too_many(common, values_by_chance)
    allowed = choices.allows_duplicates(column.table.name, name)
    if not why and unique_kept is False and not allowed and _is_key(evidence, column):
        why = "values are unique in the source, but not in the copy"
    return ProvenColumn(
        name=name,
        type=column.column.type,
        rule=choices.kind(column.table.name, name),
        judged=column.judged,
        share_in_use=column.share,
        values_in_common=common,
        values_by_chance=values_by_chance,
        rows_unchanged=unchanged,
        rows_by_chance=rows_by_chance,
        unique=unique,
        unique_kept=unique_kept,
        source=column.figures,
        copy=copied,
        passed=not why,
        why=why,
    )


def _in_common(
    evidence: Evidence,
    column: JudgedColumn,
    copied: ColumnFigures | None,
    unchanged: int | None,
) -> tuple[int | None, float | None, float | None]:
    """Return the common values, and how many values and rows chance explains."""
    if copied is None or evidence.after is None:
        return 0, None, None
    if column.judged == "set" and not unchanged:
        values = [each for each in evidence.own(column) if each.where == "value"]
        return sum(each.values for each in values), None, None
    full = column.judged == "row" and (column.share or 0) * _TOO_MANY >= 1
    if full and (unchanged or 0) <= _TOO_FEW:
        return None, None, None  # rows show nothing more: any value may be shared
    pair = evidence.before, evidence.after
    common, rows = count_common(evidence.source, pair, column.column.name)
    rows_by_chance = rows if evidence.same_rows else None
    if column.judged != "row" or column.share is None:
        return common, None, rows_by_chance
    return common, column.share * copied.distinct, rows_by_chance


def _is_key(evidence: Evidence, column: JudgedColumn) -> bool:
    """Return whether a column must stay unique; dates, amounts and notes need not."""
    tally = evidence.tallies.get(column.number)
    free = tally is not None and tally.is_free_text
    return column.column.type in ("integer", "text") and not free


def _why_not(
    evidence: Evidence,
    column: JudgedColumn,
    copied: ColumnFigures | None,
    unchanged: int | None,
    rows_by_chance: float | None,
) -> str:
    """Return why a column fails; "" if it passes."""
    found = evidence.into(column)
    if found:
        values = counted_of(sum(one.values for one in found), "value")
        rows = counted_of(max(one.rows for one in found), "row")
        more = " or more" if len(found) > 1 else ""
        return f"{values} of the source found in {rows}{more}"
    if copied is None or column.judged in ("kept", "nothing"):
        return ""
    if not evidence.same_rows:
        return (
            "nearly all possible values are in use, so only rows can be compared, but "
            "the numbers of rows differ"
            if column.judged == "row"
            else ""
        )
    if (
        unchanged
        and rows_by_chance is not None
        and beyond_chance(unchanged, rows_by_chance, VERY_UNLIKELY)
    ):
        expected = format_count(round(rows_by_chance))
        return (
            f"{counted_of(unchanged, 'row')} unchanged, {expected} expected by chance"
        )
    return ""


def _too_many(common: int, by_chance: float) -> str:
    if common > _TOO_MANY * by_chance and beyond_chance(
        common, by_chance, VERY_UNLIKELY
    ):
        return (
            f"{counted_of(common, 'value')} in common, "
            f"{format_count(round(by_chance))} expected by chance"
        )
    return ""


def _group(evidence: Evidence, choices: ColumnChoices) -> SmallestGroup | None:
    """Return the size of the smallest group of rows with the same quasi-identifiers."""
    columns = choices.quasi_identifiers(evidence.before.name)
    before = (
        smallest_group(evidence.source, evidence.before, columns) if columns else None
    )
    if before is None:
        return None
    whole = evidence.after is not None and all(
        name in evidence.figures for name in columns
    )
    after = (
        smallest_group(evidence.source, evidence.after, columns)
        if whole and evidence.after is not None
        else None
    )
    return SmallestGroup(columns=columns, source=before, copy=after)
