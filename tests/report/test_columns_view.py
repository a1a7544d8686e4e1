"""How the columns of a dataset are shown on the screen."""

import io

from rich.console import Console

from limerun.records.explanation import ColumnExplained, TableExplained
from limerun.report.terminal.columns_view import render


def test_a_column_is_shown_with_its_kind_the_reason_and_its_values() -> None:
    column = ColumnExplained(
        name="number",
        type="string",
        kind="sequence",
        because="as the config says",
        options=("format K-{:07d}", "unique"),
        samples=("K-0000001", "K-0000002"),
    )
    table = TableExplained(
        name="contract", what="limetype", rows=100_000, columns=(column,)
    )
    stream = io.StringIO()
    render((table,), Console(file=stream, width=80, color_system=None))
    shown = stream.getvalue()
    assert "contract  100,000 rows" in shown
    for part in (column.type, column.kind, column.because, *column.options):
        assert part in shown
    assert all(sample in shown for sample in column.samples)
