"""Check that foreign keys still refer to rows, and that domains map consistently."""

from collections.abc import Iterator, Mapping, Sequence

from limerun.exports.column_profile import count_orphans, find_links
from limerun.exports.proof.alignment import Pair, count_inconsistent
from limerun.exports.proof.column_counts import Figures, to_profile
from limerun.exports.proof.scope import ColumnChoices, has_column
from limerun.exports.tables import Export
from limerun.records.proof import ProvenDomain, ProvenLink

_Columns = tuple[str, Sequence[str]]
"""A table by name, and some of its columns."""


def prove_links(
    source: Export, pairs: Mapping[str, Pair], figures: Mapping[str, Figures]
) -> list[ProvenLink]:
    """Return the links between tables, with their orphans in both exports."""
    profiles = {
        name: to_profile(table, figures[name]) for name, table in source.tables.items()
    }
    proven = []
    for link in find_links(source, profiles):
        ends = (
            (link.child_table, (link.child_column,)),
            (link.parent_table, (link.parent_column,)),
        )
        proven.append(_prove_link(source, pairs, ends, link.orphans))
    for key in _composite_keys(source):
        orphans = count_orphans(
            source, *((source.tables[name], names) for name, names in key)
        )
        proven.append(_prove_link(source, pairs, key, orphans))
    return proven


def _composite_keys(source: Export) -> Iterator[tuple[_Columns, _Columns]]:
    """Yield the declared foreign keys of several columns."""
    for table in source.tables.values():
        for key in table.foreign_keys:
            if len(key.columns) > 1:
                yield (
                    (table.name, key.columns),
                    (key.parent_table, key.parent_columns),
                )


def _prove_link(
    source: Export,
    pairs: Mapping[str, Pair],
    ends: tuple[_Columns, _Columns],
    source_orphans: int,
) -> ProvenLink:
    copy_orphans = None
    if all(
        table in pairs and all(has_column(pairs[table][1], name) for name in names)
        for table, names in ends
    ):
        copy_orphans = count_orphans(
            source, *((pairs[table][1], names) for table, names in ends)
        )
    return ProvenLink(
        child=_shown(ends[0]),
        parent=_shown(ends[1]),
        source_orphans=source_orphans,
        copy_orphans=copy_orphans,
        passed=copy_orphans is None or copy_orphans <= source_orphans,
    )


def _shown(columns: _Columns) -> str:
    table, names = columns
    return f"{table}.{names[0]}" if len(names) == 1 else f"{table}.({', '.join(names)})"


def prove_domains(
    source: Export, pairs: Mapping[str, Pair], choices: ColumnChoices
) -> list[ProvenDomain]:
    """Return the rules' domains, each with the count of inconsistent values."""
    proven = []
    for name, columns in choices.domains().items():
        both = [
            (table, column)
            for table, column in columns
            if table in pairs
            and pairs[table][0].rows == pairs[table][1].rows
            and has_column(pairs[table][1], column)
        ]
        if both:
            inconsistent = count_inconsistent(source, pairs, both)
            proven.append(
                ProvenDomain(
                    name=name,
                    columns=tuple(".".join(column) for column in both),
                    inconsistent=inconsistent,
                    passed=not inconsistent,
                )
            )
    return proven
