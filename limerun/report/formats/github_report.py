"""Render a record for GitHub Actions: annotations and step outputs. Pure.

GitHub shows ten annotations of each kind per step.
"""

from collections.abc import Iterable, Iterator, Mapping

from limerun.records import Check, Finding, Record, Run
from limerun.report.content.check_text import check_label, failure_text
from limerun.report.content.contention_text import busy_lines
from limerun.report.content.ending_text import user_frames
from limerun.report.content.finding_text import finding_paragraph
from limerun.report.content.headlines import headline
from limerun.report.content.safe_text import one_line, shown_path
from limerun.report.content.sentences import shown_run, timed_run

MOST = 10
_ORDER = ("error", "warning", "note")
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_WORST_FIRST = tuple(f"::{_COMMANDS[level]}" for level in _ORDER)
_IN_MESSAGE = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_IN_PROPERTY = (*_IN_MESSAGE, (":", "%3A"), (",", "%2C"))


def annotations_of_all(records: Iterable[Record], base: str = "") -> tuple[str, ...]:
    """Return the annotations of several records: errors first, most serious first.

    The records share one step, and GitHub shows only the first annotations of a step.
    """
    ranked = [
        (_WORST_FIRST.index(line.partition(" ")[0]), rank, line)
        for record in records
        for rank, line in enumerate(annotations(record, base))
    ]
    ranked.sort(key=lambda each: each[:2])
    return tuple(line for *_, line in ranked[:MOST])


def annotations(record: Record, base: str = "") -> tuple[str, ...]:
    """Return workflow commands for the worst findings, each at its file and line.

    A run that did not return comes first, then failed checks without a finding. The
    effect of a busy machine on the duration comes last.
    """
    lines = [
        *_endings(record, base),
        *_checks(record, base),
        *_findings(record, base),
        *_busy(record, base),
    ]
    return tuple(lines[:MOST])


def _endings(record: Record, base: str) -> Iterator[str]:
    run = shown_run(record)
    if record.problem is not None:
        line = headline(record)
        place = (record.config.path, None)
        yield _command("error", line.word, line.sentence, place, base)
    if run is None or run.is_done:
        return
    line = headline(record)
    yield _command("error", line.word, line.sentence, _where_ended(record, run), base)


def _where_ended(record: Record, run: Run) -> tuple[str | None, int | None]:
    """Return the user's line that raised; if unknown, the task's line."""
    frames = user_frames(run.error.traceback) if run.error else []
    if not frames:
        return record.task.file, record.task.line
    return frames[-1].file, frames[-1].line


def _checks(record: Record, base: str) -> Iterator[str]:
    reported = {finding.rule for finding in record.findings}
    for check in record.checks:
        if check.passed is False and check.name not in reported:
            place = (record.task.file, record.task.line)
            yield _command(check.level, _title(check), failure_text(check), place, base)


def _title(check: Check) -> str:
    return f"{check_label(check)} over budget"


def _findings(record: Record, base: str) -> Iterator[str]:
    for finding in sorted(record.findings, key=_severity):
        where = finding.location
        place = (where.file, where.line) if where else (None, None)
        text = finding_paragraph(finding, base)
        yield _command(finding.level, finding.title, text, place, base)


def _busy(record: Record, base: str) -> Iterator[str]:
    run = timed_run(record)
    for text in busy_lines(run) if run is not None else ():
        yield _command("note", "duration", text, (None, None), base)


def _severity(finding: Finding) -> int:
    return _ORDER.index(finding.level)


def _command(
    level: str,
    title: str,
    text: str,
    place: tuple[str | None, int | None],
    base: str,
) -> str:
    file, line = place
    properties = {"title": f"limerun: {one_line(title, 150)}"}
    if file:
        properties = {"file": shown_path(file, base), **properties}
        if line is not None and line >= 1:
            properties["line"] = str(line)
    written = ",".join(
        f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in properties.items()
    )
    return (
        f"::{_COMMANDS[level]} {written}::{_escaped(one_line(text, 1500), _IN_MESSAGE)}"
    )


def _escaped(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for character, code in pairs:
        text = text.replace(character, code)
    return text


def outputs(record: Record) -> Mapping[str, str]:
    """Return the step's outputs: the verdict and the known figures."""
    run, timed = shown_run(record), timed_run(record)
    values: dict[str, object] = {
        "verdict": record.verdict.value if record.verdict else None,
        "exit-code": record.exit_code,
        "findings": len(record.findings),
    }
    if run is not None:
        values |= {
            "ending": run.ending,
            "task-memory-bytes": run.memory.task_bytes,
            "handler-total-bytes": run.memory.handler_total_bytes,
            "duration-seconds": timed.duration_seconds if timed else None,
            "uncontended-seconds": timed.uncontended_seconds if timed else None,
            "rows": run.rows_processed,
            "queries": run.queries.total if run.queries else None,
            "commits": run.queries.commits if run.queries else None,
        }
    return {
        name: one_line(str(value), 100)
        for name, value in values.items()
        if value is not None
    }
