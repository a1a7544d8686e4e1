"""One column decided: its kind guessed or given, and every option read. Pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from limerun.dataset.capacities import least_length
from limerun.dataset.guesses import genders_of, guess
from limerun.dataset.identity_forms import IDENTITIES
from limerun.dataset.kinds import KINDS, Kind, Option, options_of
from limerun.dataset.layout import Column
from limerun.dataset.limits import check_options, natural_type
from limerun.dataset.naming import unknown
from limerun.errors import DatasetError
from limerun.storage import TIME_TYPES

_AMPLE = 10
"""Characters that hold the number of any row."""
_USUALLY = {"decimal": "lognormal", "integer": "uniform"}
"""The distribution of numbers that are not below zero, and may repeat."""
_DECIDES_WHEN = {"from", "to", "after", "distribution", "cardinality", "unique"}
"""Options with any of which a time is not put after another unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is known of a column before it is decided."""

    table: str
    name: str
    type: str
    """A property type, or "untyped" for a source's own column."""
    said: Mapping[str, object]
    """What the config says of it: a kind and options."""
    beside: Set[str]
    """The names of all columns of the table."""
    label: str = "none"
    required: bool = False
    length: int | None = None
    choices: tuple[str, ...] = ()
    related: str | None = None
    start: str | None = None
    """The time before this one, where both their names say so."""
    locale: str = "sv_SE"

    @property
    def where(self) -> str:
        """How the column is called in messages."""
        return f"{self.table}.{self.name}"


def decide_column(wanted: Wanted) -> Column:
    """Return the column as it will be made.

    Raises:
        DatasetError: A kind, an option or its value cannot be.
    """
    name, said, because = _kind_of(wanted)
    if not isinstance(name, str) or name not in KINDS:
        raise unknown(wanted.where, "kind", name, KINDS)
    kind = KINDS[name]
    type = kind.natural if wanted.type == "untyped" else wanted.type
    if type not in kind.makes.value:
        raise _misfit(wanted, name, type)
    options = _options(wanted, name, kind, said)
    if wanted.type == "untyped":
        type = natural_type(type, options)
    unique = options.pop("unique")
    if "unique" not in said and name == "sequence" and not options["cardinality"]:
        # Its numbers never come twice; a guessed one may be cut, though.
        unique = because == "given" or (wanted.length or _AMPLE) >= _AMPLE
    distinct = bool(unique) or _may_be_distinct(kind, type, options)
    if name in _USUALLY:
        bounded = options["min"] >= 0 and not distinct
        options["distribution"] = options["distribution"] or (
            _USUALLY[name] if bounded else "uniform"
        )
    column = Column(
        name=wanted.name,
        type=type,
        kind=name,
        null_rate=options.pop("null_rate"),
        options=options,
        unique=bool(unique),
        length=wanted.length,
        related=wanted.related if name == "belongsto" else None,
        distinct=distinct,
        because=because,
    )
    _check(wanted, kind, column, said)
    return column


def _kind_of(wanted: Wanted) -> tuple[object, Mapping[str, Any], str]:
    """Return the kind that was given or is guessed, its options, and why it is so."""
    said = dict(wanted.said)
    if "kind" in said:
        return said.pop("kind"), said, "given"
    about = (wanted.table, wanted.name, wanted.label, wanted.type)
    name, options, because = next(
        each for each in guess(*about, wanted.beside) if _fits(wanted, each.kind)
    )
    found = {**options, **said}
    if name == "gender" and not {"female", "male"} & said.keys() and wanted.choices:
        genders = genders_of(wanted.choices) or ("", "")
        found["female"], found["male"] = genders
    can_wait = "after" in options_of(KINDS[name]) and not said.keys() & _DECIDES_WHEN
    if wanted.start is not None and can_wait:
        found["after"] = wanted.start
    return name, found, because


def _fits(wanted: Wanted, kind: str) -> bool:
    """Tell whether a guessed kind has room, and words for the options that there are."""
    if kind == "gender" and wanted.choices:
        return genders_of(wanted.choices) is not None
    return wanted.length is None or wanted.length >= least_length(kind, wanted.locale)


