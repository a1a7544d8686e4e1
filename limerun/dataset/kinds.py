"""The kinds of column: what each makes, and the options that it takes. A table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from limerun.dataset import options as read
from limerun.storage import (
    PROPERTY_TYPES,
    RELATION_TYPES,
    REMOTE_TYPES,
    TEXT_TYPES,
    TIME_TYPES,
)


class Makes(Enum):
    """What the values of a kind are; the property types that can hold them."""

    TEXT = TEXT_TYPES
    KEY = frozenset({"option"}) | TEXT_TYPES
    KEYS = frozenset({"set"})
    WHOLE = frozenset({"integer", "decimal", "percent", "user"}) | TEXT_TYPES
    REAL = frozenset({"decimal", "percent"})
    YESNO = frozenset({"yesno", "integer"})
    MOMENT = TIME_TYPES
    REFERENCE = frozenset({"belongsto"})
    USER = frozenset({"user"})
    VALUE = PROPERTY_TYPES - RELATION_TYPES - {"system"}
    NOTHING = PROPERTY_TYPES - REMOTE_TYPES - {"hasandbelongstomany", "system"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of a kind."""

    reader: read.Reader
    default: Any = None
    needed: bool = False
    wants: str | None = None
    """Another option without which this one has no effect."""
    unless: str | None = None
    """Another option beside which this one has no effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to make values."""

    makes: Makes
    natural: str
    """The property type of a source's own column of this kind."""
    options: Mapping[str, Option] = field(default_factory=dict)
    can_be_unique: bool = False


COMMON = {
    "null_rate": Option(reader=read.share, default=0.0),
    "unique": Option(reader=read.flag, default=False),
}
"""The options of every kind."""

FIRST_MOMENT = read.moment("2016-01-01")
LAST_MOMENT = read.moment("2026-01-01")
"""Fixed, not read from a clock: the same values on every day."""

_DISTRIBUTION = Option(reader=read.one_of("lognormal", "uniform"))


def _words(*, unique: bool = False) -> Kind:
    return Kind(makes=Makes.TEXT, natural="string", can_be_unique=unique)


def _moments(natural: str) -> Kind:
    return Kind(
        makes=Makes.MOMENT,
        natural=natural,
        options={
            "from": Option(reader=read.moment, default=FIRST_MOMENT, unless="after"),
            "to": Option(reader=read.moment, default=LAST_MOMENT, unless="after"),
            "after": Option(reader=read.text),
            "within_days": Option(
                reader=read.whole(1, 40_000), default=730, wants="after"
            ),
        },
    )


KINDS: dict[str, Kind] = {
    "firstname": _words(),
    "lastname": _words(),
    "fullname": _words(),
    "email": _words(unique=True),
    "phone": _words(unique=True),
    "company": _words(),
    "street": _words(),
    "postalcode": _words(),
    "city": _words(),
    "country": _words(),
    "link": _words(unique=True),
    "registrationno": _words(unique=True),
    "position": _words(),
    "subject": _words(),
    "text": Kind(
        makes=Makes.TEXT,
        natural="text",
        options={
            "length": Option(reader=read.whole(1, 1_000_000), default=200),
        },
    ),
    "sequence": Kind(
        makes=Makes.WHOLE,
        natural="integer",
        options={
            "format": Option(reader=read.template),
            "start": Option(reader=read.whole(0, 10**15), default=1),
        },
        can_be_unique=True,
    ),
    "choice": Kind(
        makes=Makes.KEY,
        natural="string",
        options={
            "options": Option(reader=read.texts, needed=True),
            "weights": Option(reader=read.weights),
        },
    ),
    "set": Kind(
        makes=Makes.KEYS,
        natural="string",
        options={"options": Option(reader=read.texts, needed=True)},
    ),
    "constant": Kind(
        makes=Makes.VALUE,
        natural="string",
        options={"value": Option(reader=lambda value: value, needed=True)},
    ),
    "null": Kind(makes=Makes.NOTHING, natural="string"),
    "integer": Kind(
        makes=Makes.WHOLE,
        natural="integer",
        options={
            "min": Option(reader=read.whole(), default=0),
            "max": Option(reader=read.whole(), default=1_000),
        },
        can_be_unique=True,
    ),
    "decimal": Kind(
        makes=Makes.REAL,
        natural="decimal",
        options={
            "min": Option(reader=read.number, default=100),
            "max": Option(reader=read.number, default=5_000_000),
            "decimals": Option(reader=read.whole(0, 6), default=2),
            "distribution": _DISTRIBUTION,
        },
    ),
    "percent": Kind(
        makes=Makes.REAL,
        natural="percent",
        options={
            "min": Option(reader=read.whole(0, 100), default=0),
            "max": Option(reader=read.whole(0, 100), default=100),
            "step": Option(reader=read.whole(1, 100), default=5),
        },
    ),
    "yesno": Kind(
        makes=Makes.YESNO,
        natural="yesno",
        options={"rate": Option(reader=read.share, default=0.5)},
    ),
    "date": _moments("date"),
    "time": _moments("time"),
    "belongsto": Kind(
        makes=Makes.REFERENCE,
        natural="belongsto",
        options={
            # Zipf's exponent: half the weight of an even one by default; 0 is even.
            "skew": Option(reader=read.skew, default=0.5, unless="children"),
            "children": Option(reader=read.bounds),
        },
    ),
    "user": Kind(makes=Makes.USER, natural="user"),
}
