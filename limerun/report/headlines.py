"""The verdict in a word and a sentence: how it ended, what it exceeded. Pure."""

from dataclasses import dataclass
from typing import Literal

from limerun.records import (
    EXIT_INTERRUPTED,
    Check,
    Comparison,
    Record,
    Run,
    StoppedEarly,
    Verdict,
)
from limerun.report.growth_words import growth_headline
from limerun.report.plain import one_line
from limerun.report.wording import (
    ERROR_LIMIT,
    check_label,
    config_value,
    difference,
    duration,
    figure,
    is_exceeded,
    shown_run,
    task_name,
)
from limerun.units import format_count

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
        if record.growth is not None and record.growth.ended_at_rows is not None:
            rows = format_count(record.growth.ended_at_rows)
            sentence += f", on the ladder's {rows} rows"
    elif record.growth is not None:
        word, sentence, tone = growth_headline(record, record.growth)
    elif record.exit_code == EXIT_INTERRUPTED:
        after = f" after {duration(run.duration_seconds)}" if run is not None else ""
        word, tone = "INTERRUPTED", "unsure"
        sentence = f"returned{after}; a later run was interrupted, so much is missing"
    else:
        word, sentence = _judged(record, run)
        tone = _TONES[record.verdict]
        if tone == "good" and any(check.passed is False for check in record.checks):
            tone = "unsure"
        if record.verdict is Verdict.PASSED and record.comparison is not None:
            word, sentence, tone = _beside(record.comparison, sentence)
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


# --- how it ended ------------------------------------------------------------------


def _judged(record: Record, run: Run | None) -> tuple[str, str]:
    if record.verdict is Verdict.PASSED:
        return "PASSED", _within(record)
    if record.verdict is Verdict.FAILED:
        return "FAILED", _exceeded(record)
    if record.verdict is None and run is not None:
        word = "PROFILED" if record.command == "profile" else "RAN"
        took = duration(run.duration_seconds)
        return word, f"returned after {took}; no budget was judged"
    unknown = [
        check
        for check in record.checks
        if check.passed is None and check.level == "error"
    ]
    if record.verdict is Verdict.INCONCLUSIVE and unknown:
        check = unknown[0]
        why = one_line(check.why)
        return "INCONCLUSIVE", f"cannot be judged on {check_label(check)}: {why}"
    word = "INCONCLUSIVE" if record.verdict is None else record.verdict.value.upper()
    return word, "cannot be judged: there is nothing to hold against a budget"


def _within(record: Record) -> str:
    warned = [check for check in record.checks if check.passed is False]
    if not warned:
        return "stays within every budget"
    told = " and ".join(
        f"{check_label(check)} ({difference(check)})" for check in warned
    )
    return f"stays within the budgets that fail it; over one that only warns: {told}"


def _beside(comparison: Comparison, passed: str) -> tuple[str, str, Tone]:
    """Return what to say of a run within its budgets that has a base."""
    if comparison.verdict == "passed":
        return "PASSED", f"{passed}, and is no regression", "good"
    if comparison.verdict == "inconclusive":
        told = f"{passed}, but cannot be held against the base"
        return "INCONCLUSIVE", told, "unsure"
    worse = [each.name for each in comparison.changes if each.trend == "regression"]
    told = f"{passed}, but takes more than the base may grow: {', '.join(worse)}"
    return "REGRESSION", told, "bad"


def _exceeded(record: Record) -> str:
    over = [check for check in record.checks if is_exceeded(check)]
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
    if run.stopped_early is not None:
        return "STOPPED EARLY", f"was stopped {after}: {_lost(run.stopped_early)}"
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


def _lost(stop: StoppedEarly) -> str:
    """Return which budget could not be kept any more, and how that was known."""
    if stop.check == "memory.task":
        return (
            f"it took {figure(stop.at_least, 'bytes')} of memory, over its budget of "
            f"{figure(stop.limit, 'bytes')}"
        )
    done = format_count(stop.rows_done)
    of = "" if stop.rows_total is None else f" of {format_count(stop.rows_total)}"
    return (
        f"after {done}{of} rows it was sure to take {figure(stop.at_least, 'seconds')} "
        f"or more, over its budget of {figure(stop.limit, 'seconds')}"
    )


def error_line(run: Run) -> str:
    """Return what the task raised, in one line."""
    if run.error is None:
        return "an error"
    message = one_line(run.error.message, ERROR_LIMIT)
    name = one_line(run.error.type, 100)
    return f"{name}: {message}" if message else name
