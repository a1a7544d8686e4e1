"""Tell an estimate's predictions and its ladder as Markdown tables. Pure."""

from limerun.records import Growth
from limerun.report.escaping import escape
from limerun.report.growth_words import prediction_rows
from limerun.report.markdown_comparison import table
from limerun.units import format_count, format_duration, format_size

_RUNGS = 40


def growth_table(growth: Growth) -> str:
    """Return the predictions, and the rungs that they are drawn from."""
    head = f"at {format_count(growth.to_rows)} rows"
    rows = [
        (
            escape(row.label, 60),
            row.span,
            row.likely,
            row.limit,
            row.word,
        )
        for row in prediction_rows(growth)
    ]
    told = table([head, "from, to:", "likely:", "budget:", "predicted"], rows)
    if not growth.rungs:
        return told
    rungs = [
        (
            format_count(rung.rows),
            format_count(rung.runs),
            format_duration(rung.duration_seconds),
            "" if rung.task_bytes is None else format_size(rung.task_bytes),
        )
        for rung in growth.rungs[:_RUNGS]
    ]
    ladder = table(["rows:", "runs:", "duration:", "memory:"], rungs)
    return f"{told}\n<details><summary>Ladder</summary>\n\n{ladder}\n</details>\n"
