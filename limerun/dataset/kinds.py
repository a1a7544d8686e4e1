"""The kinds of column: what each makes, and the options that it takes. A table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from limerun.dataset import options as read
from limerun.dataset.patterns import read_pattern
from limerun.storage import (
    PROPERTY_TYPES,
    RELATION_TYPES,
    REMOTE_TYPES,
    TEXT_TYPES,
    TIME_TYPES,
)

DISTRIBUTIONS = ("uniform", "normal", "lognormal", "exponential")


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
    unless: tuple[str, ...] = ()
    """Other options beside any of which this one has no effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to make values."""

    makes: Makes
    natural: str
    """The property type of a source's own column of this kind."""
    options: Mapping[str, Option] = field(default_factory=dict)
    can_be_unique: bool = False
    is_drawn: bool = True
    """Whether its values are drawn by themselves, and not made from other columns."""


COMMON = {
    "null_rate": Option(reader=read.share, default=0.0),
    "unique": Option(reader=read.flag, default=False),
}
"""The options of every kind whose values differ."""

REPEATED = {
    "cardinality": Option(reader=read.whole(1, 10**9)),
    "skew": Option(reader=read.skew, default=0.0, wants="cardinality"),
}
"""The options of every kind whose values are drawn by themselves."""

FIRST_MOMENT = read.moment("2016-01-01")
LAST_MOMENT = read.moment("2026-01-01")
FIRST_BIRTH = read.moment("1940-01-01")
LAST_BIRTH = read.moment("2006-01-01")
"""Fixed, not read from a clock: the same values on every day."""


def options_of(kind: Kind) -> dict[str, Option]:
    """Return every option that a kind takes."""
    return {**COMMON, **(REPEATED if kind.is_drawn else {}), **kind.options}


def _words(*, unique: bool = True, is_drawn: bool = True) -> Kind:
    return Kind(
        makes=Makes.TEXT, natural="string", can_be_unique=unique, is_drawn=is_drawn
    )


def _numbers(least: Option, most: Option, **more: Option) -> dict[str, Option]:
    distribution = Option(reader=read.one_of(*DISTRIBUTIONS))
    return {"min": least, "max": most, **more, "distribution": distribution}


def _moments(natural: str, **more: Option) -> Kind:
    return Kind(
        makes=Makes.MOMENT,
        natural=natural,
        options={
            "from": Option(reader=read.moment, default=FIRST_MOMENT, unless=("after",)),
            "to": Option(reader=read.moment, default=LAST_MOMENT, unless=("after",)),
            "after": Option(reader=read.text, unless=("cardinality",)),
            "within_days": Option(
                reader=read.whole(1, 40_000), default=730, wants="after"
            ),
            "distribution": Option(
                reader=read.one_of("uniform", "recent"), unless=("after",)
            ),
            "weekdays": Option(reader=read.flag, default=False),
            **more,
        },
        can_be_unique=True,
    )


_PLENTY = read.whole(1, 1_000_000)
_ANY = Option(reader=lambda value: value, needed=True)

KINDS: dict[str, Kind] = {
    "firstname": _words(),
    "lastname": _words(),
    "fullname": _words(unique=False, is_drawn=False),
    "gender": Kind(
        makes=Makes.KEY,
        natural="string",
        options={
            "female": Option(reader=read.text, default="female"),
            "male": Option(reader=read.text, default="male"),
        },
        is_drawn=False,
    ),
    "birthdate": Kind(
        makes=Makes.MOMENT,
        natural="date",
        options={
            "from": Option(reader=read.moment, default=FIRST_BIRTH),
            "to": Option(reader=read.moment, default=LAST_BIRTH),
        },
        is_drawn=False,
    ),
    "nationalid": Kind(
        makes=Makes.TEXT,
        natural="string",
        options={"foreign_rate": Option(reader=read.share, default=0.0)},
        can_be_unique=True,
        is_drawn=False,
    ),
    "email": _words(is_drawn=False),
    "phone": _words(),
    "company": _words(),
    "street": _words(),
    "postalcode": _words(),
    "city": _words(),
    "country": _words(),
    "link": _words(is_drawn=False),
    "registrationno": _words(),
    "position": _words(),
    "subject": _words(),
    "text": Kind(
        makes=Makes.TEXT,
        natural="text",
        options={
            "length": Option(reader=_PLENTY, default=200, unless=("max", "mean")),
            "min": Option(reader=_PLENTY, wants="max", unless=("mean",)),
            "max": Option(reader=_PLENTY, wants="min", unless=("mean",)),
            "mean": Option(reader=_PLENTY, wants="spread"),
            "spread": Option(reader=_PLENTY, wants="mean"),
        },
    ),
    "template": Kind(
        makes=Makes.TEXT,
        natural="string",
        options={"template": Option(reader=read_pattern, needed=True)},
        can_be_unique=True,
        is_drawn=False,
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
            "weights": Option(reader=read.weights, unless=("skew",)),
            "skew": Option(reader=read.skew),
        },
        is_drawn=False,
    ),
    "set": Kind(
        makes=Makes.KEYS,
        natural="string",
        options={"options": Option(reader=read.texts, needed=True)},
        is_drawn=False,
    ),
    "constant": Kind(
        makes=Makes.VALUE, natural="string", options={"value": _ANY}, is_drawn=False
    ),
    "null": Kind(makes=Makes.NOTHING, natural="string", is_drawn=False),
    "integer": Kind(
        makes=Makes.WHOLE,
        natural="integer",
        options=_numbers(
            Option(reader=read.whole(), default=0),
            Option(reader=read.whole(), default=1_000),
        ),
        can_be_unique=True,
    ),
    "decimal": Kind(
        makes=Makes.REAL,
        natural="decimal",
        options=_numbers(
            Option(reader=read.number, default=100),
            Option(reader=read.number, default=5_000_000),
            decimals=Option(reader=read.whole(0, 6), default=2),
        ),
        can_be_unique=True,
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
        is_drawn=False,
    ),
    "date": _moments("date"),
    "time": _moments("time", hours=Option(reader=read.hours)),
    "belongsto": Kind(
        makes=Makes.REFERENCE,
        natural="belongsto",
        options={
            # Zipf's exponent: half the weight of an even one by default; 0 is even.
            "skew": Option(reader=read.skew, default=0.5, unless=("children",)),
            "children": Option(reader=read.children),
        },
        is_drawn=False,
    ),
    "user": Kind(makes=Makes.USER, natural="user", is_drawn=False),
}
