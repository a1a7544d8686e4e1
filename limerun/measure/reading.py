"""Infer the rows of a run's input from its statements. Pure.

A row of input is an object from an outermost read. Objects that are read for each of
these rows are not input: they must not lower the cost per row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from limerun.records import Statement, StatementReads

MANY_CALLS = 100
_BULK = 1000  # rows per call: a large read is input, even inside a loop
_FEW = 100  # rows per call: smaller reads in a loop are not input
_PAGE = 25  # rows per call: half the guide's batch; pages have at least as many
_LEAST_CALLS, _MOST_CALLS = 0.1, 4.0  # calls for each row of the surrounding read
_MOSTLY = 0.5
_AGGREGATE = re.compile(r"\s*SELECT\s+(count|max|min|sum|avg|total)\s*\(", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One read statement, sent from one line."""

    place: int
    asked: int
    """Number of new reads: further pages of one `get_all` do not count."""
    rows: int
    nested: bool
    paged: bool

    @property
    def rows_a_call(self) -> float:
        return self.rows / self.asked


def with_reads(
    statements: Sequence[Statement], reads: Sequence[StatementReads]
) -> tuple[Statement, ...]:
    """Return the statements with their rows, and whether each was sent once per row."""
    if not reads:
        return tuple(statements)
    found = _found(statements, reads)
    for_each_row = {each.place for each in found if _is_for_each_row(each, found)}
    return tuple(
        replace(
            statement,
            rows_read=read.fetched if statement.rows is None else None,
            for_each_row=place in for_each_row,
            called_from=read.called_from,
        )
        for place, (statement, read) in enumerate(zip(statements, reads, strict=True))
    )


def rows_of_input(statements: Sequence[Statement]) -> int | None:
    """Return the rows of the outermost reads; None if nothing was read."""
    read = [each for each in statements if each.rows_read and not _is_one_figure(each)]
    outermost = [each for each in read if not each.for_each_row]
    return sum(each.rows_read or 0 for each in outermost or read) or None


def _is_one_figure(statement: Statement) -> bool:
    return _AGGREGATE.match(statement.text) is not None


def _found(
    statements: Sequence[Statement], reads: Sequence[StatementReads]
) -> list[_Read]:
    return [
        _Read(
            place=place,
            asked=max(1, statement.calls - read.continued),
            rows=0 if _is_one_figure(statement) else read.fetched,
            nested=read.nested > _MOSTLY * statement.calls,
            paged=read.paged > _MOSTLY * statement.calls,
        )
        for place, (statement, read) in enumerate(zip(statements, reads, strict=True))
        if statement.rows is None
    ]


def _is_for_each_row(read: _Read, others: Sequence[_Read]) -> bool:
    """Return whether a read was sent once for each row of another read.

    A large read, or a page of many rows, was not. A read inside a loop over another
    result was. If the loop is over a list of rows, only the numbers show it: there are
    about as many calls as rows that another statement read.
    """
    if read.rows_a_call >= _BULK:
        return False
    if read.paged and read.rows_a_call > (_PAGE if read.nested else 1):
        return False
    if read.nested:
        return read.asked >= MANY_CALLS or read.rows_a_call < _FEW
    return read.asked >= MANY_CALLS and any(
        _LEAST_CALLS * other.rows <= read.asked <= _MOST_CALLS * other.rows
        for other in others
        if other.place != read.place
    )
