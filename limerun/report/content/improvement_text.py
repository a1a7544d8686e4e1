"""Tables and sentences about what `limerun improve` changed. Pure."""

from limerun.records import ImprovedFigures, Improvement, Location, Record
from limerun.report.content.report_table import ReportTable
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import figure, place
from limerun.units import format_count

_LONGEST = 200


def improvement_tables(record: Record, base: str) -> tuple[ReportTable, ...]:
    """Return the tables of applied and of rejected changes; none without a result."""
    improvement = record.improvement
    if improvement is None:
        return ()
    tables = [_applied(improvement, base)] if improvement.applied else []
    if improvement.rejected:
        tables.append(_rejected(improvement, base))
    return tuple(tables)


def _applied(improvement: Improvement, base: str) -> ReportTable:
    rows = [("before", *_figures(improvement.before))]
    rows += [
        (_change(each.what, each.location, base), *_figures(each.figures))
        for each in improvement.applied
    ]
    return ReportTable(
        id="improvement",
        title="Changes in the patch",
        about="each row: with this change and those above",
        columns=(
            ("change", "text"),
            ("memory", "figure"),
            ("duration", "figure"),
            ("queries", "figure"),
            ("commits", "figure"),
        ),
        rows=tuple(rows),
    )


def _figures(figures: ImprovedFigures) -> tuple[str, str, str, str]:
    if not figures.done:
        return ("not finished", "", "", "")
    return (
        figure(figures.memory_bytes, "bytes"),
        figure(figures.seconds, "seconds"),
        _count(figures.queries),
        _count(figures.commits),
    )


def _count(number: int | None) -> str:
    return "not measured" if number is None else format_count(number)


def _rejected(improvement: Improvement, base: str) -> ReportTable:
    return ReportTable(
        id="rejected",
        title="Changes that are not offered",
        columns=(("change", "text"), ("why", "text")),
        rows=tuple(
            (
                _change(each.what, each.location, base),
                one_line(each.why, _LONGEST),
            )
            for each in improvement.rejected
        ),
    )


def _change(what: str, location: Location, base: str) -> str:
    """Return a change and its place; only the file, if the line is not the original's."""
    where = place(location, base).removesuffix(":0")
    return f"{one_line(what, _LONGEST)} ({where})"


def improvement_facts(record: Record) -> list[tuple[str, str]]:
    """Return the facts about the proof and the patch, as label and text."""
    improvement = record.improvement
    if improvement is None:
        return []
    facts = []
    if improvement.applied:
        tests = "; ".join(improvement.tests)
        facts.append(
            ("proven", f"same effect, result and log on {one_line(tests, 400)}")
        )
    if improvement.patch_folder is not None:
        folder = one_line(improvement.patch_folder, _LONGEST)
        facts.append(("apply", f"git apply in {folder}"))
    return facts


def improvement_sentence(improvement: Improvement) -> str:
    """Return what the patch improves, or why there is none."""
    if not improvement.applied:
        why = "no change is proven and improves a figure"
        if not improvement.rejected:
            why = "no fix fits the code that the findings name"
        why = improvement.why or why
        return f"has no patch: {one_line(why, 400)}"
    before, after = improvement.before, improvement.applied[-1].figures
    count = len(improvement.applied)
    changes = "1 change" if count == 1 else f"{count} changes"
    if not before.done:
        return f"finishes with {changes}"
    labels = ("memory", "duration", "queries")
    pairs = zip(labels, _figures(before), _figures(after), strict=False)
    parts = [f"{label} {was} to {now}" for label, was, now in pairs if was != now]
    return f"is better with {changes}: {', '.join(parts)}"
