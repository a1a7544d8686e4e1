"""Print a proof on one screen: verdict, columns, surviving values and notes."""

from collections.abc import Iterable, Iterator, Set

from rich.console import Console
from rich.table import Table
from rich.text import Text

from limerun.records.proof import Proof, ProvenColumn, ProvenTable, Survivor
from limerun.report.terminal.screen import Screen
from limerun.units import format_count

_SHOWN = 20
"""Maximum number of survivors to show; the JSON has all of them."""


def render(proof: Proof, console: Console, *, written: str | None = None) -> None:
    """Print a proof, most important parts first.

    Args:
        proof: The proof.
        console: The console to print on.
        written: The path the proof was written to, printed at the end.
    """
    screen = Screen(console, "")
    _show_verdict(screen, proof)
    found_in = {each.copy for each in proof.survivors if each.counted}
    for table in proof.tables:
        _show_table(screen, table, found_in)
    _show_survivors(screen, proof.survivors)
    _show_connections(screen, proof)
    _show_notes(screen, proof)
    if written is not None:
        screen.gap()
        screen.pairs([("written", written)], 7)


def verdict_line(proof: Proof) -> str:
    """Return the verdict in one line."""
    word = "PROVEN" if proof.passed else "NOT PROVEN"
    return f"{word}: {'; '.join(proof.reasons) or _compared(proof)}"


def _compared(proof: Proof) -> str:
    """Return a sentence about what was compared, and the result."""
    rows = sum(table.source_rows for table in proof.tables)
    columns = [column for table in proof.tables for column in table.columns]
    parts = [
        f"no value of the source survived in {format_count(rows)} rows of "
        f"{len(columns)} column{'' if len(columns) == 1 else 's'}"
    ]
    kept = sum(column.judged == "kept" for column in columns)
    full = sum(column.judged == "row" for column in columns)
    parts += [f"{kept} kept"] * bool(kept) + [f"{full} saturated"] * bool(full)
    return ", ".join(parts)


def _show_verdict(screen: Screen, proof: Proof) -> None:
    word, style = (
        (" PROVEN ", "bold white on green")
        if proof.passed
        else (" NOT PROVEN ", "bold white on red")
    )
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    lines = proof.reasons or (_compared(proof),)
    table.add_row(screen.text(word, style), screen.text(lines[0], "bold"))
    for line in lines[1:]:
        table.add_row(screen.text(""), screen.text(line))
    screen.gap()
    screen.line(table, 1)


# --- columns ----------------------------------------------------------------------


def _show_table(screen: Screen, table: ProvenTable, found_in: Set[str]) -> None:
    rows = f"{format_count(table.source_rows)} rows"
    if table.copy_rows is None:
        rows += ", missing in the copy"
    elif table.copy_rows != table.source_rows:
        rows += f", {format_count(table.copy_rows)} in the copy"
    screen.heading(table.name, rows)
    shown = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", expand=False
    )
    shown.add_column("", no_wrap=True)
    shown.add_column("column", overflow="fold", ratio=2)
    shown.add_column("judged", no_wrap=True)
    shown.add_column("in common", justify="right", no_wrap=True)
    shown.add_column("same rows", justify="right", no_wrap=True)
    shown.add_column("distinct", justify="right", no_wrap=True)
    shown.add_column("nulls", justify="right", no_wrap=True)
    for column in table.columns:
        shown.add_row(*_column_cells(screen, column))
    screen.line(shown)
    for column in table.columns:
        if f"{table.name}.{column.name}" not in found_in:
            for line in _column_lines(column):
                screen.line(screen.text(line))
    group = table.smallest_group
    if group is not None:
        after = "unknown" if group.copy is None else _rows(group.copy)
        names = ", ".join(group.columns)
        screen.line(
            screen.text(
                f"smallest group by {names}: {_rows(group.source)}; in the copy: {after}"
            )
        )


def _rows(count: int) -> str:
    return f"{format_count(count)} row{'' if count == 1 else 's'}"


def _column_cells(screen: Screen, column: ProvenColumn) -> list[Text]:
    passed = column.passed
    mark, style = (
        (screen.glyphs.passed, "green") if passed else (screen.glyphs.failed, "red")
    )
    judged = {"set": "by value", "row": "by row", "kept": "kept", "nothing": "empty"}
    if column.copy is None:
        mark, style = screen.glyphs.unknown, "yellow"
    return [
        screen.cell(mark, f"bold {style}"),
        screen.text(column.name, "" if passed else "bold red"),
        screen.cell(
            judged[column.judged], "yellow" if column.judged in ("kept", "row") else ""
        ),
        screen.cell(_number(column, column.values_in_common)),
        screen.cell(_number(column, column.rows_unchanged)),
        screen.cell(
            _change(
                column.source.distinct, column.copy.distinct if column.copy else None
            )
        ),
        screen.cell(
            _change(column.source.nulls, column.copy.nulls if column.copy else None)
        ),
    ]


