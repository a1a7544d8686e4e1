"""Render a record as JUnit XML, for Jenkins, GitLab and Azure. Pure.

A suite passes if the verdict is PASSED. An exceeded budget is a failure, a run that did
not finish is an error, and a check that was not judged (a missing figure, or a warning)
is skipped: it never counts as passed.
"""

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from limerun.records import (
    Check,
    Comparison,
    Finding,
    Growth,
    Record,
    Resilience,
    Run,
    Verdict,
)
from limerun.report.content.check_text import failure_text, is_exceeded
from limerun.report.content.comparison_text import effect_lines, text_of
from limerun.report.content.contention_text import busy_lines
from limerun.report.content.estimate import at_size, prediction_text
from limerun.report.content.finding_text import finding_paragraph
from limerun.report.content.headlines import headline
from limerun.report.content.resilience_text import scenario_line
from limerun.report.content.safe_text import last_characters, one_line, plain
from limerun.report.content.sentences import shown_run, task_name, timed_run

_OUTPUT_LIMIT = 32_000
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(record: Record, base: str = "") -> str:
    """Return the record as a JUnit document; files are relative to the folder `base`."""
    cases = _Cases(record, base)
    run = shown_run(record)
    cases.add_ending(run)
    for check in record.checks:
        cases.add_check(check)
    cases.add_growth(record.growth)
    cases.add_scenarios(record.resilience)
    if record.verdict is Verdict.INCONCLUSIVE and not cases.has_skipped:
        cases.add("verdict", "skipped", headline(record).sentence, "inconclusive")
    for finding in record.findings:
        cases.add_finding(finding)
    if record.comparison is not None:
        cases.add_comparison(record.comparison)
    root = Element("testsuites", name="limerun")
    root.append(_suite(record, cases, run))
    indent(root, " ")
    body = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


_EFFECTS = {"same": None, "different": "failure", "unknown": "skipped"}
_TRENDS = {"regression": "failure", "unknown": "skipped", "too short": "skipped"}


class _Cases:
    """Test cases with unique names, counted by outcome."""

    def __init__(self, record: Record, base: str) -> None:
        self._record = record
        self._base = base
        self._class = f"{one_line(record.command, 40)}.{task_name(record)}"
        self._names: dict[str, int] = {}
        self.elements: list[Element] = []
        self.counts = {"failure": 0, "error": 0, "skipped": 0}
        self.has_skipped = False

    def add(
        self,
        name: str,
        outcome: str | None,
        message: str,
        kind: str,
        seconds: float = 0,
    ) -> None:
        """Add a test case; without an outcome, it passed."""
        self._names[name] = self._names.get(name, 0) + 1
        if self._names[name] > 1:
            name = f"{name} ({self._names[name]})"
        case = Element(
            "testcase",
            classname=_xml(self._class),
            name=_xml(name),
            time=f"{seconds:.3f}",
        )
        if outcome is not None:
            self.counts[outcome] += 1
            element = SubElement(case, outcome, message=_xml(message), type=_xml(kind))
            element.text = _xml(message)
        self.elements.append(case)

    def add_ending(self, run: Run | None) -> None:
        """Add a case for how the run ended, with the traceback if it failed."""
        problem = self._record.problem
        if problem is not None:
            unsure = self._record.verdict is Verdict.INCONCLUSIVE
            outcome, self.has_skipped = "skipped" if unsure else "error", unsure
            self.add("runs to its end", outcome, plain(problem), "not run")
            return
        seconds = run.duration_seconds or 0 if run is not None else 0
        if self._record.lint is not None:
            self.add("is read", None, "", "")
            return
        if run is None or run.is_done:
            self.add("runs to its end", None, "", "", seconds)
            self._add_busy()
            return
        line = headline(self._record)
        kind = run.killed_because or run.ending
        outcome = "error" if run.not_run is None else "skipped"
        self.has_skipped = outcome == "skipped"
        self.add("runs to its end", outcome, line.sentence, kind, seconds)
        if run.error is not None:
            element = self.elements[-1][0]
            element.text = _xml(last_characters(run.error.traceback, _OUTPUT_LIMIT))

    def _add_busy(self) -> None:
        run = timed_run(self._record)
        lines = tuple(busy_lines(run)) if run is not None else ()
        if lines:
            SubElement(self.elements[-1], "system-out").text = _xml("\n".join(lines))

    def add_check(self, check: Check) -> None:
        """Add a case for a figure and its budget."""
        if check.passed is None:
            self.has_skipped = True
        outcome = {True: None, False: "failure", None: "skipped"}[check.passed]
        if outcome == "failure" and not is_exceeded(check):
            outcome = "skipped"
        self.add(one_line(check.name, 100), outcome, failure_text(check), "budget")

    def add_growth(self, growth: Growth | None) -> None:
        """Add a case per prediction with a budget: failed or skipped, never passed."""
        if growth is None:
            return
        for each in growth.predictions:
            if each.limit is None:
                continue
            failed = each.within is False and self._record.verdict is Verdict.FAILED
            name = f"{one_line(each.name, 100)} {at_size(growth)}"
            text = prediction_text(each)
            self.add(name, "failure" if failed else "skipped", text, "prediction")

    def add_scenarios(self, resilience: Resilience | None) -> None:
        """Add each scenario; findings say what is wrong with it."""
        for scenario in resilience.scenarios if resilience else ():
            self.add(one_line(scenario.name, 200), None, "", "")
        for each in resilience.not_run if resilience else ():
            self.has_skipped = self.has_skipped or each.is_cut
            self.add(one_line(each.name, 200), "skipped", each.why, "not run")

    def add_finding(self, finding: Finding) -> None:
        """Add a case for a finding, unless it is a note."""
        if finding.level == "note":
            return
        outcome = "failure" if self._is_failure(finding) else "skipped"
        name = f"{one_line(finding.rule, 100)}: {one_line(finding.title, 200)}"
        self.add(name, outcome, finding_paragraph(finding, self._base), finding.level)

    def add_comparison(self, comparison: Comparison) -> None:
        """Add a case for each figure that is limited by the baseline."""
        comparable = comparison.verdict != "inconclusive" or not comparison.unlike
        for change in comparison.changes:
            if change.allowed is None:
                continue
            text = text_of(change)
            outcome = _TRENDS.get(change.trend) if comparable else "skipped"
            if outcome == "failure" and self._record.exit_code == 0:
                outcome = "skipped"
            why = text.why if comparable else "; ".join(comparison.unlike)
            message = f"{text.label}: {text.base}, now {text.new}: {why}"
            self.add(f"{text.label} against baseline", outcome, message, "regression")
        effect = comparison.effect
        if effect is not None and effect.judged:
            outcome = _EFFECTS[effect.trend] if comparable else "skipped"
            if outcome == "failure" and self._record.exit_code == 0:
                outcome = "skipped"
            why = "; ".join(effect_lines(effect) if comparable else comparison.unlike)
            self.add("effect against baseline", outcome, why, "regression")

    def _is_failure(self, finding: Finding) -> bool:
        return finding.level == "error" and self._record.exit_code != 0


