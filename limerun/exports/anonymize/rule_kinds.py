"""The kinds of rules: what each one does, which columns it fits, and its options."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from limerun.dataset.words.check_digits import CHECKS
from limerun.dataset.words.locales import LOCALES
from limerun.exports.tables import ColumnType
from limerun.exports.value_maps.name_kinds import REPLACED

Uniqueness = Literal["preserved", "probable", "lossy"]
"""How certainly different values stay different."""
Family = Literal["words", "numbers", "integers", "shapes", "amounts"]
"""Columns of the same family can share a domain, and therefore a map."""

_NUMBERS: frozenset[ColumnType] = frozenset({"integer", "decimal"})
_MOMENTS: frozenset[ColumnType] = frozenset({"date", "time"})
_TEXT: frozenset[ColumnType] = frozenset({"text"})
_ALL: frozenset[ColumnType] = (
    _NUMBERS | _MOMENTS | _TEXT | frozenset({"boolean", "json", "binary"})
)

Reader = Callable[[object], Any]
"""Converts a value of the rules to an option's value; ValueError says what is allowed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOption:
    """An option of a rule kind."""

    reader: Reader
    types: frozenset[ColumnType]
    """The column types for which the option has an effect."""
    default: object = None
    needed: bool = False
    is_column: bool = False
    """True if the option names another column of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKind:
    """A way to replace values."""

    does: str
    types: Mapping[ColumnType, Uniqueness]
    """The column types that the kind fits, and whether their values stay different."""
    families: Mapping[ColumnType, Family] = field(default_factory=dict)
    options: Mapping[str, RuleOption] = field(default_factory=dict)


def _one_of(names: Collection[str]) -> Reader:
    def read(value: object) -> str:
        if value not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return str(value)

    return read


def _whole(least: int, most: int) -> Reader:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("must be a whole number")
        if not least <= value <= most:
            raise ValueError(f"must be from {least:,} to {most:,}")
        return value

    return read


def _number(least: float, most: float) -> Reader:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("must be a number")
        if not least <= value <= most:
            raise ValueError(f"must be from {least:g} to {most:g}")
        return value

    return read


def _plain(value: object) -> object:
    if isinstance(value, dict | list) or value is None:
        raise ValueError("must be text, a number or a boolean")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be a name that is not empty")
    return value


def _true(value: object) -> bool:
    if value is not True:
        raise ValueError("must be true; omit it if values must stay different")
    return True


_DUPLICATES = RuleOption(
    reader=_true, types=frozenset({"text", "integer", "binary"}), default=False
)
"""The option that allows a kind to make different values equal."""


def _all(uniqueness: Uniqueness) -> Mapping[ColumnType, Uniqueness]:
    return dict.fromkeys(_ALL, uniqueness)


KINDS: Mapping[str, RuleKind] = {
    "keep": RuleKind(does="values stay as they are", types=_all("preserved")),
    "clear": RuleKind(does="all values become null", types=_all("lossy")),
    "constant": RuleKind(
        does="all values are replaced by one value",
        types=_all("lossy"),
        options={
            "value": RuleOption(reader=_plain, types=_ALL, needed=True),
            "duplicates": _DUPLICATES,
        },
    ),
    "permute": RuleKind(
        does="digits replaced by others, with a keyed permutation",
        types={"text": "preserved", "integer": "preserved"},
        families={"text": "numbers", "integer": "integers"},
        options={"check": RuleOption(reader=_one_of(tuple(CHECKS)), types=_TEXT)},
    ),
    "replace": RuleKind(
        does="other words of the same kind and length",
        types={"text": "preserved"},
        families={"text": "words"},
        options={
            "words": RuleOption(reader=_one_of(REPLACED), types=_TEXT, default="word"),
            "locale": RuleOption(
                reader=_one_of(tuple(LOCALES)), types=_TEXT, default="sv_SE"
            ),
            "gender": RuleOption(reader=_text, types=_TEXT, is_column=True),
        },
    ),
    "email": RuleKind(
        does="the replaced names at a reserved host",
        types={"text": "preserved"},
        families={"text": "words"},
    ),
    "freetext": RuleKind(
        does="every word and number replaced, consistently across columns",
        types={"text": "preserved"},
        families={"text": "words"},
    ),
    "scramble": RuleKind(
        does="other letters and digits in the same shape",
        types={"text": "preserved", "binary": "preserved"},
        families={"text": "shapes", "binary": "shapes"},
    ),
    "noise": RuleKind(
        does="other amounts and dates near the real ones",
        types={
            "integer": "probable",
            "decimal": "probable",
            "date": "lossy",
            "time": "lossy",
        },
        families={"integer": "amounts", "decimal": "amounts"},
        options={
            "percent": RuleOption(reader=_number(0.1, 90), types=_NUMBERS, default=10),
            "days": RuleOption(reader=_whole(1, 36_500), types=_MOMENTS, default=30),
            "per": RuleOption(reader=_text, types=_MOMENTS, is_column=True),
            "duplicates": _DUPLICATES,
        },
    ),
    "generalize": RuleKind(
        does="less exact: a period for a date, a step for a number, or only the "
        "beginning of a text",
        types=dict.fromkeys(_NUMBERS | _MOMENTS | _TEXT, "lossy"),
        options={
            "to": RuleOption(
                reader=_one_of(("year", "quarter", "month")),
                types=_MOMENTS,
                default="year",
            ),
            "step": RuleOption(
                reader=_number(1, 10**12), types=_NUMBERS, default=1_000
            ),
            "first": RuleOption(reader=_whole(0, 1_000), types=_TEXT, default=1),
            "duplicates": _DUPLICATES,
        },
    ),
    "json": RuleKind(
        does="every text and number inside replaced",
        types={"json": "probable"},
        families={"json": "words"},
    ),
}

REFUSED: Mapping[str, str] = {
    "shuffle": "is not a rule, because it keeps every value; use replace, permute or "
    "scramble",
    "hash": "is not a rule, because hashes can be reversed by trying values; use "
    "permute or scramble, which have a key",
    "drop": "is not a rule, because it would change the table; use clear to remove the "
    "values",
}
"""Rules that other tools have, and why limerun does not have them."""

INSTEAD: Mapping[ColumnType, str] = {
    "text": "scramble, permute, replace or clear",
    "binary": "scramble or clear",
    "integer": "permute or clear",
}
"""Rules to suggest for columns that may be keys; amounts, dates and JSON never are.
"""


def option_of(kind: str, name: str, options: Mapping[str, object]) -> Any:
    """Return an option's value, or its default."""
    return options.get(name, KINDS[kind].options[name].default)
