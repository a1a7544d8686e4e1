"""Turn a profile into the shapes of a page. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limerun.records import Profile, TimeProfile
from limerun.report.content.profile_sentences import alive_limetypes
from limerun.report.content.safe_text import one_line
from limerun.report.webpage.axis import Mark, clock_marks, marks
from limerun.report.webpage.memory_chart import clock
from limerun.report.webpage.time_parts import TimeShare, profiled_shares_of
from limerun.units import format_count, format_duration, format_size

_BANDS = 8
_LIMETYPES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A segment over time: intervals of the run, each with the share that it took."""

    name: str
    text: str
    stretches: tuple[tuple[float, float, float], ...]
    """The start, width and filled share of each interval, all from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One limetype's objects over time, as a path in thousandths."""

    name: str
    text: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """The charts of a profile's page."""

    duration: str
    shares: tuple[TimeShare, ...]
    bands: tuple[Band, ...]
    memory: str
    """The curve of resident memory above the bands, as a path in thousandths."""
    memory_text: str
    objects: tuple[Line, ...]
    objects_top: tuple[Mark, ...]
    time_marks: tuple[Mark, ...]


def profile_view(profile: Profile) -> ProfileView:
    """Return the charts of a profile's page."""
    time = profile.time
    objects, top = _objects(time) if time else ((), ())
    memory, memory_text = _memory(time) if time else ("", "")
    return ProfileView(
        duration=format_duration(time.duration_seconds) if time else "",
        shares=tuple(profiled_shares_of(time)) if time else (),
        bands=tuple(_bands(time)) if time else (),
        memory=memory,
        memory_text=memory_text,
        objects=objects,
        objects_top=top,
        time_marks=clock_marks(time.duration_seconds, 6, clock) if time else (),
    )


def _bands(time: TimeProfile) -> Iterator[Band]:
    if not time.duration_seconds > 0 or not time.band_seconds > 0:
        return
    if not any(band.name for band in time.bands):
        return  # the task names no segment
    width = time.band_seconds / time.duration_seconds
    for band in time.bands[:_BANDS]:
        yield Band(
            name=one_line(band.name, 60) or "outside the segments",
            text=format_duration(sum(band.seconds)),
            stretches=tuple(
                (index * width, width, min(1.0, seconds / time.band_seconds))
                for index, seconds in enumerate(band.seconds)
                if seconds > 0 and index * width < 1
            ),
        )


def _memory(time: TimeProfile) -> tuple[str, str]:
    times, sizes = time.series.t_seconds, time.series.rss_bytes
    baseline = time.baseline_bytes
    if len(times) < 2 or baseline is None or not time.duration_seconds > 0:
        return "", ""
    above = [max(0, size - baseline) for size in sizes]
    top = max(above)
    if not top:
        return "", ""
    points = _points(times, above, time.duration_seconds, top)
    return points, f"at most {format_size(top)} above the idle worker"


def _objects(time: TimeProfile) -> tuple[tuple[Line, ...], tuple[Mark, ...]]:
    at = time.objects_at_seconds
    shown = alive_limetypes(time)[:_LIMETYPES]
    if len(at) < 2 or not shown or not time.duration_seconds > 0:
        return (), ()
    top = max(max(each.alive) for each in shown)
    lines = tuple(
        Line(
            name=one_line(each.limetype, 60),
            text=f"at most {format_count(max(each.alive))}",
            path=_points(at, each.alive, time.duration_seconds, top),
        )
        for each in shown
    )
    return lines, marks(top, 3, lambda value: format_count(round(value)))[1:]


def _points(
    times: Sequence[float], values: Sequence[float], seconds: float, top: float
) -> str:
    pairs = zip(times, values, strict=False)
    return "M" + "L".join(
        f"{at / seconds * 1000:.1f} {1000 - value / top * 1000:.1f}"
        for at, value in pairs
    )
