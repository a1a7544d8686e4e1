"""The facts of an estimate: growth, max rows within budget, and accuracy. Pure."""

from collections.abc import Iterator, Sequence

from limerun.records import (
    Growth,
    GrowthPart,
    MaxRows,
)
from limerun.report.content.database_text import (
    influence_lines,
    input_row,
    memory_in_database,
    runs_lines,
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
"""Each kind of growth: the factor that doubling the rows stays below, and its name."""
_STEEPEST_LAW = "grows with the square of the rows"
_LEAST_SHARE = 0.05


def growth_facts(growth: Growth) -> Iterator[tuple[str, str]]:
    """Yield a label and a line for each fact about growth, limits and accuracy."""
    if growth.doubling is not None:
        yield "growth", f"twice the rows take {times(growth.doubling)} as long"
        yield from (("", line) for line in _parts(growth.parts))
        yield from (("", line) for line in influence_lines(growth))
    memory = _memory(growth)
    if memory:
        yield "memory", memory
    for label, max_rows in zip(_once("max rows"), growth.max_rows, strict=False):
        yield label, _max_rows(max_rows)
    if growth.regime is not None:
        yield (
            "change",
            f"from about {format_count(growth.regime.from_rows)} rows, it takes "
            f"{times(growth.regime.factor)} as long as smaller sizes suggest",
        )
    yield "sizes", _sizes(growth)
    yield from (("", line) for line in runs_lines(growth))
    for name, share in (growth.overlaps or {}).items():
        yield (
            "",
            f"{one_line(name, 40)}: overlap {share:.2g} at every size, less than "
            f"configured: the database has too few rows for more at "
            f"{format_count(growth.to_rows)} rows",
        )
    yield "noise", _noise(growth)


def _once(label: str) -> Iterator[str]:
    yield label
    while True:
        yield ""


def times(factor: float) -> str:
    """Return a factor as text: "3.9 times"."""
    return (
        f"{factor:.1f} times"
        if factor < 100
        else f"{format_count(round(factor))} times"
    )


def _parts(parts: Sequence[GrowthPart]) -> Iterator[str]:
    for part in parts:
        if part.name == "memory" or (part.share or 0.0) < _LEAST_SHARE:
            continue
        share = f"{(part.share or 0.0) * 100:.0f} % {_PARTS[part.name]}"
        yield (
            share if part.doubling is None else f"{share}, which {_law(part.doubling)}"
        )


def _law(doubling: float) -> str:
    return next((law for most, law in _LAWS if doubling < most), _STEEPEST_LAW)


def _memory(growth: Growth) -> str:
    of_database, per_object = memory_in_database(growth)
    for part in growth.parts:
        if part.name != "memory":
            continue
        each = part.terms.get("n", 0.0)
        always = max(0.0, part.terms.get("1", 0.0) - of_database)
        rates = [per_object] if per_object else []
        if each >= 1:
            rates.insert(
                0, f"{format_count(round(each))} bytes per {input_row(growth)}"
            )
        if not rates:
            return f"{format_size(always)} at any number of rows"
        text = " and ".join(rates)
        return f"{format_size(always)} plus {text}" if always else text
    return ""


def _max_rows(max_rows: MaxRows) -> str:
    limit = amount(max_rows.limit, max_rows.unit)
    label = {"duration.budget": "duration", "memory.task": "task memory"}.get(
        max_rows.name, one_line(max_rows.name, 40)
    )
    text = f"{label} stays within {limit}"
    if max_rows.low_rows is None:
        return f"{text} at any size that can be predicted"
    low = roughly(max_rows.low_rows)
    high = None if max_rows.high_rows is None else roughly(max_rows.high_rows)
    bounds = f"at least {low}" if high is None else f"{low} to {high}"
    if max_rows.likely_rows is None:
        return f"{text} up to {bounds} rows"
    return f"{text} up to about {roughly(max_rows.likely_rows)} rows ({bounds})"


def _sizes(growth: Growth) -> str:
    took = f"{format_count(len(growth.runs))} runs in {format_duration(growth.seconds)}"
    if not growth.size_points:
        return f"{one_line(growth.grow, 60)}: {took}"
    first, top = growth.size_points[0].rows, growth.size_points[-1].rows
    text = (
        f"{one_line(growth.grow, 60)} from {format_count(first)} to "
        f"{format_count(top)} rows, {took}"
    )
    if 0 < top < growth.to_rows:
        text += (
            f"; {format_count(growth.to_rows)} is {times(growth.to_rows / top)} that"
        )
    return text


def _noise(growth: Growth) -> str:
    noise = growth.noise
    parts = []
    if noise.calibration_moved is not None:
        parts.append(
            f"the calibration loop's time varied by {noise.calibration_moved * 100:.0f} %"
        )
    if noise.duration_spread is not None:
        parts.append(
            f"the durations of one size vary by {noise.duration_spread * 100:.0f} %"
        )
    if not parts:
        return "unknown"
    wider = f"time ranges are up to {noise.widening:.1f} times wider at both ends"
    verdict = wider if noise.reasons else "steady enough"
    return f"{'; '.join(parts)}: {verdict}"
