"""Define how properties of each type accept, convert and store values.

A `ValueKind` converts a caller's value to the object's value (`accept`), and the
object's value to the database's value and back (`storer`, `loader`). The platform's
text, number, yesno and option columns are not nullable, so NULL counts as their empty
value.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lime_errors import InvalidValueError, UnsupportedError
from lime_type.iso_times import UTC, parse_iso
from lime_type.options import Option

if TYPE_CHECKING:
    from lime_type.properties import Property

Convert = Callable[[Any], Any]


def _same(_prop: "Property") -> Convert | None:
    return None


def _itself(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueKind:
    """The rules for values of one or several property types."""

    accept: Callable[["Property", Any], Any]
    """Converts a caller's value to the object's value; raises an error for other
    types."""
    default: Callable[["Property"], Any]
    """Returns the value of a new object: the declared default, or empty."""
    empty: Any = None
    """The value of a property that was not set."""
    nullable: bool = True
    """False if NULL in the database counts as the empty value."""
    loader: Callable[["Property"], Convert | None] = _same
    """Returns the function that converts stored values to the object's; None: no
    conversion."""
    storer: Callable[["Property"], Convert | None] = _same
    """Returns the function that converts the object's values to stored; None: no
    conversion."""
    queried: Callable[["Property"], Convert | None] = _same
    """Returns the function that converts stored values to a query's; None: no
    conversion."""
    plain: Convert = _itself
    """Converts an object's value to plain data."""


def wrong_type(prop: "Property", value: object, wanted: str) -> InvalidValueError:
    """Return the error for a value of the wrong type, without showing the value."""
    return InvalidValueError(
        f'property "{prop.name}" of type {prop.type} takes {wanted}, '
        f"not {type(value).__name__}"
    )


# --- text and numbers ------------------------------------------------------------


