"""Turn a record into the texts and charts of its page.

Each text is one line without control codes and not yet escaped: the template escapes
everything.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from limerun.records import Check, Comparison, Record, Run
from limerun.report.content.check_text import CheckText, check_text, unjudged
from limerun.report.content.comparison_text import (
    CHANGE_HEADS,
    ChangeText,
    change_texts,
    comparison_headline,
    notes,
    sides,
)
from limerun.report.content.database_text import database_tables
from limerun.report.content.ending_text import (
    FrameText,
    frame_texts,
    last_output,
    output_ends,
)
from limerun.report.content.facts import Fact, facts_of, further_facts_of
from limerun.report.content.feature_test import log_table
from limerun.report.content.finding_text import FindingText, finding_text
from limerun.report.content.headlines import Headline, headline
from limerun.report.content.improvement_text import improvement_tables
from limerun.report.content.profile_tables import instrument_tables
from limerun.report.content.report_table import ReportTable, config_table, work_tables
from limerun.report.content.resilience_text import scenario_table
from limerun.report.content.rule_sections import RuleText, rule_texts
from limerun.report.content.safe_text import one_line, plain
from limerun.report.content.sentences import shown_run, timed_run
from limerun.report.webpage.growth_charts import GrowthView, growth_view
from limerun.report.webpage.memory_chart import MemoryChart, memory_chart_of
from limerun.report.webpage.profile_charts import ProfileView, profile_view
from limerun.report.webpage.time_parts import TimeShare, shares_of
from limerun.units import format_duration

_OUTPUT_LIMIT = 20_000
_DRAWN = {"objects"}
"""Tables that a chart replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBar:
    """A check as a bar: the filled share and the position of the budget."""

    text: CheckText
    tone: str
    filled: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """The content of a record's page."""

    title: str
    command: str
    config: str
    started_at: str
    headline: Headline
    checks: tuple[CheckBar, ...]
    unjudged: tuple[str, ...]
    curve: MemoryChart | None
    shares: tuple[TimeShare, ...]
    duration: str
    facts: tuple[Fact, ...]
    findings: tuple[FindingText, ...]
    rules: tuple[RuleText, ...]
    """Documentation of the rules that the findings belong to."""
    tables: tuple[ReportTable, ...]
    further: tuple[Fact, ...]
    config_table: ReportTable
    frames: tuple[FrameText, ...]
    traceback: str
    last_lines: tuple[str, str]
    """The output stream of a run that did not return, and its last lines."""
    outputs: tuple[tuple[str, str], ...]
    comparison: "ComparisonView | None"
    growth: GrowthView | None
    profile: ProfileView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """The content of a page about a comparison."""

    task: str
    headline: Headline
    changes: tuple[ChangeText, ...]
    sides: tuple[str, str]
    notes: tuple[tuple[str, str], ...]
    heads: tuple[str, ...] = CHANGE_HEADS


def comparison_view(comparison: Comparison) -> ComparisonView:
    """Return the content of a page about a comparison."""
    return ComparisonView(
        task=one_line(comparison.task, 80),
        headline=comparison_headline(comparison),
        changes=tuple(change_texts(comparison)),
        sides=sides(comparison),
        notes=tuple(notes(comparison)),
    )


def view_of(record: Record, base: str) -> RecordView:
    """Return the content of a record's page; paths are relative to the folder `base`."""
    run = shown_run(record)
    line = headline(record)
    return RecordView(
        title=f"{line.word}: {one_line(record.task.name, 80)}",
        command=one_line(record.command, 40),
        config=one_line(record.config.path, 200),
        started_at=_moment(record.started_at),
        headline=line,
        checks=tuple(_check(check) for check in record.checks),
        unjudged=tuple(unjudged(record.checks)),
        curve=memory_chart_of(record, run) if run else None,
        shares=tuple(shares_of(run)) if run else (),
        duration=_duration(timed_run(record)),
        facts=facts_of(record, base),
        findings=tuple(finding_text(each, base) for each in record.findings),
        rules=rule_texts(each.rule for each in record.findings),
        tables=_tables(record, run, base),
        further=further_facts_of(record, base),
        config_table=config_table(record),
        frames=frame_texts(run, base) if run else (),
        last_lines=_last_lines(run),
        traceback=plain(run.error.traceback) if run and run.error else "",
        outputs=output_ends(run, _OUTPUT_LIMIT) if run else (),
        growth=growth_view(record.growth) if record.growth else None,
        profile=profile_view(record.profile) if record.profile else None,
        comparison=comparison_view(record.comparison) if record.comparison else None,
    )


def _moment(text: str) -> str:
    """Return a time in readable form; other text stays unchanged."""
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return one_line(text, 40)
    return f"{at:%Y-%m-%d %H:%M} UTC"


_TONES = {
    "passed": "good",
    "exceeded": "bad",
    "warns": "unsure",
    "not judged": "unsure",
}


def _check(check: Check) -> CheckBar:
    text = check_text(check)
    whole = max(check.limit, check.actual or 0) * 1.05 or 1
    return CheckBar(
        text=text,
        tone=_TONES[text.state],
        filled=(check.actual or 0) / whole,
        limit=check.limit / whole,
    )


def _tables(record: Record, run: Run | None, base: str) -> tuple[ReportTable, ...]:
    seen = [each for each in instrument_tables(record, base) if each.id not in _DRAWN]
    seen = [*improvement_tables(record, base), *seen]
    if record.growth is not None:
        seen += database_tables(record.growth)
    if record.resilience is not None:
        seen.append(scenario_table(record.resilience))
    if run is None:
        return (*seen,)
    log = run.log
    logged = [log_table(log, base)] if log is not None and log.lines else []
    return (*seen, *logged, *work_tables(record, run, base))


def _duration(run: Run | None) -> str:
    if run is None or run.duration_seconds is None:
        return ""
    return format_duration(run.duration_seconds)


def _last_lines(run: Run | None) -> tuple[str, str]:
    name, lines = last_output(run) if run is not None else ("", ())
    return name, "\n".join(lines)
