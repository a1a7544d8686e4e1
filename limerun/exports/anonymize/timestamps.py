"""Convert dates and times to numbers, and numbers back to the same format. Pure.

They may be stored as Arrow dates, timestamps or text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.exports.value_maps.permutations import Numbers
from limerun.exports.value_maps.same_shape import scramble_texts

DAY_SECONDS = 86_400
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_PARTS = (
    r"^(?P<day>\d{4}-\d{2}-\d{2})(?P<between>[T ])(?P<minute>\d{2}:\d{2})"
    r"(?P<second>:\d{2})?(?P<fraction>\.\d+)?(?P<zone>Z|[+-].*)?$"
)
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamps:
    """Dates as days since 1970, or times as seconds since then in UTC."""

    unit: Literal["day", "second"]
    numbers: Numbers
    write: Callable[[Numbers, Numbers], pa.Array]
    """Writes other numbers in the same format; random numbers set the fractions of
    seconds."""


def read_timestamps(values: pa.Array) -> Timestamps:
    """Return dates or times without null as numbers."""
    if pa.types.is_timestamp(values.type):
        return _timestamps(values)
    if pa.types.is_date(values.type) or _are_dates(values):
        return _dates(values)
    return _texts(values.cast(pa.string()))


def _are_dates(texts: pa.Array) -> bool:
    lengths = pc.utf8_length(texts.cast(pa.string()))
    return bool(pc.all(pc.equal(lengths, len("2000-01-01"))).as_py())


def _dates(values: pa.Array) -> Timestamps:
    plain = values if pa.types.is_date(values.type) else values.cast(pa.string())
    days = plain.cast(pa.date32()).cast(pa.int32()).to_numpy()

    def write(numbers: Numbers, drawn: Numbers) -> pa.Array:
        return pa.array(numbers.astype(np.int32)).cast(pa.date32()).cast(plain.type)

    return Timestamps(unit="day", numbers=days.astype(np.int64), write=write)


def _timestamps(values: pa.Array) -> Timestamps:
    unit = _PER_SECOND[values.type.unit]
    seconds, parts = np.divmod(values.cast(pa.int64()).to_numpy(), unit)

    def write(numbers: Numbers, drawn: Numbers) -> pa.Array:
        moved = numbers * unit + np.where(parts, drawn % unit, 0)
        return pa.array(moved).cast(values.type)

    return Timestamps(unit="second", numbers=seconds, write=write)


def _texts(texts: pa.StringArray) -> Timestamps:
    parts = pc.extract_regex(texts, pattern=_PARTS)
    day, between, minute, second, fraction, zone = (parts.field(at) for at in range(6))
    to_minute = pc.equal(second, "")
    clock = pc.binary_join_element_wise(
        minute, pc.if_else(to_minute, ":00", second), ""
    )
    local = pc.binary_join_element_wise(day, clock, " ").cast(pa.timestamp("s"))
    ahead = _seconds_ahead(zone)

    def write(numbers: Numbers, drawn: Numbers) -> pa.Array:
        moved = pa.array(numbers + ahead).cast(pa.timestamp("s")).cast(pa.string())
        rest = pc.if_else(to_minute, "", pc.utf8_slice_codeunits(moved, 16, 19))
        kept = pc.match_substring_regex(fraction, r"^\.?0*$")
        return pc.binary_join_element_wise(
            pc.utf8_slice_codeunits(moved, 0, 10),
            between,
            pc.utf8_slice_codeunits(moved, 11, 16),
            rest,
            pc.if_else(
                kept, fraction, scramble_texts(fraction, drawn.astype(np.uint64))
            ),
            zone,
            "",
        )

    numbers = local.cast(pa.int64()).to_numpy() - ahead
    return Timestamps(unit="second", numbers=numbers, write=write)


def _seconds_ahead(zones: pa.StringArray) -> Numbers:
    """Return the offset of each time zone from UTC."""
    coded = zones.dictionary_encode()
    ahead = []
    for zone in coded.dictionary.to_pylist():
        match = _ZONE.match(zone)
        minutes = int(match[2]) * 60 + int(match[3] or 0) if match else 0
        ahead.append((-60 if match and match[1] == "-" else 60) * minutes)
    offsets: Numbers = np.array(ahead, np.int64)[coded.indices.to_numpy()]
    return offsets
