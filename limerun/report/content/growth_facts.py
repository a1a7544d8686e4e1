"""The facts of an estimate: how it grows, how far it reaches, how sure that is. Pure."""

from collections.abc import Iterator, Sequence

from limerun.records import (
    Growth,
    GrowthPart,
    MaxRows,
)
from limerun.report.content.estimate import amount, roughly
from limerun.report.content.safe_text import one_line
from limerun.units import format_count, format_duration, format_size

_PARTS = {"cpu": "CPU", "database": "database", "wait": "waiting"}
_LAWS = (
    (1.2, "hardly grows"),
    (1.8, "grows slower than the rows"),
    (2.3, "grows with the rows"),
    (3.0, "grows faster than the rows"),
)
"""What twice the rows take, at the most, and what that is called."""
_STEEPEST_LAW = "grows with the square of the rows"
_WORTH_TELLING = 0.05


def growth_facts(growth: Growth) -> Iterator[tuple[str, str]]:
    """Yield how it grows, how far it reaches, and how sure that is; label and line."""
    if growth.doubling is not None:
        yield "growth", f"twice the rows take {times(growth.doubling)} as long"
        yield from (("", line) for line in _parts(growth.parts))
    memory = _memory(growth.parts)
    if memory:
        yield "memory", memory
    for label, reach in zip(_once("reach"), growth.max_rows, strict=False):
        yield label, _reach(reach)
    if growth.regime is not None:
        yield (
            "change",
            f"from about {format_count(growth.regime.from_rows)} rows on it takes "
            f"{times(growth.regime.factor)} as long as smaller sizes let expect",
        )
    yield "ladder", _ladder(growth)
    for name, share in (growth.overlaps or {}).items():
        yield (
            "",
            f"{one_line(name, 40)}: an overlap of {share:.2g} at every size, less than "
            f"the config's: for more the database has too few rows at "
            f"{format_count(growth.to_rows)}",
        )
    yield "noise", _noise(growth)


def _once(label: str) -> Iterator[str]:
    yield label
    while True:
        yield ""


def times(factor: float) -> str:
    """Return a factor in words: "3.9 times"."""
    return (
        f"{factor:.1f} times"
        if factor < 100
        else f"{format_count(round(factor))} times"
    )


def _parts(parts: Sequence[GrowthPart]) -> Iterator[str]:
    for part in parts:
        if part.name == "memory" or (part.share or 0.0) < _WORTH_TELLING:
            continue
        share = f"{(part.share or 0.0) * 100:.0f} % {_PARTS[part.name]}"
        yield (
            share if part.doubling is None else f"{share}, which {_law(part.doubling)}"
        )


def _law(doubling: float) -> str:
    return next((law for most, law in _LAWS if doubling < most), _STEEPEST_LAW)


def _memory(parts: Sequence[GrowthPart]) -> str:
    for part in parts:
        if part.name != "memory":
            continue
        each, always = part.terms.get("n", 0.0), part.terms.get("1", 0.0)
        if each < 1:
            return f"{format_size(always)} however many rows"
        told = f"{format_count(round(each))} bytes a row"
        return f"{told}, and {format_size(always)} always" if always else told
    return ""


def _reach(reach: MaxRows) -> str:
    limit = amount(reach.limit, reach.unit)
    within = f"of {limit}" if reach.unit == "bytes" else limit
    what = {"duration.budget": "a duration of", "memory.task": "a memory"}.get(
        reach.name, one_line(reach.name, 40)
    )
    if reach.low_rows is None:
        return f"{what} {within} is kept at any size that can be told"
    most = " rows or more"
    if reach.high_rows is not None:
        most = f" to {roughly(reach.high_rows)} rows"
    likely = ""
    if reach.likely_rows is not None:
        likely = f", likely {roughly(reach.likely_rows)}"
    return f"{what} {within} is kept up to {roughly(reach.low_rows)}{most}{likely}"


def _ladder(growth: Growth) -> str:
    took = f"{format_count(len(growth.runs))} runs in {format_duration(growth.seconds)}"
    if not growth.size_points:
        return f"{one_line(growth.grow, 60)}: {took}"
    first, top = growth.size_points[0].rows, growth.size_points[-1].rows
    told = (
        f"{one_line(growth.grow, 60)} from {format_count(first)} to "
        f"{format_count(top)} rows, {took}"
    )
    if 0 < top < growth.to_rows:
        told += f"; {times(growth.to_rows / top)} that is asked for"
    return told


def _noise(growth: Growth) -> str:
    noise = growth.noise
    told = []
    if noise.calibration_moved is not None:
        told.append(
            f"a fixed loop's time moved by {noise.calibration_moved * 100:.0f} %"
        )
    if noise.duration_spread is not None:
        told.append(f"runs of one size differed {noise.duration_spread:.2f}-fold")
    if not told:
        return "not known"
    verdict = "too much to judge times" if noise.reasons else "little enough"
    return f"{'; '.join(told)}: {verdict}"
