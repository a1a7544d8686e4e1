"""limerun dataset shape: measure a real export, to generate similar data."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.console import interruption_reported, print_result
from limerun.units import format_count

if TYPE_CHECKING:
    from limerun.records.shape import Shape, ShapeColumn, ShapeTable

_MAX_NAMES = 12

Exports = Annotated[
    list[str],
    typer.Argument(
        metavar="EXPORT",
        help="CSV, JSON Lines, JSON, Parquet or SQLite files, folders of them, or "
        "the URL of a PostgreSQL database.",
        show_default=False,
    ),
]


def shape(
    export: Exports,
    out: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            callback=options.report_path,
            help="Write the shape here; - is stdout.",
        ),
    ],
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.COLUMN",
            help="Keep the values of this column, for example of an option. Repeatable.",
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only errors.")
    ] = False,
    no_color: options.NoColor = False,
) -> None:
    """Measure the shape of a real export.

    The shape has counts and histograms, but no values. dataset.like in a config
    generates similar data from it.

    Example: limerun dataset shape export/ --out shape.yaml --allow deal.status
    """
    from limerun.report.output import STDOUT, check_replaceable, check_writable
    from limerun.report.output import write_whole as write

    check_writable(out)
    check_replaceable(out, "shape")
    with interruption_reported("nothing was written"):
        measured, text = _measure(export, allow or [], quiet, no_color)
    write(out, text)
    if not quiet and out != STDOUT:
        print_result(_summarize(measured, out))


def _measure(
    export: list[str], allow: list[str], quiet: bool, no_color: bool
) -> tuple["Shape", str]:
    """Return the shape of an export, and the text of its file."""
    from limerun.cli.dataset.progress_view import show_row_progress
    from limerun.exports.reading.open_export import opened_export
    from limerun.exports.shape.measure import measure_shape
    from limerun.exports.shape.shape_file import checked_shape_text

    with (
        show_row_progress(quiet=quiet, no_color=no_color) as progress,
        opened_export(export, progress=progress) as opened,
    ):
        measured = measure_shape(opened, allowed=allow, progress=progress)
        return measured, checked_shape_text(opened, measured)


# --- summary ----------------------------------------------------------------------


def _summarize(shape: "Shape", place: str) -> str:
    """Return lines about the tables, their links, and candidates for --allow."""
    lines = list(_tables(shape))
    lines.extend(_links(shape))
    lines.extend(_allow_candidates(shape))
    columns = sum(len(table.columns) for table in shape.tables.values())
    lines.append(
        f"{format_count(columns)} columns measured; the shape is in {place} and "
        "contains no values that were not allowed"
    )
    return "\n".join(lines)


def _tables(shape: "Shape") -> Iterator[str]:
    names = max(len(name) for name in shape.tables)
    counts = {name: format_count(of.rows) for name, of in shape.tables.items()}
    widest = max(map(len, counts.values()))
    for name, table in shape.tables.items():
        traits = ", ".join(_traits(table))
        yield f"{name:<{names}}  {counts[name]:>{widest}} rows  {traits}"


def _traits(table: "ShapeTable") -> Iterator[str]:
    columns = table.columns.values()
    yield f"{len(columns)} column{'' if len(columns) == 1 else 's'}"
    for count, what in (
        (sum(column.unique for column in columns), "unique"),
        (sum(bool(column.cells) for column in columns), "with few values"),
        (sum(bool(column.nulls) for column in columns), "with nulls"),
        (sum(column.after is not None for column in columns), "always after another"),
    ):
        if count:
            yield f"{count} {what}"


def _links(shape: "Shape") -> Iterator[str]:
    for name, table in shape.tables.items():
        for column_name, column in table.columns.items():
            if column.parent is not None:
                parent = ".".join(column.parent)
                yield f"link: {name}.{column_name} to {parent}{_orphans(column)}"


def _orphans(column: "ShapeColumn") -> str:
    if not column.orphans:
        return ""
    return f" ({format_count(column.orphans)} rows have a key that does not exist)"


def _allow_candidates(shape: "Shape") -> Iterator[str]:
    """Yield a line that lists the columns with few values, which --allow could keep."""
    names = [
        f"{name}.{column_name} ({column.distinct})"
        for name, table in shape.tables.items()
        for column_name, column in table.columns.items()
        if column.cells and column.type == "text" and not column.options
    ]
    if names:
        more = len(names) - _MAX_NAMES
        listed = ", ".join(names[:_MAX_NAMES]) + (
            f" and {more} more" if more > 0 else ""
        )
        yield (
            f"columns with few values, left out: {listed}; --allow TABLE.COLUMN keeps "
            "a column's values"
        )
