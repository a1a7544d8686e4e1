"""The texts of `limerun resilience`: headline, facts, and a table of scenarios. Pure."""

from collections.abc import Iterator

from limerun.records import Attempt, Record, Resilience, Scenario, Verdict
from limerun.records.resilience import difference_text
from limerun.report.content.report_table import ReportTable
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import error_findings
from limerun.units import format_count, format_duration

_SAME = "same"
_LIMIT = 160


def resilience_headline(record: Record, found: Resilience) -> tuple[str, str]:
    """Return the word of the verdict, and the rest of a sentence about the task."""
    count = len(found.scenarios)
    scenarios = f"{format_count(count)} scenario{'s' * (count != 1)}"
    if record.verdict is Verdict.FAILED:
        return "FAILED", f"{error_findings(record)} ({scenarios})"
    if record.verdict is Verdict.PASSED:
        survives = f"has no finding at level error in {scenarios}"
        return "PASSED", survives if record.findings else f"survives {scenarios}"
    if found.unrepeatable:
        return "INCONCLUSIVE", "cannot be judged: two clean runs have different effects"
    if not _changed(found):
        return "INCONCLUSIVE", (
            "cannot be judged: a clean run changes nothing in the database"
        )
    cut = sum(each.is_cut for each in found.not_run)
    return "INCONCLUSIVE", (
        f"survives {scenarios}, but there was no time for {format_count(cut)} more"
    )


def resilience_facts(found: Resilience) -> Iterator[tuple[str, str]]:
    """Yield the clean run's effect, and what was not compared or not run."""
    yield (
        "clean",
        f"{format_count(found.created)} objects created, "
        f"{format_count(found.updated)} updated, {format_count(found.deleted)} deleted",
    )
    for each in found.unrepeatable:
        yield "varies", f"{difference_text(each)}, between two clean runs"
    for limetype, names in found.varying.items():
        listed = one_line(", ".join(names), _LIMIT)
        yield "ignored", f"{limetype}: {listed} (differs between two clean runs)"
    for skipped in found.not_run:
        yield "not run", f"{skipped.name}: {one_line(skipped.why, _LIMIT)}"
    seconds = format_duration(found.seconds)
    within = format_duration(found.within_seconds)
    yield "time", f"{seconds} of {within} (--within), seed {found.seed}"


def scenario_table(found: Resilience) -> ReportTable:
    """Return one row for each scenario."""
    return ReportTable(
        id="scenarios",
        title="Scenarios",
        about="same: as after a clean run",
        columns=(
            ("scenario", "text"),
            ("ended", "text"),
            ("rows", "figure"),
            ("written", "figure"),
            ("left", "text"),
            ("log", "text"),
            ("run again", "text"),
        ),
        rows=tuple(map(_row, found.scenarios)),
        missing="none were run",
        whole=True,
    )


def scenario_line(scenario: Scenario) -> str:
    """Return a scenario as one line of text."""
    _, ended, _, _, left, log, again = _row(scenario)
    after = f"; run again: {again}" if again else ""
    return f"{ended}; left: {left}; log: {log}{after}"


def _row(scenario: Scenario) -> tuple[str, ...]:
    rows = scenario.rows_done
    name = (
        scenario.name
        if scenario.at == "row" or not scenario.source
        else (f"{scenario.source}: {scenario.name}")
    )
    return (
        one_line(name, _LIMIT),
        _ended(scenario.run),
        "" if rows is None else format_count(rows),
        format_count(scenario.objects_written),
        _left(scenario),
        _log(scenario),
        "" if scenario.rerun is None else _again(scenario.rerun),
    )


def _ended(attempt: Attempt) -> str:
    if attempt.ending != "raised" or attempt.error is None:
        return attempt.ending
    return f"raised {one_line(attempt.error.partition(':')[0].rpartition('.')[2], 60)}"


def _left(scenario: Scenario) -> str:
    attempt = scenario.run
    if attempt.differences:
        return _differences(attempt)
    is_bad = scenario.kind == "bad row" and scenario.fault != "duplicate"
    if is_bad and attempt.ending == "returned":
        return "row stored" if scenario.stored else "all but the row"
    return _SAME


def _log(scenario: Scenario) -> str:
    notice = scenario.notice
    if notice is None:
        return "nothing"
    parts = [one_line(notice.level, 20)]
    if notice.has_details:
        parts.append("details")
    if notice.names_row:
        parts.append("row")
    return ", ".join(parts)


def _again(attempt: Attempt) -> str:
    if attempt.is_same:
        return _SAME
    parts = [] if attempt.ending == "returned" else [_ended(attempt)]
    return "; ".join(
        [*parts, *([_differences(attempt)] if attempt.differences else [])]
    )


def _differences(attempt: Attempt) -> str:
    return one_line("; ".join(map(difference_text, attempt.differences)), _LIMIT)


def _changed(found: Resilience) -> int:
    return found.created + found.updated + found.deleted