def _number(column: ProvenColumn, count: int | None) -> str:
    if column.copy is None:
        return "missing"
    return "-" if count is None else format_count(count)


def _change(before: int, after: int | None) -> str:
    """Return a figure, and its new value if it changed."""
    if after is None or after == before:
        return format_count(before)
    return f"{format_count(before)} > {format_count(after)}"


def _column_lines(column: ProvenColumn) -> Iterator[str]:
    """Yield remarks about a column that is saturated, or from which values survived."""
    if column.judged == "row":
        yield f"{column.name}: saturated; {_saturated(column)}"
    elif column.why:
        yield f"{column.name}: {column.why}"


def _saturated(column: ProvenColumn) -> str:
    parts = []
    if column.share_in_use is not None:
        parts.append(f"{_share(column.share_in_use)} of all possible values in use")
    if column.rows_unchanged is not None:
        expected = round(column.rows_by_chance or 0)
        parts.append(
            f"{_rows(column.rows_unchanged)} unchanged, {format_count(expected)} "
            "expected by chance"
        )
    return ", ".join(parts)


def _share(share: float) -> str:
    return "all" if share >= 0.995 else f"{share * 100:.2g} %"


# --- survivors --------------------------------------------------------------------


def _show_survivors(screen: Screen, survivors: Iterable[Survivor]) -> None:
    counted = [each for each in survivors if each.counted]
    chance = [each for each in survivors if not each.counted]
    if counted:
        screen.heading("Survivors", "source values in the copy, by column; masked")
    for each in counted[:_SHOWN]:
        _show_survivor(screen, each)
    if len(counted) > _SHOWN:
        screen.line(screen.text(f"and {len(counted) - _SHOWN} more; --json has all"))
    if chance:
        screen.heading("By chance", "equal numbers and short values; not counted")
    for each in chance[:_SHOWN]:
        _show_survivor(screen, each)
    if len(chance) > _SHOWN:
        screen.line(screen.text(f"and {len(chance) - _SHOWN} more; --json has all"))


def _show_survivor(screen: Screen, survivor: Survivor) -> None:
    place = survivor.copy
    if survivor.source != survivor.copy:
        place += f", from {survivor.source}"
    values = (
        f"{format_count(survivor.values)} value{'' if survivor.values == 1 else 's'}"
    )
    how = " inside other values" if survivor.where == "inside" else ""
    by_chance = ""
    if not survivor.counted and survivor.by_chance:
        expected = format_count(float(f"{survivor.by_chance:.2g}"))
        by_chance = f" ({expected} expected by chance)"
    examples = ", ".join(survivor.examples)
    line = screen.text(place, "bold")
    line.append_text(
        screen.text(
            f": {values}{how} in {_rows(survivor.rows)}, first in row "
            f"{format_count(survivor.first_row)}{by_chance}: {examples}"
        )
    )
    screen.line(line)


# --- the rest ---------------------------------------------------------------------


def _show_connections(screen: Screen, proof: Proof) -> None:
    if not proof.links and not proof.domains:
        return
    screen.heading("Keys")
    for link in proof.links:
        orphans = "unknown"
        if link.copy_orphans is not None:
            orphans = _change(link.source_orphans, link.copy_orphans)
        _show_result(
            screen,
            link.passed,
            f"{link.child} refers to {link.parent}; orphans: {orphans}",
        )
    for domain in proof.domains:
        text = f"{domain.name} ({', '.join(domain.columns)}): "
        text += (
            "each value has one replacement everywhere"
            if domain.passed
            else f"{format_count(domain.inconsistent)} values have several replacements"
        )
        _show_result(screen, domain.passed, text)


def _show_result(screen: Screen, passed: bool, text: str) -> None:
    mark, style = (
        (screen.glyphs.passed, "green") if passed else (screen.glyphs.failed, "red")
    )
    line = screen.text(f"{mark} ", f"bold {style}")
    line.append_text(screen.text(text))
    screen.line(line)


def _show_notes(screen: Screen, proof: Proof) -> None:
    if proof.notes:
        screen.heading("Notes")
        for note in proof.notes:
            screen.line(screen.text(note))
