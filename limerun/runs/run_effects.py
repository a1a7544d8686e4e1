"""Determine the effect of each run of a task, and which properties vary between them."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from limerun.dataset.design.layout import Schema
from limerun.errors import DatasetError
from limerun.records import Dataset, Json, LimetypeEffect, Run
from limerun.storage import name_in_sql
from limerun.units import format_count

if TYPE_CHECKING:
    from limerun.effects.changes import DatabaseChange, Varying
    from limerun.effects.snapshot import Snapshot

_Value = str | int | float
_Object = dict[str, _Value]
Stamp = tuple[int, int]

EXAMPLES = 3
"""How many objects to show for each kind of change, lowest ids first."""
MAX_VALUES = 50_000_000
"""Most values of a database that is compared: 8 bytes for each of them before and after
the run are 0.8 GB in limerun, after the worker has ended."""


class RunEffects:
    """Compares the database before and after each run.

    Args:
        schema: The limetypes.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._before: dict[Path, Snapshot] = {}

    def of(
        self,
        run: Run,
        dataset: Dataset | None,
        after: Path | str | None,
        unchanged: Stamp | None,
    ) -> tuple[Run, "DatabaseChange | None"]:
        """Return a run with its effect, and the change, if the database may have one.

        Args:
            run: The run.
            dataset: The dataset whose database the run started with.
            after: The database after the run: a file, or a URL of PostgreSQL.
            unchanged: Size and time of the file before the run; None: unknown.
        """
        if dataset is None or dataset.database is None or after is None:
            return run, None
        if (
            isinstance(after, Path)
            and unchanged is not None
            and unchanged == stamp_of(after)
        ):
            # Importing what reads databases takes longer than many tasks run.
            nothing = LimetypeEffect(created=0, updated=0, deleted=0, fingerprint={})
            return replace(
                run, effect=dict.fromkeys(self._schema.tables, nothing)
            ), None
        values = sum(
            dataset.rows.get(name, 0) * len(table.columns)
            for name, table in self._schema.tables.items()
        )
        if values > MAX_VALUES:
            why = (
                f"the database has {format_count(values)} values; effects are "
                f"determined up to {format_count(MAX_VALUES)}"
            )
            return replace(run, effect_why=why), None
        try:
            change = self._compared(dataset.database, after)
        except DatasetError as error:  # the run itself is finished
            why = f"the database cannot be read after the run: {error}"
            return replace(run, effect_why=why), None
        return replace(run, effect=change.effect()), change

    def _compared(self, before: Path, after: Path | str) -> "DatabaseChange":
        from concurrent.futures import ThreadPoolExecutor

        from limerun.effects.changes import DatabaseChange
        from limerun.effects.snapshot import SnapshotSchema, read_snapshot

        model = SnapshotSchema.of(self._schema)
        with ThreadPoolExecutor(1) as reader:
            now = reader.submit(read_snapshot, after, model)
            if before not in self._before:
                self._before = {before: read_snapshot(before, model)}
            return DatabaseChange(self._before[before], now.result())


def stamp_of(file: Path) -> Stamp | None:
    """Return the size and time of a database; None if it has a write-ahead log."""
    log = file.with_name(f"{file.name}-wal")
    if not file.exists() or (log.exists() and log.stat().st_size):
        return None
    found = file.stat()
    return found.st_size, found.st_mtime_ns


class VaryingProperties:
    """Finds what differs between the first two runs, and leaves it out of all effects."""

    def __init__(self) -> None:
        self._first: DatabaseChange | None = None
        self._varying: Varying | None = None

    def left_out(
        self, runs: Sequence[Run], change: "DatabaseChange | None"
    ) -> tuple[Run, ...]:
        """Return the runs so far, without what varies between them.

        Call it after each run.

        Args:
            runs: The runs so far, those before the last one as returned.
            change: The change of the last run; None if there is none.
        """
        *before, last = runs
        if not before:
            self._first = change
        known = [run for run in runs if run.effect is not None and run.is_done]
        if len(known) == len(runs) == 2:
            self._varying = _varying_between(self._first, change)
            before = [_without(before[0], self._first, self._varying)]
            self._first = None
        if self._varying is not None:
            last = _without(last, change, self._varying)
        return (*before, last)


def _varying_between(
    one: "DatabaseChange | None", two: "DatabaseChange | None"
) -> "Varying":
    if one is None or two is None:
        return {}
    from limerun.effects.differences import varying_between

    return varying_between(one, two)


def _without(run: Run, change: "DatabaseChange | None", varying: "Varying") -> Run:
    if run.effect is None:
        return run
    effect = run.effect
    if change is not None and varying:
        effect = change.without(varying).effect()
    named = {
        name: replace(
            each,
            varying=tuple(varying.get(name, ())),
            examples=run.effect[name].examples,
        )
        for name, each in effect.items()
    }
    return replace(run, effect=named)


# --- examples ----------------------------------------------------------------------


def with_examples(run: Run, change: "DatabaseChange", before: Path, after: Path) -> Run:
    """Return a run with the values of the first few objects that it changed."""
    if run.effect is None or not after.exists():
        return run
    with closing(sqlite3.connect(f"{after.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("ATTACH ? AS old", (f"{before.as_uri()}?mode=ro",))
        # A task may have written bytes that are not UTF-8 into a text column.
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        effect = {
            name: replace(each, examples=tuple(_examples(connection, change, name)))
            for name, each in run.effect.items()
        }
    return replace(run, effect=effect)


def _examples(
    connection: sqlite3.Connection, change: "DatabaseChange", limetype: str
) -> Iterator[dict[str, Json]]:
    match = change.matches[limetype]
    now = change.after.tables[limetype].ids
    was = change.before.tables[limetype].ids
    table = name_in_sql(limetype)
    for kind, ids in (
        ("created", now[~match.existed]),
        ("updated", now[match.existed][change.updated(limetype)]),
        ("deleted", was[match.deleted]),
    ):
        for number in ids[:EXAMPLES].tolist():
            shown = _different(
                None
                if kind == "created"
                else _object(connection, f"old.{table}", number),
                None
                if kind == "deleted"
                else _object(connection, f"main.{table}", number),
            )
            yield {"change": kind, "id": number, **shown}


def _different(was: _Object | None, now: _Object | None) -> dict[str, Json]:
    """Return the object before and after; if both exist, only the differences.

    Properties without a value are left out, so a property may be in only one of them.
    """
    same = was.items() & now.items() if was and now else set()
    return {
        name: None
        if values is None
        else dict(item for item in values.items() if item not in same)
        for name, values in (("before", was), ("after", now))
    }


def _object(connection: sqlite3.Connection, table: str, number: int) -> _Object | None:
    """Return an object's properties; system columns and nulls are left out."""
    found = connection.execute(f"SELECT * FROM {table} WHERE id = ?", (number,))
    row = found.fetchone()
    if row is None:
        return None
    names = [column[0] for column in found.description]
    return {
        name: _json(value)
        for name, value in zip(names, row, strict=True)
        if name != "id" and not name.startswith("_") and value is not None
    }


def _json(value: object) -> _Value:
    """Return a value that JSON can represent: bytes and infinite numbers as text."""
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value  # type: ignore[return-value]  # SQLite has no other types
