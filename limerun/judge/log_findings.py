"""Find credentials and personal values in what a task wrote. Pure."""

from collections.abc import Iterator, Sequence

from limerun.records import Finding, Leak, Level, Run
from limerun.records.rules import make_finding
from limerun.units import format_count

_PLACES = {
    "log": "the log",
    "stdout": "stdout",
    "stderr": "stderr",
    "error": "the text of the exception",
    "result": "the returned value",
}


def log_findings(runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield a finding for each call or output that revealed a column or a secret."""
    seen = set()
    for run in runs:
        for leak in run.leaks or ():
            key = (leak.kind, leak.column, leak.place, leak.location)
            if key not in seen:
                seen.add(key)
                yield _sensitive(leak)


def _sensitive(leak: Leak) -> Finding:
    times = f"found {_times(leak.occurrences)}{_logger(leak)}."
    if leak.kind == "credential":
        title = f"A secret of the config or environment is in {_PLACES[leak.place]}"
        detail = times[0].upper() + times[1:]
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
