"""Judge what a task logged, revealed and swallowed. Pure."""

from collections.abc import Iterator, Sequence

from limerun.records import Finding, Leak, Level, Run, Task
from limerun.records.rules import make_finding, place_of
from limerun.units import format_count

_ENOUGH_ROWS = 20
_LINE_PER_ROW = 0.9
_PLACES = {
    "log": "the log",
    "stdout": "stdout",
    "stderr": "stderr",
    "error": "the text of the exception",
    "result": "the return value",
}


def log_findings(task: Task, runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield the findings about what the task logged, and about sensitive data in it."""
    if runs:
        yield from _flow(task, runs[0])
        yield from _volume(runs[0])
    yield from proven_findings(runs)


def proven_findings(runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield the findings about swallowed exceptions and revealed data of the runs."""
    yield from swallowed_findings(runs)
    yield from sensitive_findings(runs)


def swallowed_findings(runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield a finding for each handler that swallowed exceptions.

    Args:
        runs: Those that may have counted them; the first that did is judged.
    """
    counted = (run.swallowed for run in runs if run.swallowed is not None)
    for each in next(counted, ()):
        types = ", ".join(
            f"{name} {_times(count)}" if len(each.by_type) > 1 else name
            for name, count in each.by_type.items()
        )
        yield make_finding(
            "log.exceptions",
            "warning",
            "Exceptions were swallowed",
            "The handler neither logs, counts, re-raises nor returns anything. It "
            f"swallowed {format_count(each.count)} "
            f"exception{'s' * (each.count > 1)}: {types}.",
            each.location,
        )


def sensitive_findings(runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield one finding for each secret or column, and each place that reveals it."""
    seen = set()
    for run in runs:
        for leak in run.leaks or ():
            key = (leak.column or leak.what, leak.place, leak.location)
            if key not in seen:
                seen.add(key)
                yield _sensitive(leak)


def _flow(task: Task, run: Run) -> Iterator[Finding]:
    """Yield a finding if a task ran to its end but did not log its start or end."""
    log = run.log
    if log is None or not run.is_done or log.before_rows is None:
        return
    if log.info_lines and log.before_rows and log.after_rows:
        return
    if not log.info_lines:
        title, detail = (
            "The task logs nothing",
            "It logged no line at level INFO or above",
        )
    elif not log.before_rows:
        title, detail = (
            "The task does not log its start",
            "It logged no line before its first row",
        )
    else:
        title, detail = (
            "The task does not log its end",
            "It logged no line after its last row",
        )
    yield make_finding(
        "log.flow",
        "warning",
        title,
        f"{detail} (lines in total: {format_count(log.info_lines)}).",
        place_of(task),
    )


def _volume(run: Run) -> Iterator[Finding]:
    """Yield a note if the task logged about one line per row at INFO or above."""
    log, rows = run.log, run.rows_processed or run.rows_high or 0
    if log is None or rows < _ENOUGH_ROWS or log.info_lines < _LINE_PER_ROW * rows:
        return
    call = next((each for each in log.repeated if each.level != "DEBUG"), None)
    seconds = run.duration_seconds or 0.0
    share = f" Logging took {min(1.0, log.seconds / seconds):.0%}" if seconds else ""
    share = f"{share.replace('%', ' %')} of the time." if share else ""
    yield make_finding(
        "log.volume",
        "note",
        "The task logs a line per row",
        f"{format_count(log.info_lines)} lines at level INFO and above for "
        f"{format_count(rows)} rows.{share}",
        call.location if call else None,
    )


def _sensitive(leak: Leak) -> Finding:
    times = f"found {_times(leak.occurrences)}{_logger(leak)}."
    if leak.kind == "credential":
        title = f"A secret of the config or environment is in {_PLACES[leak.place]}"
        detail = f"The value of {leak.what} was {times}"
    else:
        title = f"Personal values are in {_PLACES[leak.place]}: {leak.column}"
        more = leak.values - 1
        others = (
            f" and {format_count(more)} more value{'s' * (more > 1)}" if more else ""
        )
        detail = f"{leak.what}{others}: {times}"
    level: Level = "error" if leak.kind == "credential" else "warning"
    return make_finding("log.sensitive", level, title, detail, leak.location)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{format_count(count)} times"


def _logger(leak: Leak) -> str:
    return f", by the logger {leak.logger}" if leak.logger else ""
