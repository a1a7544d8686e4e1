"""Decide whether a copy passed, and list the reasons why not. Pure."""

from collections.abc import Iterator, Sequence

from limerun.exports.tables import Export
from limerun.records.proof import (
    PROOF_SCHEMA,
    Proof,
    ProvenDomain,
    ProvenLink,
    ProvenTable,
    Survivor,
)
from limerun.units import format_count


def conclude(
    *,
    copy: Export,
    tables: Sequence[ProvenTable],
    survivors: Sequence[Survivor],
    links: Sequence[ProvenLink],
    domains: Sequence[ProvenDomain],
) -> Proof:
    """Return the proof; it passes if there is no reason against the copy."""
    reasons = (
        *_survivor_reasons(tables, survivors),
        *_table_reasons(tables),
        *_link_reasons(links),
        *_domain_reasons(domains),
    )
    return Proof(
        schema=PROOF_SCHEMA,
        passed=not reasons,
        reasons=reasons,
        notes=tuple(_notes(copy, tables)),
        tables=tuple(tables),
        survivors=tuple(survivors),
        links=tuple(links),
        domains=tuple(domains),
    )


def _survivor_reasons(
    tables: Sequence[ProvenTable], survivors: Sequence[Survivor]
) -> Iterator[str]:
    counted = [one for one in survivors if one.counted]
    if counted:
        places = len({one.copy for one in counted})
        values = sum(one.values for one in counted)
        yield (
            f"{counted_of(values, 'value')} of the source survived, "
            f"in {counted_of(places, 'column')} of the copy"
        )
    judged = {one.copy for one in counted}
    for table in tables:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if column.why and name not in judged:
                yield f"{name}: {column.why}"


def _table_reasons(tables: Sequence[ProvenTable]) -> Iterator[str]:
    for table in tables:
        if table.copy_rows is not None and table.copy_rows != table.source_rows:
            yield (
                f"{table.name}: the source has {counted_of(table.source_rows, 'row')}, "
                f"the copy {format_count(table.copy_rows)}, so rows cannot be compared"
            )


def _link_reasons(links: Sequence[ProvenLink]) -> Iterator[str]:
    for link in links:
        if not link.passed and link.copy_orphans is not None:
            yield (
                f"{link.child}: {counted_of(link.copy_orphans, 'row')} without a row "
                f"in {link.parent}; the source has {format_count(link.source_orphans)}"
            )


def _domain_reasons(domains: Sequence[ProvenDomain]) -> Iterator[str]:
    for domain in domains:
        if not domain.passed:
            yield (
                f"domain {domain.name}: {counted_of(domain.inconsistent, 'value')} of "
                "the source became several different values"
            )


def _notes(copy: Export, tables: Sequence[ProvenTable]) -> Iterator[str]:
    for table in tables:
        if table.copy_rows is None:
            yield f"the copy has no table {table.name}"
        else:
            missing = [each.name for each in table.columns if each.copy is None]
            yield from (
                f"the copy has no column {table.name}.{name}" for name in missing
            )
    for extra in _extra(copy, tables):
        yield f"only the copy has {extra}; its values were searched too"


def _extra(copy: Export, tables: Sequence[ProvenTable]) -> Iterator[str]:
    """Yield the tables and columns that only the copy has."""
    before = {table.name: {column.name for column in table.columns} for table in tables}
    for name, table in copy.tables.items():
        if name not in before:
            yield f"the table {name}"
            continue
        for column in table.columns:
            if column.name not in before[name]:
                yield f"the column {name}.{column.name}"


def counted_of(count: int, what: str) -> str:
    """Return a count with its noun: "1 row", "2,000 rows"."""
    return f"{format_count(count)} {what}{'' if count == 1 else 's'}"
