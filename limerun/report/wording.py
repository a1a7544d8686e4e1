"""The sentences of every report: verdict, checks, findings, errors. Pure.

What is returned is one line each, free of control codes, and not yet escaped for
the format that will carry it.
"""

from dataclasses import dataclass
from typing import Literal

from limerun.records import Check, Finding, Instrument, Location, Record, Run, Verdict
from limerun.report.plain import one_line, shown_path
from limerun.units import format_count, format_duration, format_size

NOT_MEASURED = "not measured"
ERROR_LIMIT = 300
"""Characters of what a task raised that fit into a sentence."""

Tone = Literal["good", "bad", "unsure", "neutral"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The verdict in a word and a sentence."""

    word: str
    sentence: str
    tone: Tone


def verdict_sentence(record: Record) -> str:
    """Return the verdict as one line: the word, then why."""
    line = headline(record)
    return f"{line.word}  {line.sentence}"


def headline(record: Record) -> Headline:
    """Return what a reader must know if nothing else is read."""
    run = shown_run(record)
    if run is not None and run.ending != "returned":
        word, sentence = _ending(record, run)
        tone: Tone = "unsure" if run.killed_because == "interrupted" else "bad"
    else:
        word, sentence = _judged(record, run)
        tone = _TONES[record.verdict]
    return Headline(word=word, sentence=f"{task_name(record)} {sentence}", tone=tone)


_TONES: dict[Verdict | None, Tone] = {
    Verdict.PASSED: "good",
    Verdict.FAILED: "bad",
    Verdict.ERROR: "bad",
    Verdict.KILLED: "bad",
    Verdict.TIMEOUT: "bad",
    Verdict.INCONCLUSIVE: "unsure",
    None: "neutral",
}


def task_name(record: Record) -> str:
    """Return the task's name, whatever it holds, as one short line."""
    return one_line(record.task.name, 100) or "the task"


def shown_run(record: Record) -> Run | None:
    """Return the run to tell about: one that did not return, or the largest."""
    for run in record.runs:
        if run.ending != "returned":
            return run
    return max(record.runs, key=lambda run: run.memory.task_bytes or 0, default=None)


# --- how it ended ------------------------------------------------------------------


def _judged(record: Record, run: Run | None) -> tuple[str, str]:
    if record.verdict is Verdict.PASSED:
        return "PASSED", "stays within every budget"
    if record.verdict is Verdict.FAILED:
        return "FAILED", _exceeded(record)
    if record.verdict is None and run is not None:
        word = "PROFILED" if record.command == "profile" else "RAN"
        took = duration(run.duration_seconds)
        return word, f"returned after {took}; no budget was judged"
    unknown = [check for check in record.checks if check.passed is None]
    if record.verdict is Verdict.INCONCLUSIVE and unknown:
        check = unknown[0]
        why = one_line(check.why)
        return "INCONCLUSIVE", f"cannot be judged on {check_label(check)}: {why}"
    word = "INCONCLUSIVE" if record.verdict is None else record.verdict.value.upper()
    return word, "cannot be judged: there is nothing to hold against a budget"


def _exceeded(record: Record) -> str:
    over = [check for check in record.checks if check.passed is False]
    if not over:
        return "exceeds a budget"
    first, *others = over
    limit = figure(first.limit, first.unit)
    sentence = f"{_takes(first)}: {difference(first)} its budget of {limit}"
    if not others:
        return sentence
    labels = " and ".join(check_label(check) for check in others)
    return f"{sentence}; over budget too: {labels}"


def _takes(check: Check) -> str:
    amount = figure(check.actual, check.unit)
    phrases = {
        "memory.task": f"takes {amount} of memory",
        "memory.handler": f"brings its handler to {amount} of memory",
        "duration.budget": f"takes {amount}",
        "speed.queries": f"sends {amount} queries a row",
    }
    return phrases.get(check.name, f"takes {amount} ({check_label(check)})")


def _ending(record: Record, run: Run) -> tuple[str, str]:
    after = f"after {duration(run.duration_seconds)}"
    if run.ending == "timeout":
        limit = record.config.values.get("timeout")
        allowed = f" (timeout: {config_value(record, 'timeout')})" if limit else ""
        return "OUT OF TIME", f"did not end in time and was stopped {after}{allowed}"
    if run.ending == "killed":
        return _killed(record, run, after)
    if run.ending == "crashed":
        signal = f" with {one_line(run.signal)}" if run.signal else ""
        return "CRASHED", f"brought its process down{signal} {after}"
    if run.ending == "exited":
        status = "" if run.exit_status is None else f" with status {run.exit_status}"
        return "EXITED", f"ended the process by itself{status} {after}"
    return "RAISED", f"raised {error_line(run)} {after}"


def _killed(record: Record, run: Run, after: str) -> tuple[str, str]:
    if run.killed_because == "interrupted":
        return "INTERRUPTED", f"was interrupted {after}; its figures go up to there"
    if run.killed_because == "timeout":
        return "OUT OF TIME", f"did not end in time and was killed {after}"
    if run.killed_because == "cloud_limit":
        limit = config_value(record, "cloud_limit")
        return "KILLED", (
            f"was killed {after}: with the idle handler's "
            f"{config_value(record, 'budget.idle_baseline')} it went over the cloud's "
            f"limit of {limit}"
        )
    peak = figure(run.memory.peak_bytes, "bytes")
    if run.killed_because == "host_memory":
        return "KILLED", (
            f"was killed {after} at {peak}, before this machine ran out of memory"
        )
    return "KILLED", f"was killed {after} at {peak}: the system was out of memory"


def error_line(run: Run) -> str:
    """Return what the task raised, in one line."""
    if run.error is None:
        return "an error"
    message = one_line(run.error.message, ERROR_LIMIT)
    name = one_line(run.error.type, 100)
    return f"{name}: {message}" if message else name


# --- figures -----------------------------------------------------------------------

_LABELS = {
    "memory.task": "task memory",
    "memory.handler": "handler's total",
    "duration.budget": "duration",
    "speed.queries": "queries per row",
}


def check_label(check: Check) -> str:
    """Return what a check is called where people read it."""
    return _LABELS.get(check.name) or one_line(check.name, 40)


def figure(value: float | None, unit: str) -> str:
    """Return a figure with its unit; what is not measured says so."""
    if value is None:
        return NOT_MEASURED
    if unit == "bytes":
        return format_size(value)
    if unit == "seconds":
        return format_duration(value)
    return _few_digits(value)


def _few_digits(value: float) -> str:
    if value >= 1000:
        return format_count(value)
    short = f"{value:.3g}"
    return short if float(short) == value else f"{value:#.3g}"


def duration(seconds: float | None) -> str:
    """Return a time, or that it was not measured."""
    return "an unknown time" if seconds is None else format_duration(seconds)


def difference(check: Check) -> str:
    """Return how far a figure is from its budget, such as "68.4 MB over".

    A difference too small for the digits of the figure is told in smaller ones:
    never "0.0 MB over".
    """
    if check.actual is None:
        return NOT_MEASURED
    gap = check.actual - check.limit
    if gap == 0:
        return "at its limit"
    return f"{_gap(abs(gap), check.unit)} {'over' if gap > 0 else 'left'}"


def _gap(gap: float, unit: str) -> str:
    if unit == "bytes" and gap < 50_000:
        whole = max(1, round(gap))
        return "1 byte" if whole == 1 else f"{format_count(whole)} bytes"
    if unit == "seconds" and gap < 0.0005:
        return "under 1 ms"
    return figure(gap, unit)


_CONFIG_UNITS = {
    "cloud_limit": "bytes",
    "budget.memory": "bytes",
    "budget.idle_baseline": "bytes",
    "budget.duration": "seconds",
    "database.latency": "seconds",
    "timeout": "seconds",
    "sampling": "seconds",
}


def config_value(record: Record, key: str) -> str:
    """Return a value of the config as text; a size or time with its unit."""
    value, unit = record.config.values.get(key), _CONFIG_UNITS.get(key)
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and unit:
        return figure(value, unit)
    return one_line(str(value), 200)


def instrument_cost(instrument: Instrument) -> str:
    """Return which tool looked, and what looking did to the run's duration."""
    tool = one_line(instrument.tool, 40)
    if instrument.slowdown is None:
        return tool
    return f"{tool}: {instrument.slowdown:.2f} times as long as the bare run"


# --- places and advice -------------------------------------------------------------


def place(location: Location | None, base: str) -> str:
    """Return "file:line", the file as seen from the folder `base`; "" for nowhere."""
    if location is None or not location.file:
        return ""
    return f"{shown_path(location.file, base)}:{location.line}"


def guide_reference(finding: Finding) -> str:
    """Return where the guide says so, in full."""
    return f"guide: {one_line(finding.guide, 120)}" if finding.guide else ""


def guide_section(finding: Finding) -> str:
    """Return where the guide says so, by number alone where it has one."""
    number = finding.guide.partition(".")[0]
    return f"guide, section {number}" if number.isdigit() else guide_reference(finding)


def finding_text(finding: Finding, base: str) -> str:
    """Return a finding as one paragraph: what, where, and what the guide says."""
    where = place(finding.location, base)
    parts = [
        f"{one_line(finding.title, 200)} ({where})." if where else f"{finding.title}.",
        one_line(finding.detail, 600),
        one_line(finding.advice, 400),
        f"({guide_reference(finding)})" if finding.guide else "",
    ]
    return " ".join(part for part in parts if part)


def failure_text(check: Check) -> str:
    """Return why a check did not pass: figure, budget and difference."""
    if check.actual is None:
        return f"{check_label(check)}: {one_line(check.why, 300)}"
    told = (
        f"{check_label(check)} is {figure(check.actual, check.unit)}, "
        f"the budget is {figure(check.limit, check.unit)}"
    )
    if check.passed is None:
        return f"{told}; {one_line(check.why, 300)}"
    return f"{told}: {difference(check)}"
