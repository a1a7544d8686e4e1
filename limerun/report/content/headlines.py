"""The headline of a record: the verdict as a word and a sentence. Pure."""

from dataclasses import dataclass
from typing import Literal

from limerun.records import (
    INTERRUPTED,
    Check,
    Comparison,
    Improvement,
    Lint,
    Record,
    Run,
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
from limerun.report.content.contention_text import predicted_span
from limerun.report.content.ending_text import error_line, killed_text
from limerun.report.content.estimate import growth_headline
from limerun.report.content.improvement_text import improvement_sentence
from limerun.report.content.resilience_text import resilience_headline
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import (
    config_value,
    duration,
    error_findings,
    figure,
    shown_run,
    task_name,
    timed_run,
)
from limerun.units import format_count

Tone = Literal["good", "bad", "unsure", "neutral"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The verdict as a word and a sentence."""

    word: str
    sentence: str
    tone: Tone


def verdict_sentence(record: Record) -> str:
    """Return the verdict as one line: the word, then the reason."""
    line = headline(record)
    return f"{line.word}  {line.sentence}"


def headline(record: Record) -> Headline:
    """Return the most important result of a record."""
    run = shown_run(record)
    tone: Tone
    if record.problem is not None:
        word, tone = _UNRUN.get(record.verdict, ("NOT RUN", "bad"))
        verb = "read" if record.command == "lint" else "run"
        sentence = f"could not be {verb}: {one_line(record.problem, 600)}"
    elif run is not None and not run.is_done:
        word, sentence = _ending(record, run)
        unsure = record.verdict is Verdict.INCONCLUSIVE
        tone = "unsure" if unsure else "bad"
        sentence += _at_size(record) + _of_all_rows(run)
    elif (answer := _of_command(record)) is not None:
        word, sentence, tone = answer
    elif record.growth is not None:
        word, sentence, tone = growth_headline(record, record.growth)
    elif record.exit_code in INTERRUPTED:
        timed = timed_run(record)
        after = f" after {duration(timed.duration_seconds)}" if timed else ""
        word, tone = "INTERRUPTED", "unsure"
        sentence = f"returned{after}; limerun was interrupted before it finished"
    else:
        word, sentence, tone = _returned(record, run)
    if word in _WITHOUT_FAULT and (warnings := _warnings(record)):
        word += ", 1 warning" if warnings == 1 else f", {warnings} warnings"
        tone = "unsure" if tone == "good" else tone
    return Headline(word=word, sentence=f"{task_name(record)} {sentence}", tone=tone)


def _of_command(record: Record) -> tuple[str, str, Tone] | None:
    """Return what `lint`, `improve` or `resilience` found; None for other commands."""
    if record.lint is not None:
        return _linted(record, record.lint)
    if record.exit_code in INTERRUPTED:
        return None
    if record.improvement is not None:
        return _improved(record, record.improvement)
    if record.resilience is not None:
        word, sentence = resilience_headline(record, record.resilience)
        return word, sentence, _TONES[record.verdict]
    return None


def _improved(record: Record, improvement: Improvement) -> tuple[str, str, Tone]:
    """Return word, sentence and tone for a task that `limerun improve` changed."""
    sentence = improvement_sentence(improvement)
    if not improvement.applied:
        return "NOT IMPROVED", sentence, "unsure"
    if record.verdict is Verdict.PASSED:
        return "IMPROVED", f"{sentence}; with the patch, it {_within(record)}", "good"
    if record.verdict is Verdict.FAILED:
        sentence = f"{sentence}; with the patch, it still {_exceeded(record)}"
    return "IMPROVED", sentence, "unsure"


def _returned(record: Record, run: Run | None) -> tuple[str, str, Tone]:
    """Return word, sentence and tone of a task that returned."""
    word, sentence = _judged(record, run)
    tone = _TONES[record.verdict]
    if tone == "good" and any(check.passed is False for check in record.checks):
        tone = "unsure"
    if record.verdict is Verdict.PASSED and record.comparison is not None:
        return _compared(record.comparison, sentence)
    return word, sentence, tone


def _at_size(record: Record) -> str:
    growth = record.growth
    if growth is None or growth.ended_at_rows is None:
        return ""
    return f", at {format_count(growth.ended_at_rows)} rows"


def _of_all_rows(run: Run) -> str:
    span = predicted_span(run)
    return f"; all rows are predicted to take {span}" if span else ""


_WITHOUT_FAULT = frozenset({"PASSED", "RAN", "PROFILED", "WITHIN", "PREDICTED WITHIN"})


def _warnings(record: Record) -> int:
    """Return the number of warnings; a budget and its finding count as one warning."""
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


def _linted(record: Record, lint: Lint) -> tuple[str, str, Tone]:
    """Return word, sentence and tone for code that was read."""
    tasks, files = len(lint.tasks), len(lint.files)
    read = (
        f"{format_count(tasks)} task{'s' * (tasks != 1)} in {format_count(files)} "
        f"file{'s' * (files != 1)}"
    )
    is_failed = record.verdict is Verdict.FAILED
    found = error_findings(record) if is_failed else "has no finding at level error"
    if ", " in record.task.name:  # several places
        found = f"have{found.removeprefix('has')}"
    word = "FAILED" if is_failed else "PASSED"
    return word, f"{found} ({read})", _TONES[record.verdict]


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
        return word, f"returned after {took}; no budget was checked"
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
    return word, "cannot be judged: there is no figure to compare with a budget"


def _within(record: Record) -> str:
    exceeded = [check for check in record.checks if check.passed is False]
    if not exceeded:
        return "stays within every budget"
    labels = " and ".join(
        f"{check_label(check)} ({difference(check)})" for check in exceeded
    )
    return f"exceeds only budgets at level warning: {labels}"


def _compared(comparison: Comparison, passed: str) -> tuple[str, str, Tone]:
    """Return the word, sentence and tone for a passed run with a baseline."""
    if comparison.verdict == "passed":
        short = any(
            each.trend == "too short" and each.allowed is not None
            for each in comparison.changes
        )
        ends = "; its duration is too short to judge" if short else ""
        return "PASSED", f"{passed} and has no regression{ends}", "good"
    if comparison.verdict == "inconclusive":
        sentence = f"{passed}, but cannot be compared with the baseline"
        return "INCONCLUSIVE", sentence, "unsure"
    worse = [each.name for each in comparison.changes if each.trend == "regression"]
    effect = comparison.effect
    if effect is not None and effect.judged and effect.trend == "different":
        worse.append("another effect")
    sentence = f"{passed}, but is worse than the baseline: {', '.join(worse)}"
    return "REGRESSION", sentence, "bad"


def _exceeded(record: Record) -> str:
    over = [check for check in record.checks if is_exceeded(check)]
    if not over:
        return error_findings(record)
    first, *others = over
    limit = limit_figure(first)
    sentence = f"{_takes(first)}: {difference(first)} its budget of {limit}"
    if first.name == "limits.task":
        sentence = f"{one_line(first.why, 60)} of {limit}"
    if not others:
        return sentence
    labels = " and ".join(check_label(check) for check in others)
    return f"{sentence}; also over budget: {labels}"


def _takes(check: Check) -> str:
    amount = actual_figure(check)
    phrases = {
        "memory.task": f"uses {amount} of memory",
        "memory.handler": f"makes its handler use {amount} of memory",
        "duration.budget": f"takes {amount}",
        "speed.queries": f"sends {amount} queries per row",
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
                f"reached its hard time limit of {hard} and was killed"
            )
        limit = record.config.values.get("timeout")
        allowed = f" (timeout: {config_value(record, 'timeout')})" if limit else ""
        return "OUT OF TIME", f"did not finish in time and was stopped {after}{allowed}"
    if run.ending == "killed":
        return killed_text(record, run, after)
    if run.ending == "crashed":
        signal = f" with {one_line(run.signal)}" if run.signal else ""
        return "CRASHED", f"crashed{signal} {after}"
    if run.ending == "exited":
        status = "" if run.exit_status is None else f" with status {run.exit_status}"
        return "EXITED", f"exited{status} {after}"
    return "RAISED", f"raised {error_line(run)} {after}"
