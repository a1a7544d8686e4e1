"""Turn a record into what its page shows, in words. Pure.

Texts are one line each, free of control codes, and not yet escaped: the template
escapes everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from limerun.records import (
    Check,
    Comparison,
    Finding,
    Record,
    Run,
)
from limerun.report.compared import (
    ChangeText,
    change_texts,
    comparison_headline,
    notes,
    sides,
)
from limerun.report.facts import Fact, facts_of, further_facts_of
from limerun.report.frames import LAST_FRAMES, user_frames
from limerun.report.headlines import Headline, headline
from limerun.report.plain import last_characters, one_line, plain, shown_path, tail
from limerun.report.webpage.curve import Curve, curve_of
from limerun.report.webpage.growth import GrowthView, growth_view
from limerun.report.webpage.profiled import ProfileView, profile_view
from limerun.report.webpage.tables import TableView, tables_of
from limerun.report.webpage.time_parts import Part, parts_of
from limerun.report.wording import (
    check_label,
    config_value,
    difference,
    figure,
    guide_reference,
    is_warning,
    place,
    shown_run,
)
from limerun.units import format_duration

_OUTPUT_LIMIT = 20_000
_LAST_LINES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A check as a bar: how much of it is filled, and where its budget lies."""

    label: str
    state: str
    word: str
    figure: str
    budget: str
    difference: str
    filled: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding as a card."""

    rule: str
    level: str
    title: str
    detail: str
    advice: str
    place: str
    code: str
    suggestion: str
    guide: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameView:
    """A call of the user's that was under way when the task raised."""

    place: str
    function: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """Everything that the page of a record shows."""

    title: str
    command: str
    config: str
    started_at: str
    headline: Headline
    checks: tuple[CheckView, ...]
    unjudged: tuple[str, ...]
    curve: Curve | None
    parts: tuple[Part, ...]
    duration: str
    facts: tuple[Fact, ...]
    findings: tuple[FindingView, ...]
    tables: tuple[TableView, ...]
    further: tuple[Fact, ...]
    settings: tuple[tuple[str, str, str], ...]
    frames: tuple[FrameView, ...]
    traceback: str
    last_lines: tuple[str, str]
    """Where a run that did not return said its last, and what."""
    outputs: tuple[tuple[str, str], ...]
    comparison: "ComparisonView | None"
    growth: GrowthView | None
    profile: ProfileView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """Everything that a page shows of a comparison."""

    task: str
    headline: Headline
    changes: tuple[ChangeText, ...]
    sides: tuple[str, str]
    notes: tuple[tuple[str, str], ...]


def comparison_view(comparison: Comparison) -> ComparisonView:
    """Return what to show of a comparison."""
    return ComparisonView(
        task=one_line(comparison.task, 80),
        headline=comparison_headline(comparison),
        changes=tuple(change_texts(comparison)),
        sides=sides(comparison),
        notes=tuple(notes(comparison)),
    )


def view_of(record: Record, base: str) -> RecordView:
    """Return what to show; paths are as seen from the folder `base`."""
    run = shown_run(record)
    line = headline(record)
    return RecordView(
        title=f"{line.word}: {one_line(record.task.name, 80)}",
        command=one_line(record.command, 40),
        config=one_line(record.config.path, 200),
        started_at=_moment(record.started_at),
        headline=line,
        checks=tuple(_check(check) for check in record.checks),
        unjudged=tuple(_unjudged(record)),
        curve=curve_of(record, run) if run else None,
        parts=tuple(parts_of(run)) if run else (),
        duration=_duration(run),
        facts=facts_of(record, base),
        findings=tuple(_finding(finding, base) for finding in record.findings),
        tables=tuple(tables_of(record, run, base)),
        further=further_facts_of(record, base),
        settings=tuple(_settings(record)),
        frames=tuple(_frames(run, base)) if run else (),
        last_lines=_last_lines(run),
        traceback=plain(run.error.traceback) if run and run.error else "",
        outputs=tuple(_outputs(run)) if run else (),
        growth=growth_view(record.growth) if record.growth else None,
        profile=profile_view(record.profile, base) if record.profile else None,
        comparison=comparison_view(record.comparison) if record.comparison else None,
    )


def _moment(text: str) -> str:
    """Return a time as people read it; whatever is no time, as it is."""
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return one_line(text, 40)
    return f"{at:%Y-%m-%d %H:%M} UTC"


# --- checks ------------------------------------------------------------------------

_WARNS = ("unsure", "warns")
_STATES = {True: ("good", "passed"), False: ("bad", "exceeded"), None: ("unsure", "")}


def _check(check: Check) -> CheckView:
    state, word = _WARNS if is_warning(check) else _STATES[check.passed]
    whole = max(check.limit, check.actual or 0) * 1.05 or 1
    judged = check.passed is not None or check.actual is None
    return CheckView(
        label=check_label(check),
        state=state,
        word=word or "not judged",
        figure=figure(check.actual, check.unit),
        budget=figure(check.limit, check.unit),
        difference=difference(check) if judged else "not judged",
        filled=(check.actual or 0) / whole,
        limit=check.limit / whole,
    )


def _unjudged(record: Record) -> Iterator[str]:
    labels: dict[str, list[str]] = {}
    for check in record.checks:
        if check.passed is None:
            labels.setdefault(check.why, []).append(check_label(check))
    for why, those in labels.items():
        yield f"{', '.join(those)}: {one_line(why, 300)}"


# --- time --------------------------------------------------------------------------


def _duration(run: Run | None) -> str:
    if run is None or run.duration_seconds is None:
        return ""
    return format_duration(run.duration_seconds)


# --- findings ----------------------------------------------------------------------


def _finding(finding: Finding, base: str) -> FindingView:
    return FindingView(
        rule=one_line(finding.rule, 60),
        level=finding.level,
        title=one_line(finding.title, 200),
        detail=one_line(finding.detail, 600),
        advice=one_line(finding.advice, 600),
        place=place(finding.location, base),
        code=one_line(finding.code or "", 200),
        suggestion=plain(finding.suggestion or "").strip("\n"),
        guide=guide_reference(finding),
    )


# --- how it was measured -----------------------------------------------------------


def _settings(record: Record) -> Iterator[tuple[str, str, str]]:
    for key in record.config.values:
        came = one_line(str(record.config.provenance.get(key, "")), 200)
        yield one_line(key, 100), config_value(record, key), came


def _frames(run: Run, base: str) -> Iterator[FrameView]:
    frames = user_frames(run.error.traceback) if run.error else []
    for frame in frames[-LAST_FRAMES:]:
        yield FrameView(
            place=f"{shown_path(frame.file, base)}:{frame.line}",
            function=one_line(frame.function, 200),
            code=one_line(frame.source, 200),
        )


def _last_lines(run: Run | None) -> tuple[str, str]:
    if run is not None and run.ending != "returned":
        for name, text in _streams(run):
            return name, "\n".join(tail(text, _LAST_LINES))
    return "", ""


def _outputs(run: Run) -> Iterator[tuple[str, str]]:
    for name, text in _streams(run):
        yield name, last_characters(plain(text).rstrip(), _OUTPUT_LIMIT)


def _streams(run: Run) -> Iterator[tuple[str, str]]:
    for name, text in (("stderr", run.output.stderr), ("stdout", run.output.stdout)):
        if text.strip():
            yield name, text
