"""Say what a run that was stopped early means for its checks. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from limerun.judge.checks import within
from limerun.records import Check, Run
from limerun.units import format_count, format_duration, format_size


def with_stops(checks: Sequence[Check], runs: Sequence[Run]) -> tuple[Check, ...]:
    """Return checks in which the budget that ended a run is exceeded.

    Its figure is what the whole run would have taken at the least.
    """
    stopped = {
        run.stopped_early.check: run.stopped_early
        for run in runs
        if run.stopped_early is not None
    }
    told = []
    for check in checks:
        stop = stopped.get(check.name)  # type: ignore[call-overload] # any name may be asked for
        if stop is None or within(stop.at_least, check.limit):
            told.append(check)
            continue
        show = format_size if check.unit == "bytes" else format_duration
        done = format_count(stop.rows_done)
        of = "" if stop.rows_total is None else f" of {format_count(stop.rows_total)}"
        told.append(
            replace(
                check,
                actual=max(stop.at_least, check.actual or 0.0),
                passed=False,
                why=f"stopped early after {done}{of} rows: at least "
                f"{show(stop.at_least)} for all of them",
            )
        )
    return tuple(told)
