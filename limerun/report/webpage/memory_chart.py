"""Turn the memory of a run into the shapes of a chart. Pure.

Shapes are in thousandths of the chart, x to the right and y downwards, so that a page
can stretch them to any size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limerun.records import Record, Run
from limerun.report.content.sentences import config_value
from limerun.report.webpage.axis import Mark, clock_marks, marks
from limerun.units import format_duration, format_size

SIZE = 1000
"""The chart's width and height in its own units."""
_ROOM = 1.08
"""The chart's height relative to the highest value."""
_SHARE = 4
"""A limit is drawn if it is at most this many times the highest value."""
_CLOSE = 0.07
"""Limits that are closer than this share of the height are drawn as one line."""
LEAST_BYTES = 2_000_000
"""The least height of a chart, so that a few pages of memory do not look large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A horizontal line: a limit."""

    y: float
    at: str
    """The limit's value above the idle worker."""
    texts: tuple[str, ...]
    """The limits at this line, the lowest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryChart:
    """The chart of one run's memory above the idle worker."""

    line: str
    area: str
    over: float | None
    """The height of the chart above the lowest limit; None if no limit is drawn."""
    levels: tuple[Level, ...]
    notes: tuple[str, ...]
    """Explanations of the lines."""
    time_marks: tuple[Mark, ...]
    size_marks: tuple[Mark, ...]
    peak: tuple[float, float]
    peak_index: int
    """The index of the highest point."""
    peak_text: str
    end_text: str | None
    """How the run ended if it did not return, for example "killed after 41 s"."""
    points: tuple[tuple[float, int], ...]
    """Seconds since the start, and bytes above the idle worker."""
    top_bytes: float
    seconds: float
    baseline_bytes: int
    baseline_text: str


def memory_chart_of(record: Record, run: Run) -> MemoryChart | None:
    """Return the chart, or None if there is no curve to show."""
    times, sizes, baseline = _series(run)
    if len(times) < 2 or baseline is None:
        return None
    above = [max(0, size - baseline) for size in sizes]
    begin = times[0]
    span = times[-1] - begin
    highest = max(above)
    if not highest or not span > 0:
        return None
    height = max(highest, LEAST_BYTES)
    limits = [each for each in _limits(record) if 0 < each[0] <= height * _SHARE]
    top = max([height, *(limit for limit, _ in limits)]) * _ROOM
    drawn = [
        ((at - begin) / span * SIZE, _y(size, top))
        for at, size in zip(times, above, strict=True)
    ]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in drawn)
    peak_at = above.index(highest)
    levels = tuple(_levels(limits, top))
    return MemoryChart(
        line=line,
        area=f"{line}L{SIZE} {SIZE}L0 {SIZE}Z",
        over=max((level.y for level in levels), default=None),
        levels=levels,
        notes=tuple(_notes(record, levels)),
        time_marks=clock_marks(span, 6, clock),
        size_marks=marks(top, 5, format_size)[1:],
        peak=drawn[peak_at],
        peak_index=peak_at,
        peak_text=f"{format_size(highest)} at {format_duration(times[peak_at] - begin)}",
        end_text=_end(run),
        points=tuple(
            (round(at - begin, 3), size) for at, size in zip(times, above, strict=True)
        ),
        top_bytes=top,
        seconds=span,
        baseline_bytes=baseline,
        baseline_text=format_size(baseline),
    )


def clock(seconds: float) -> str:
    """Return a time of the run as text for the axis."""
    return format_duration(seconds) if seconds else "0 s"


def _series(run: Run) -> tuple[Sequence[float], Sequence[int], int | None]:
    return run.series.t_seconds, run.series.rss_bytes, run.memory.baseline_bytes


def _y(size: float, top: float) -> float:
    return SIZE - size / top * SIZE


def _limits(record: Record) -> Iterator[tuple[float, str]]:
    """Yield each limit in bytes above the idle worker, with its label."""
    idle = record.config.values.get("budget.idle_baseline")
    for check in record.checks:
        if check.name == "memory.task":
            yield check.limit, f"budget {format_size(check.limit)}"
        elif check.name == "memory.handler" and isinstance(idle, int | float):
            label = f"{_HANDLER} {format_size(check.limit)}"
            yield check.limit - idle, label
    cloud = record.config.values.get("cloud_limit")
    numbers = isinstance(idle, int | float) and isinstance(cloud, int | float)
    if record.config.values.get("environment") == "cloud" and numbers:
        label = f"{_CLOUD} {config_value(record, 'cloud_limit')}"
        yield float(cloud) - float(idle), label  # type: ignore[arg-type]  # numbers


def _levels(limits: Sequence[tuple[float, str]], top: float) -> Iterator[Level]:
    """Yield the lines; limits too close to each other share a line."""
    waiting = sorted(limits, key=lambda each: each[0])
    while waiting:
        lowest = waiting[0][0]
        same = [each for each in waiting if each[0] - lowest < top * _CLOSE]
        waiting = waiting[len(same) :]
        yield Level(
            y=_y(lowest, top),
            at=format_size(lowest),
            texts=tuple(dict.fromkeys(text for _, text in same)),
        )


_CLOUD, _HANDLER = "cloud limit", "handler's limit"


def _notes(record: Record, levels: Sequence[Level]) -> Iterator[str]:
    for level in levels:
        if len(level.texts) > 1:
            yield f"The line at {level.at} stands for: {', '.join(level.texts)}."
    texts = [text for level in levels for text in level.texts]
    if any(text.startswith((_CLOUD, _HANDLER)) for text in texts):
        idle = config_value(record, "budget.idle_baseline")
        yield f"The cloud's and handler's limits include {idle} for the idle handler."


_ENDS = {
    "killed": "killed",
    "timeout": "stopped: out of time",
    "crashed": "crashed",
    "raised": "raised",
    "exited": "exited",
}


def _end(run: Run) -> str | None:
    if run.ending == "returned":
        return None
    word = _ENDS.get(run.ending, run.ending)
    if run.duration_seconds is None:
        return word
    return f"{word} after {format_duration(run.duration_seconds)}"
