"""Turn the clock's readings into the table of where the time goes. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from limerun.records import (
    FunctionTime,
    LimetypeAlive,
    Location,
    Run,
    SegmentBand,
    SegmentTime,
    TimeKind,
    TimePart,
    TimeProfile,
)

_FUNCTIONS = 8
_LEAST_SHARE = 0.01
_LEAST_ELSEWHERE = 0.01
"""CPU seconds to ignore: threads of libraries always use a little."""
_HOOKED: tuple[TimeKind, ...] = ("database", "http", "sources")


def time_profile_of(
    seen: Mapping[str, Any], run: Run, functions: Sequence[Sequence[Any]]
) -> TimeProfile:
    """Return the table, whose parts add up to the duration.

    Args:
        seen: What the clock measured: `parts`, `bands`, `objects`, `cpu_elsewhere`.
        run: The run that it watched.
        functions: The user's functions with the seconds that the CPU instrument
            measured: the time of the task's own code is divided in proportion to them.
    """
    parts = seen["parts"]
    mine = [part for part in parts if not part[_ELSEWHERE]]
    seconds = _seconds_by_kind(mine)
    _divide_waiting(seconds, seen.get("cpu_elsewhere", {}))
    duration = sum(seconds.values())
    objects = seen.get("objects") or {"at": [], "alive": {}}
    return TimeProfile(
        duration_seconds=duration,
        parts=tuple(
            TimePart(
                kind=kind,
                seconds=each,
                share=each / duration if duration else 0.0,
                calls=_calls(mine, kind),
            )
            for kind, each in sorted(seconds.items(), key=lambda item: -item[1])
            if each > 0
        ),
        functions=tuple(
            _functions(functions, seconds["own"] + seconds.get("threads", 0.0))
        ),
        segments=tuple(_segments(parts)),
        baseline_bytes=run.memory.baseline_bytes,
        series=run.series,
        band_seconds=seen["band_seconds"],
        bands=tuple(
            SegmentBand(name=name, seconds=tuple(each)) for name, each in seen["bands"]
        ),
        objects_at_seconds=tuple(objects["at"]),
        objects=tuple(
            LimetypeAlive(limetype=name, alive=tuple(counts))
            for name, counts in objects["alive"].items()
        ),
        cpu_wait_seconds=seen.get("cpu_wait_seconds"),
    )


_NAME, _DEPTH, _KIND, _CALLS, _WALL, _CPU, _ELSEWHERE = range(7)


def _seconds_by_kind(parts: Sequence[Any]) -> dict[TimeKind, float]:
    seconds: dict[TimeKind, float] = {"own": 0.0, "waiting": 0.0}
    for part in parts:
        if part[_KIND] == "own":
            waiting = _waiting(part)
            seconds["waiting"] += waiting
            seconds["own"] += part[_WALL] - waiting
        else:
            seconds[part[_KIND]] = seconds.get(part[_KIND], 0.0) + part[_WALL]
    return seconds


_ELSEWHERE_KINDS: tuple[TimeKind, ...] = ("threads", "processes")


def _divide_waiting(
    seconds: dict[TimeKind, float], cpu_elsewhere: Mapping[str, float]
) -> None:
    """Subtract from the waiting time the time in which other threads or processes ran.

    How long both overlapped is unknown, so the longest possible time is subtracted.
    """
    for kind in _ELSEWHERE_KINDS:
        computed = min(cpu_elsewhere.get(kind, 0.0), seconds["waiting"])
        if computed >= _LEAST_ELSEWHERE:
            seconds[kind] = computed
            seconds["waiting"] -= computed


def _waiting(part: Sequence[Any]) -> float:
    """Return the time in which the code of one part used no CPU."""
    return max(0.0, float(part[_WALL]) - float(part[_CPU]))


def _calls(parts: Sequence[Any], kind: TimeKind) -> int | None:
    if kind not in _HOOKED:
        return None
    return sum(int(part[_CALLS]) for part in parts if part[_KIND] == kind)


def _functions(
    functions: Sequence[Sequence[Any]], own_seconds: float
) -> Iterator[FunctionTime]:
    whole = sum(seconds for *_, seconds in functions)
    for file, line, function, seconds in functions[:_FUNCTIONS]:
        share = seconds / whole if whole else 0.0
        if share >= _LEAST_SHARE:
            yield FunctionTime(
                location=Location(file=file, line=line, function=function or None),
                seconds=own_seconds * share,
                share=share,
            )


def _segments(parts: Sequence[Any]) -> Iterator[SegmentTime]:
    """Yield the segments that the task names, if any."""
    if all(not part[_NAME] or part[_KIND] != "own" for part in parts):
        return
    for index, part in enumerate(parts):
        idle = not part[_NAME] and part[_WALL] == 0
        if part[_KIND] != "own" or idle:
            continue
        hooked = dict.fromkeys(_HOOKED, 0.0)
        for other in _kinds_of(parts, index):
            hooked[other[_KIND]] += other[_WALL]
        yield SegmentTime(
            name=part[_NAME],
            depth=part[_DEPTH],
            calls=part[_CALLS],
            seconds=sum(each[_WALL] for each in _within(parts, index)),
            own_seconds=part[_WALL] + sum(hooked.values()),
            database_seconds=hooked["database"],
            http_seconds=hooked["http"],
            sources_seconds=hooked["sources"],
            waiting_seconds=_waiting(part),
            other_thread=part[_ELSEWHERE],
        )


def _within(parts: Sequence[Any], index: int) -> Iterator[Any]:
    """Yield a segment and all segments opened within it."""
    depth = parts[index][_DEPTH]
    yield parts[index]
    for part in parts[index + 1 :]:
        if part[_KIND] == "own" and part[_DEPTH] <= depth:
            return
        yield part


def _kinds_of(parts: Sequence[Any], index: int) -> Iterator[Any]:
    """Yield the other kinds of work that were done directly inside a segment."""
    for part in parts[index + 1 :]:
        if part[_KIND] == "own":
            return
        yield part
