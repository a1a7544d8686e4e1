"""Prove that keys still lead to rows, and that domains are mapped alike."""

from collections.abc import Iterator, Mapping

from limerun.exports.column_profile import find_links
from limerun.exports.proof.alignment import (
    Pair,
    count_inconsistent,
    count_lost,
    count_orphans,
)
from limerun.exports.proof.figures import Figures, as_profile
from limerun.exports.proof.scope import ColumnChoices, has_column
from limerun.exports.tables import Export
from limerun.records.proof import ProvenDomain, ProvenLink


def prove_links(
    source: Export, pairs: Mapping[str, Pair], figures: Mapping[str, Figures]
) -> list[ProvenLink]:
    """Return the links between tables, each with its orphans before and after."""
    profiles = {
        name: as_profile(table, figures[name]) for name, table in source.tables.items()
    }
    proven = []
    for link in find_links(source, profiles):
        child, parent = pairs.get(link.child_table), pairs.get(link.parent_table)
        after = None
        if (
            child
            and parent
            and has_column(child[1], link.child_column)
            and has_column(parent[1], link.parent_column)
        ):
            after = count_orphans(
                source, (child[1], link.child_column), (parent[1], link.parent_column)
            )
        proven.append(
            ProvenLink(
                child=f"{link.child_table}.{link.child_column}",
                parent=f"{link.parent_table}.{link.parent_column}",
                source_orphans=link.orphans,
                copy_orphans=after,
                passed=after is None or after <= link.orphans,
            )
        )
    return [*proven, *_prove_long_keys(source, pairs)]


def _prove_long_keys(source: Export, pairs: Mapping[str, Pair]) -> Iterator[ProvenLink]:
    """Yield the declared keys of several columns, each with its orphans."""
    for table in source.tables.values():
        for key in table.foreign_keys:
            if len(key.columns) < 2:
                continue
            ends = (table.name, key.columns), (key.parent_table, key.parent_columns)
            before = count_lost(
                source, *((source.tables[name], names) for name, names in ends)
            )
            after = None
            if all(
                end in pairs and all(has_column(pairs[end][1], name) for name in names)
                for end, names in ends
            ):
                after = count_lost(
                    source, *((pairs[end][1], names) for end, names in ends)
                )
            child, parent = (f"{end}.({', '.join(names)})" for end, names in ends)
            yield ProvenLink(
                child=child,
                parent=parent,
                source_orphans=before,
                copy_orphans=after,
                passed=after is None or after <= before,
            )


def prove_domains(
    source: Export, pairs: Mapping[str, Pair], choices: ColumnChoices
) -> list[ProvenDomain]:
    """Return the domains that the rules name, and whether each maps alike."""
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
