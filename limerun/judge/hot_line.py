"""Find the line that takes most of the time, and what the run waits for. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from limerun.records import Finding, InstrumentResult, TimeProfile
from limerun.records.rules import make_finding
from limerun.units import format_count, format_duration

HOT = 0.25
MOSTLY_WAITS = 0.6
"""Above this share of the run's time, the finding says what the run waits for."""
MUCH_ELSEWHERE = 0.1
"""Above this share of the run's time, other threads and processes are mentioned."""
LEAST_SECONDS = 0.1
"""About a hundred stack samples; fewer are no evidence."""
_ELSEWHERE: Mapping[str, str] = {
    "threads": "other threads while the task's own thread waited",
    "processes": "processes that the task started; the profiler does not see their lines",
}


def hot_line_findings(
    instruments: Sequence[InstrumentResult],
    found: Sequence[Finding],
    time: TimeProfile | None,
) -> Iterator[Finding]:
    """Yield the line that takes most of the time, unless it has a finding already."""
    reported = {
        (each.location.file, each.location.line)
        for each in found
        if each.location is not None and each.rule.startswith("speed.")
    }
    for instrument in instruments:
        if instrument.name != "cpu" or not instrument.lines:
            continue
        line = instrument.lines[0]
        new = (line.location.file, line.location.line) not in reported
        if line.share >= HOT and line.amount >= LEAST_SECONDS and new:
            yield make_finding(
                "speed.segments",
                "note",
                f"One line takes {line.share * 100:.0f} % of the time",
                f"{format_duration(line.amount)} of {format_duration(instrument.total)} "
                f"under {instrument.tool}, including everything it calls."
                f"{_waits(time)}",
                line.location,
            )


def _waits(time: TimeProfile | None) -> str:
    """Return a sentence on what the run waits for, if it mostly waits; else ""."""
    parts = () if time is None else time.parts
    elsewhere = [
        part
        for part in parts
        if part.kind in _ELSEWHERE and part.share >= MUCH_ELSEWHERE
    ]
    if elsewhere:
        return "".join(
            f" {format_duration(part.seconds)} of CPU time went to "
            f"{_ELSEWHERE[part.kind]}. Faster code there helps."
            for part in elsewhere
        )
    for part in parts:
        if part.share < MOSTLY_WAITS:
            continue
        share = f"{part.share * 100:.0f} % of the whole run"
        if part.kind == "http" and part.calls:
            each = format_duration(part.seconds / part.calls)
            return (
                f" HTTP takes {share}: {format_count(part.calls)} "
                f"request{'s' * (part.calls != 1)} of {each}. Fewer, larger requests "
                "reduce the wait."
            )
        busy = (time.cpu_wait_seconds or 0.0) if time is not None else 0.0
        if part.kind == "waiting" and part.seconds > 2 * busy:
            return f" {share} is waiting. Faster code will not help; less waiting will."
    return ""