def _accept_text(prop: "Property", value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise wrong_type(prop, value, "text")


def _default_text(prop: "Property") -> str:
    return "" if prop.defaultvalue is None else str(prop.defaultvalue)


def _accept_integer(prop: "Property", value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, int | float | Decimal) and value == value // 1:
        return int(value)
    raise wrong_type(prop, value, "a whole number")


def _default_integer(prop: "Property") -> int:
    return int(prop.defaultvalue or 0)


def _accept_number(prop: "Property", value: Any) -> float:
    if value is None:
        return 0.0
    if isinstance(value, int | float | Decimal):
        return float(value)
    raise wrong_type(prop, value, "a number")


def _default_number(prop: "Property") -> float:
    return float(prop.defaultvalue or 0.0)


def _accept_yes_no(prop: "Property", value: Any) -> bool:
    if value is None or value in (True, False):
        return bool(value)
    raise wrong_type(prop, value, "True or False")


def _default_yes_no(prop: "Property") -> bool:
    return str(prop.defaultvalue).lower() in ("1", "true", "yes")


# --- references: the ids of users, files and objects -----------------------------


def _accept_reference(prop: "Property", value: Any) -> int | None:
    if value is None or type(value) is int:
        return value
    related = getattr(value, "id", None)
    if type(related) is int:
        return related
    raise wrong_type(prop, value, "an id, or a saved object that has one")


def _no_default(_prop: "Property") -> None:
    return None


# --- times -----------------------------------------------------------------------


def read_time(text: str) -> datetime:
    """Return the time of a stored text, which is in UTC."""
    return datetime.fromisoformat(text + "+00:00")


def stored_time(moment: datetime) -> str:
    """Return a time in its stored form: UTC, with microseconds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _accept_time(prop: "Property", value: Any) -> datetime | None:
    """Return a time with a time zone; a naive time is in this machine's zone."""
    wanted = "a time or its ISO 8601 text"
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = parse_iso(value)
        except ValueError:
            raise wrong_type(prop, value, wanted) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise wrong_type(prop, value, wanted)
    return value if value.tzinfo is not None else value.astimezone()


def _default_time(prop: "Property") -> datetime | None:
    if str(prop.defaultvalue).lower() == "getdate()":
        return datetime.now(UTC)
    return _accept_time(prop, prop.defaultvalue or None)


# --- options ---------------------------------------------------------------------


def _accept_option(prop: "Property", value: Any) -> Option:
    if value is None:
        return prop.options.empty
    if isinstance(value, Option):
        return prop.options.by_key(value.key)
    if isinstance(value, str):
        raise UnsupportedError(
            f'assigning text to the option property "{prop.name}": whether the '
            "platform takes a key here is undocumented; use set_by_key, or assign one "
            "of its options"
        )
    raise wrong_type(prop, value, "one of its options")


def _default_option(prop: "Property") -> Option:
    key = prop.defaultvalue
    return prop.options.empty if key in (None, "") else prop.options.by_key(str(key))


def _option_key(option: Option) -> str | None:
    """Return the option's key; None for an `empty` option that is not declared."""
    return option.key if option.id or option.inactive else None


def _query_option(prop: "Property") -> Convert:
    empty = prop.options.empty.key
    return lambda key: key or empty


def _accept_set(prop: "Property", value: Any) -> tuple[Option, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise wrong_type(prop, value, "several options or their keys")
    keys = (each.key if isinstance(each, Option) else each for each in value)
    return tuple(prop.options.by_key(key) for key in keys)


def _read_set(prop: "Property", text: Any) -> tuple[Option, ...]:
    return tuple(prop.options.stored(key) for key in _keys(text))


def _keys(text: Any) -> list[str]:
    return [key for key in str(text or "").split(";") if key]


def _plain_set(options: Iterable[Option]) -> list[str]:
    return [option.key for option in options]


TEXT = ValueKind(accept=_accept_text, default=_default_text, empty="", nullable=False)
INTEGER = ValueKind(
    accept=_accept_integer, default=_default_integer, empty=0, nullable=False
)
NUMBER = ValueKind(
    accept=_accept_number, default=_default_number, empty=0.0, nullable=False
)
YES_NO = ValueKind(
    accept=_accept_yes_no,
    default=_default_yes_no,
    empty=False,
    nullable=False,
    loader=lambda _prop: bool,
    storer=lambda _prop: int,
    queried=lambda _prop: bool,
)
REFERENCE = ValueKind(accept=_accept_reference, default=_no_default)
TIME = ValueKind(
    accept=_accept_time,
    default=_default_time,
    loader=lambda _prop: read_time,
    storer=lambda _prop: stored_time,
    queried=lambda _prop: read_time,
)
OPTION = ValueKind(
    accept=_accept_option,
    default=_default_option,
    nullable=False,
    loader=lambda prop: prop.options.stored,
    storer=lambda _prop: _option_key,
    queried=_query_option,
    plain=lambda option: option.key,
)
SET = ValueKind(
    accept=_accept_set,
    default=lambda prop: _read_set(prop, prop.defaultvalue),
    empty=(),
    nullable=False,
    loader=lambda prop: lambda text: _read_set(prop, text),
    storer=lambda _prop: lambda options: ";".join(_plain_set(options)),
    queried=lambda _prop: _keys,
    plain=_plain_set,
)

KINDS: dict[str, ValueKind] = {
    "string": TEXT,
    "text": TEXT,
    "phone": TEXT,
    "link": TEXT,
    "xml": TEXT,
    "integer": INTEGER,
    "decimal": NUMBER,
    "percent": NUMBER,
    "yesno": YES_NO,
    "time": TIME,
    "date": TIME,
    "year": TIME,
    "quarter": TIME,
    "month": TIME,
    "option": OPTION,
    "set": SET,
    "user": REFERENCE,
    "file": REFERENCE,
    "belongsto": REFERENCE,
}
"""The kinds of values by property type; types that are missing have no column."""
