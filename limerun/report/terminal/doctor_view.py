"""Print the result of `limerun doctor`."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from limerun.records import Examination
from limerun.report.content.contention_text import busy_sentence
from limerun.report.terminal.drawing import glyphs_for
from limerun.units import format_size


def render(examination: Examination, console: Console) -> None:
    """Print the verdict, then what each method reported for a known memory spike."""
    used = examination.used
    if used is not None and used.exact:
        console.print(Text.assemble(("EXACT", "bold green"), f"  {used.name}"))
    else:
        name = used.name if used is not None else "no method works"
        console.print(Text.assemble(("NOT EXACT", "bold red"), f"  {name}"))
    console.print(
        f"Test: a spike of {format_size(examination.spike_bytes)} inside one C call at "
        "the end of a task.",
        highlight=False,
    )
    glyphs = glyphs_for(console.encoding)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("method")
    table.add_column("reported", justify="right")
    table.add_column("remark")
    for method in examination.methods:
        reported = "-"
        if method.measured_bytes is not None:
            reported = format_size(method.measured_bytes)
        mark = glyphs.passed if method.exact else glyphs.failed
        table.add_row(f"{mark} {method.name}", reported, method.remark)
    console.print()
    console.print(table)
    console.print()
    gap = examination.worst_gap_seconds
    if gap is not None:
        console.print(
            f"Longest time between two samples: {gap * 1000:.0f} ms.", highlight=False
        )
    console.print(
        f"A worker without imports uses {format_size(examination.baseline_bytes)}.",
        highlight=False,
    )
    console.print(
        f"Processes that a task starts: {examination.processes}.", highlight=False
    )
    console.print(f"Contention: {_contention(examination)}.", highlight=False)
    for missing in examination.missing:
        console.print(f"Not installed: {missing}", highlight=False, markup=False)


def _contention(examination: Examination) -> str:
    contention = examination.contention_seconds
    if contention is None:
        return "not measured on this system; durations are wall time"
    busy = busy_sentence(examination.duration_seconds, contention)
    return f"measured; durations are judged without it{'. ' if busy else ''}{busy}"