def _suite(record: Record, cases: _Cases, run: Run | None) -> Element:
    seconds = sum(each.duration_seconds or 0 for each in record.runs)
    suite = Element(
        "testsuite",
        name="limerun",
        tests=str(len(cases.elements)),
        failures=str(cases.counts["failure"]),
        errors=str(cases.counts["error"]),
        skipped=str(cases.counts["skipped"]),
        time=f"{seconds:.3f}",
        timestamp=_timestamp(record.started_at),
        hostname="localhost",
        id="0",
        package="limerun",
    )
    properties = SubElement(suite, "properties")
    for name, value in _properties(record, run).items():
        SubElement(properties, "property", name=name, value=_xml(value))
    suite.extend(cases.elements)
    for tag, text in (
        ("system-out", _output(record, run)),
        ("system-err", run.output.stderr if run else ""),
    ):
        SubElement(suite, tag).text = _xml(last_characters(text, _OUTPUT_LIMIT))
    return suite


def _output(record: Record, run: Run | None) -> str:
    """Return what the task printed; for `limerun resilience`, what scenarios left."""
    if record.resilience is not None:
        scenarios = record.resilience.scenarios
        return "\n".join(f"{each.name}: {scenario_line(each)}" for each in scenarios)
    return run.output.stdout if run else ""


def _properties(record: Record, run: Run | None) -> dict[str, str]:
    """Return the figures under their names in the record, without null values."""
    values: dict[str, object] = {
        "verdict": record.verdict.value if record.verdict else None,
        "exit_code": record.exit_code,
        "command": record.command,
        "config": record.config.path,
        "started_at": record.started_at,
        "limerun_version": record.limerun_version,
        "runs": len(record.runs),
    }
    if record.improvement is not None:
        values["improvement"] = headline(record).sentence
    if record.dataset is not None:
        values["dataset.total_rows"] = record.dataset.total_rows
        values["dataset.fingerprint"] = record.dataset.fingerprint
    if run is not None:
        values |= _run_values(run)
    return {
        name: one_line(str(value), 500)
        for name, value in values.items()
        if value is not None
    }


def _run_values(run: Run) -> dict[str, object]:
    memory = run.memory
    values: dict[str, object] = {
        "ending": run.ending,
        "duration_seconds": run.duration_seconds,
        "uncontended_seconds": run.uncontended_seconds,
        "uncontended_low_seconds": run.uncontended_low_seconds,
        "uncontended_high_seconds": run.uncontended_high_seconds,
        "cpu_seconds": run.cpu_seconds,
        "database_seconds": run.database_seconds,
        "waiting_seconds": run.waiting_seconds,
        "contention_seconds": run.contention_seconds,
        "steal_seconds": run.steal_seconds,
        "cpu_user_seconds": run.cpu_user_seconds,
        "cpu_system_seconds": run.cpu_system_seconds,
        "memory.baseline_bytes": memory.baseline_bytes,
        "memory.peak_bytes": memory.peak_bytes,
        "memory.task_bytes": memory.task_bytes,
        "memory.task_low_bytes": memory.task_low_bytes,
        "memory.task_high_bytes": memory.task_high_bytes,
        "memory.handler_total_bytes": memory.handler_total_bytes,
        "memory.method": memory.method,
        "memory.exact": "true" if memory.exact else "false",
        "rows_processed": run.rows_processed,
    }
    if run.predicted_duration is not None:
        predicted = run.predicted_duration
        values["predicted_duration.low_seconds"] = predicted.low_seconds
        values["predicted_duration.high_seconds"] = predicted.high_seconds
    if run.queries is not None:
        for name in ("total", "reads", "writes", "commits"):
            values[f"queries.{name}"] = getattr(run.queries, name)
    if run.transactions is not None:
        values["transactions.max_objects"] = run.transactions.max_objects
    return values


def _timestamp(started_at: str) -> str:
    """Return a time as the schema requires it: in UTC, without a time zone."""
    try:
        at = datetime.fromisoformat(started_at)
        utc = at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, OverflowError):
        utc = datetime.fromtimestamp(0, UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S")


def _xml(text: str) -> str:
    """Return text without control codes and characters that XML 1.0 forbids."""
    return _NOT_XML.sub("", plain(text))
