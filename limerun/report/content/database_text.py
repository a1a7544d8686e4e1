"""The texts of an estimate about the size of the database. Pure."""

from collections.abc import Iterator

from limerun.records import DatabaseInfluence, DatabaseSlope, Growth, GrowthRun
from limerun.report.content.report_table import ReportTable
from limerun.report.content.safe_text import one_line
from limerun.units import format_count, format_duration, format_size

_MANY = 1_000
"""Effects are shown for this many rows: that of one row is too small."""
_LEAST_SECONDS = 0.001
_DIGITS = 4
"""Decimals to which an added amount is rounded."""


def in_database(growth: Growth) -> str:
    """Return the size of the database as the end of a phrase; "" if there is none."""
    influence = growth.database
    if influence is None:
        return ""
    whose = "production's " if influence.is_production else ""
    count = format_count(_asked(influence))
    return f" with {whose}{count} {_plural(_name(influence))} in the database"


def input_row(growth: Growth) -> str:
    """Return the name of a row of the part that grows: "source row" or "row"."""
    return "source row" if growth.grow.startswith("sources") else "row"


def memory_in_database(growth: Growth) -> tuple[float, str]:
    """Return the memory for all rows of the database, and that for one row as text.

    The text is empty if memory does not depend on them.
    """
    influence, slope = growth.database, _slope(growth, "memory")
    if influence is None or slope is None or slope.per_row < 1:
        return 0.0, ""
    text = f"{format_count(round(slope.per_row))} bytes per {_name(influence)}"
    return slope.per_row * _made(influence), f"{text} in the database"


def influence_lines(growth: Growth) -> Iterator[str]:
    """Yield what additional rows of the database add to the time and to the queries."""
    influence = growth.database
    if influence is None:
        return
    many = f"{format_count(_MANY)} more {_plural(_name(influence))} in the database"
    duration, queries = _slope(growth, "duration"), _slope(growth, "queries")
    if duration is not None:
        added = _added(duration, growth)
        text = (
            f"{format_duration(added)} more"
            if added >= _LEAST_SECONDS
            else "no more time"
        )
        yield f"{many} take {text}{_with_input(duration, growth)}"
    if queries is not None and (added := _added(queries, growth)) > 0:
        text = f"{format_count(added)} more {'query' if added == 1 else 'queries'}"
        yield f"{many} need {text}{_with_input(queries, growth)}"


def runs_lines(growth: Growth) -> Iterator[str]:
    """Yield what is known and unknown about the influence of the database's size."""
    influence = growth.database
    if influence is None:
        return
    made, asked = _made(influence), _asked(influence)
    if influence.slopes:
        shares = sorted({each.share for each in influence.runs})
        counts = ", ".join(format_count(round(share * made)) for share in shares)
        limetypes = [name for name in influence.rows if name != influence.limetype]
        others = [_plural(one_line(name, 40)) for name in limetypes]
        along = f", and {', '.join(others)} in proportion" if others else ""
        yield f"database: {counts} {_plural(_name(influence))}{along}"
    else:
        yield (
            "database: the influence of its size was not measured; allow more time "
            "(--within)"
        )
    if asked > made:
        yield (
            f"database: {format_count(asked)} {_plural(_name(influence))} are "
            f"{influence.ratio:.1f} times those of the runs"
        )
    if not influence.is_production:
        yield (
            "database: production's size is unknown; set production.rows in the config"
        )


def database_tables(growth: Growth) -> tuple[ReportTable, ...]:
    """Return the table of the runs with parts of the database, if there were any."""
    influence = growth.database
    return (_parts_table(influence),) if influence and influence.runs else ()


def _parts_table(influence: DatabaseInfluence) -> ReportTable:
    """Return the shortest run for each size and each part of the database."""
    kinds = sorted({(each.run.rows, each.share) for each in influence.runs})
    runs = [
        [each.run for each in influence.runs if (each.run.rows, each.share) == kind]
        for kind in kinds
    ]
    return ReportTable(
        id="parts",
        title="Parts of the database",
        columns=(
            (f"{_plural(_name(influence))} in the database", "figure"),
            ("rows", "figure"),
            ("runs", "figure"),
            ("duration", "figure"),
            ("memory", "figure"),
            ("queries", "figure"),
        ),
        rows=tuple(
            (
                format_count(round(share * _made(influence))),
                format_count(rows),
                format_count(len(same)),
                *_figures(min(same, key=lambda run: run.duration_seconds)),
            )
            for (rows, share), same in zip(kinds, runs, strict=True)
        ),
    )


def _figures(run: GrowthRun) -> tuple[str, str, str]:
    return (
        format_duration(run.duration_seconds),
        "" if run.task_bytes is None else format_size(run.task_bytes),
        "" if run.queries is None else format_count(run.queries),
    )


def _added(slope: DatabaseSlope, growth: Growth) -> float:
    """Return what `_MANY` additional rows add at the requested size."""
    added = _MANY * (slope.per_row + slope.per_pair * growth.to_rows)
    return round(added, _DIGITS)


def _with_input(slope: DatabaseSlope, growth: Growth) -> str:
    if not slope.per_pair:
        return ""
    row = input_row(growth)
    size = f"{format_count(growth.to_rows)} {row}s"
    return f" at {size}, and twice as much at twice as many"


def _slope(growth: Growth, name: str) -> DatabaseSlope | None:
    slopes = growth.database.slopes if growth.database is not None else ()
    return next((each for each in slopes if each.name == name), None)


def _made(influence: DatabaseInfluence) -> int:
    return influence.rows.get(influence.limetype, 0)


def _asked(influence: DatabaseInfluence) -> int:
    return influence.to_rows.get(influence.limetype, _made(influence))


def _name(influence: DatabaseInfluence) -> str:
    return one_line(influence.limetype, 40)


def _plural(name: str) -> str:
    """Return a limetype's name in the plural; most names are English."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"
