"""Show a feature test: what the task logged and returned, and what it changed."""

import json
from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from limerun.records import Json, ObjectsChanged, Run
from limerun.report.plain import one_line, tail
from limerun.report.screen import Screen
from limerun.report.screen_details import show_output
from limerun.units import format_count

_LAST_LINES = 12
_SHOWN_PROPERTIES = 6
_VALUE_LIMIT = 32


def show_feature_test(screen: Screen, run: Run, *, whole: bool) -> None:
    """Print the log, the result and the changes of one run."""
    if whole:
        show_output(screen, run.output)
    elif run.ending == "returned":
        _show_last(screen, "Log", run.output.stderr)
        _show_last(screen, "Printed", run.output.stdout)
    if run.ending == "returned":
        screen.heading("Result")
        screen.line(screen.text(one_line(_value(run.result), 600)), 4)
    if run.changes is not None:
        show_changes(screen, run.changes)


def _show_last(screen: Screen, name: str, text: str) -> None:
    lines = tail(text, _LAST_LINES)
    if lines:
        screen.heading(name)
        screen.quote(lines, "")


def show_changes(screen: Screen, changes: Sequence[ObjectsChanged]) -> None:
    """Print objects created, updated and deleted by limetype, the first ones whole."""
    screen.heading("Changed in the database")
    if not changes:
        screen.line(screen.text("nothing", "dim"), 4)
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("limetype", overflow="fold")
    for name in ("created", "updated", "deleted"):
        table.add_column(name, justify="right")
    for change in changes:
        counts = (change.created, change.updated, change.deleted)
        table.add_row(
            screen.text(one_line(change.limetype), "bold"),
            *(_count(screen, count) for count in counts),
        )
    screen.line(table, 4)
    examples = [
        (change.limetype, example) for change in changes for example in change.examples
    ]
    if examples:
        screen.gap()
        table = Table.grid(padding=(0, 1), pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for limetype, example in examples:
            table.add_row(*_example(screen, limetype, example))
        screen.line(table, 4)


def _count(screen: Screen, count: int) -> Text:
    if not count:
        return screen.text(screen.glyphs.unknown, "dim")
    return screen.text(format_count(count))


def _example(
    screen: Screen, limetype: str, example: Mapping[str, Json]
) -> tuple[Text, Text, Text]:
    change = one_line(str(example.get("change", "")))
    style = {"created": "green", "updated": "yellow", "deleted": "red"}.get(change, "")
    sign = {"created": "+", "updated": "~", "deleted": "-"}.get(change, " ")
    name = f"{one_line(limetype, 30)} {one_line(str(example.get('id', '?')), 20)}"
    told = ", ".join(_properties(screen, example))
    sign_text = screen.text(sign, f"bold {style}")
    return sign_text, screen.text(name), screen.text(told)


def _properties(screen: Screen, example: Mapping[str, Json]) -> Iterator[str]:
    before, after = example.get("before"), example.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        names = [name for name in before | after if before.get(name) != after.get(name)]
        told = [
            f"{name}: {_value(before.get(name))} {screen.glyphs.arrow} "
            f"{_value(after.get(name))}"
            for name in names
        ]
    else:
        held = after if isinstance(after, dict) else before
        values = held if isinstance(held, dict) else {}
        told = [f"{name}: {_value(value)}" for name, value in values.items()]
    for text in told[:_SHOWN_PROPERTIES]:
        yield one_line(text)
    if len(told) > _SHOWN_PROPERTIES:
        yield f"and {len(told) - _SHOWN_PROPERTIES} more"


def _value(value: Json) -> str:
    if isinstance(value, str):
        return one_line(f'"{value}"', _VALUE_LIMIT)
    return json.dumps(value, ensure_ascii=False)
