"""The verdict in a word and a sentence: how it ended, what it exceeded. Pure."""

from dataclasses import dataclass
from typing import Literal

from limerun.records import (
    INTERRUPTED,
    Check,
    Comparison,
    Record,
    Run,
    StoppedEarly,
    Verdict,
)
from limerun.report.content.check_text import (
    actual_figure,
    check_label,
    difference,
    is_exceeded,
    is_warning,
    limit_figure,
)
from limerun.report.content.estimate import growth_headline
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import (
    ERROR_LIMIT,
    config_value,
    duration,
    figure,
    shown_run,
    task_name,
    timed_run,
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
    tone: Tone
    if record.problem is not None:
        word, tone = _UNRUN.get(record.verdict, ("NOT RUN", "bad"))
        sentence = f"could not be run: {one_line(record.problem, 600)}"
    elif run is not None and not run.is_done:
        word, sentence = _ending(record, run)
        unsure = record.verdict is Verdict.INCONCLUSIVE
        tone = "unsure" if unsure else "bad"
        sentence += _on_ladder(record)
    elif record.growth is not None:
        word, sentence, tone = growth_headline(record, record.growth)
    elif record.exit_code in INTERRUPTED:
        timed = timed_run(record)
        after = f" after {duration(timed.duration_seconds)}" if timed else ""
        word, tone = "INTERRUPTED", "unsure"
        sentence = f"returned{after}; limerun was interrupted before all was done"
    else:
        word, sentence = _judged(record, run)
        tone = _TONES[record.verdict]
        if tone == "good" and any(check.passed is False for check in record.checks):
            tone = "unsure"
        if record.verdict is Verdict.PASSED and record.comparison is not None:
            word, sentence, tone = _beside(record.comparison, sentence)
    if word in _WITHOUT_FAULT and (warnings := _warnings(record)):
        word += ", 1 warning" if warnings == 1 else f", {warnings} warnings"
        tone = "unsure" if tone == "good" else tone
    return Headline(word=word, sentence=f"{task_name(record)} {sentence}", tone=tone)


def _on_ladder(record: Record) -> str:
    growth = record.growth
    if growth is None or growth.ended_at_rows is None:
        return ""
    return f", on the ladder's {format_count(growth.ended_at_rows)} rows"


_WITHOUT_FAULT = frozenset({"PASSED", "RAN", "PROFILED", "WITHIN", "PREDICTED WITHIN"})


def _warnings(record: Record) -> int:
    """Return how many findings and budgets warn; one that both warn of counts once."""
    rules = [each.rule for each in record.findings if each.level == "warning"]
    checks = {check.name for check in record.checks if is_warning(check)}
    return len(rules) + len(checks.difference(rules))


_TONES: dict[Verdict | None, Tone] = {
    Verdict.PASSED: "good",
    Verdict.FAILED: "bad",
    Verdict.ERROR: "bad",
    Verdict.KILLED: "bad",
    Verdict.TIMEOUT: "bad",
    Verdict.INCONCLUSIVE: "unsure",
    None: "neutral",
}


_UNRUN: dict[Verdict | None, tuple[str, Tone]] = {
    Verdict.TIMEOUT: ("OUT OF TIME", "bad"),
    Verdict.INCONCLUSIVE: ("INCONCLUSIVE", "unsure"),
}


# --- how it ended ------------------------------------------------------------------


def _judged(record: Record, run: Run | None) -> tuple[str, str]:
    if record.verdict is Verdict.PASSED:
        return "PASSED", _within(record)
    if record.verdict is Verdict.FAILED:
        return "FAILED", _exceeded(record)
    if record.verdict is None and run is not None:
        word = "PROFILED" if record.command == "profile" else "RAN"
        timed = timed_run(record) or run
        took = duration(timed.duration_seconds)
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
    limit = limit_figure(first)
    sentence = f"{_takes(first)}: {difference(first)} its budget of {limit}"
    if first.name == "limits.task":
        sentence = f"{one_line(first.why, 60)} of {limit}"
    if not others:
        return sentence
    labels = " and ".join(check_label(check) for check in others)
    return f"{sentence}; over budget too: {labels}"


def _takes(check: Check) -> str:
    amount = actual_figure(check)
    phrases = {
        "memory.task": f"takes {amount} of memory",
        "memory.handler": f"brings its handler to {amount} of memory",
        "duration.budget": f"takes {amount}",
        "speed.queries": f"sends {amount} queries a row",
    }
    return phrases.get(check.name, f"takes {amount} ({check_label(check)})")


def _ending(record: Record, run: Run) -> tuple[str, str]:
    after = f"after {duration(run.duration_seconds)}"
    if run.not_run is not None:
        return "INCONCLUSIVE", (
            f"{one_line(run.not_run, 300)}, so its work was not measured"
        )
    if run.ending == "timeout":
        limits = run.time_limits
        if run.killed_because == "time_limit" and limits is not None:
            hard = figure(limits.hard_seconds, "seconds")
            return "OUT OF TIME", (
                f"ran into the hard time limit of the task, {hard}, and was killed"
            )
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
    if run.killed_because == "watcher_lost":
        return "INCONCLUSIVE", (
            f"could not be watched to its end: limerun's watcher was stopped or killed "
            f"{after}"
        )
    if run.killed_because == "stuck":
        return "INCONCLUSIVE", (
            f"returned {after}, but its process then neither answered nor ended"
        )
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
            f"it took {figure(stop.at_least, 'bytes', stop.limit)} of memory, over its budget of "
            f"{figure(stop.limit, 'bytes', stop.at_least)}"
        )
    done = format_count(stop.rows_done)
    of = "" if stop.rows_total is None else f" of {format_count(stop.rows_total)}"
    return (
        f"after {done}{of} rows it was sure to take "
        f"{figure(stop.at_least, 'seconds', stop.limit)} or more, over its budget of "
        f"{figure(stop.limit, 'seconds', stop.at_least)}"
    )


def error_line(run: Run) -> str:
    """Return what the task raised, in one line."""
    if run.error is None:
        return "an error"
    message = one_line(run.error.message, ERROR_LIMIT)
    name = one_line(run.error.type, 100)
    return f"{name}: {message}" if message else name