def _may_be_distinct(kind: Kind, type: str, options: Mapping[str, Any]) -> bool:
    """Tell whether each of the values that share rows differs from the others."""
    return (
        options.get("cardinality") is not None
        and kind.can_be_unique
        and (options.get("distribution") or "uniform") == "uniform"
        and type not in TIME_TYPES - {"date", "time"}
    )


def _options(
    wanted: Wanted, name: str, kind: Kind, said: Mapping[str, Any]
) -> dict[str, Any]:
    known = options_of(kind)
    for option in said:
        if option not in known:
            raise unknown(wanted.where, f"option of {name}", option, known)
    options: dict[str, Any] = {}
    for option, of in known.items():
        value = said.get(option)
        if option == "options" and value is None and wanted.choices:
            value = wanted.choices
        if value is None and of.needed:
            raise DatasetError(f"{wanted.where}: {name} needs {option}")
        given = value is not None
        options[option] = _read(wanted, option, of, value) if given else of.default
    _refuse_idle(wanted, known, said)
    if name == "text":
        options["length"] = _longest_text(wanted, said, options)
    return options


def _longest_text(
    wanted: Wanted, said: Mapping[str, Any], options: Mapping[str, Any]
) -> int:
    """Return how many characters a text has at most."""
    longest: int = options["length"]
    if options["max"] is not None:
        longest = options["max"]
    elif options["mean"] is not None:
        longest = options["mean"] + 3 * options["spread"]
    if wanted.length is not None and longest > wanted.length:
        if said.keys() & {"length", "max", "mean"}:
            raise DatasetError(
                f"{wanted.where}: texts of up to {longest} characters would be cut, as "
                f"the property holds {wanted.length}"
            )
        longest = wanted.length
    return longest


def _read(wanted: Wanted, option: str, of: Option, value: Any) -> Any:
    try:
        return of.reader(value)
    except ValueError as error:
        raise DatasetError(f"{wanted.where}: {option}: {value!r} {error}") from None


def _refuse_idle(
    wanted: Wanted, known: Mapping[str, Option], said: Mapping[str, Any]
) -> None:
    """Refuse options that would have no effect beside or without another."""
    for option in said:
        of = known[option]
        beside = [other for other in of.unless if other in said]
        if of.wants is not None and of.wants not in said:
            why = f"without {of.wants}"
        elif beside:
            why = f"beside {beside[0]}"
        else:
            continue
        raise DatasetError(f"{wanted.where}: {option} has no effect {why}")


def _misfit(wanted: Wanted, kind: str, type: str) -> DatasetError:
    fitting = ", ".join(
        name for name, each in KINDS.items() if type in each.makes.value
    )
    return DatasetError(
        f"{wanted.where}: kind {kind} cannot make values of type {type}; "
        f"these can: {fitting or 'none'}"
    )


def _check(wanted: Wanted, kind: Kind, column: Column, said: Mapping[str, Any]) -> None:
    if column.unique and not kind.can_be_unique:
        able = ", ".join(name for name, each in KINDS.items() if each.can_be_unique)
        raise DatasetError(
            f"{wanted.where}: values of kind {column.kind} cannot be unique; "
            f"those of {able} can"
        )
    if wanted.required and (column.null_rate or column.kind == "null"):
        raise DatasetError(
            f"{wanted.where}: the property is required, so it cannot be null; "
            "leave null_rate out, or required"
        )
    if wanted.choices and column.kind in ("choice", "set"):
        for key in column.options["options"]:  # type: ignore[attr-defined]  # texts
            if key not in wanted.choices:
                raise unknown(wanted.where, "option key", key, wanted.choices)
    least = least_length(column.kind, wanted.locale)
    if wanted.length is not None and wanted.length < least:
        raise DatasetError(
            f"{wanted.where}: a value of kind {column.kind} needs {least} characters, "
            f"but the property holds {wanted.length}"
        )
    if said.get("foreign_rate") and not IDENTITIES[wanted.locale].has_foreign:
        raise DatasetError(
            f"{wanted.where}: foreign_rate has no effect, as {wanted.locale} has no "
            f"{IDENTITIES[wanted.locale].name} of another kind for foreigners"
        )
    check_options(wanted.where, column, wanted.choices)
