"""One column decided: its kind guessed or given, and every option read. Pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from limerun.dataset.design.column_kinds import KINDS, read_options
from limerun.dataset.design.distinct_limits import least_length
from limerun.dataset.design.kind_guesses import genders_of, guess
from limerun.dataset.design.kind_model import KindModel
from limerun.dataset.design.layout import Column
from limerun.dataset.design.mistakes import unknown
from limerun.dataset.design.option_limits import check_options, natural_type
from limerun.dataset.words.identity_formats import IDENTITIES
from limerun.errors import DatasetError
from limerun.storage import TIME_TYPES

_AMPLE = 10
"""Characters that hold the number of any row."""
_USUALLY = {"decimal": "lognormal", "integer": "uniform"}
"""The distribution of numbers that are not below zero, and may repeat."""
_DECIDES_WHEN = {"from", "to", "after", "distribution", "cardinality", "unique"}
"""Options with any of which a time is not put after another unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRequest:
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


def decide_column(request: ColumnRequest) -> Column:
    """Return the column as it will be made.

    Raises:
        DatasetError: A kind, an option or its value cannot be.
    """
    name, said, because = _kind_of(request)
    if not isinstance(name, str) or name not in KINDS:
        raise unknown(request.where, "kind", name, KINDS)
    kind = KINDS[name]
    type = kind.natural if request.type == "untyped" else request.type
    if type not in kind.makes:
        raise _misfit(request, name, type)
    options = _options(request, name, said)
    if request.type == "untyped":
        type = natural_type(type, options)
    unique = options.pop("unique")
    if "unique" not in said and name == "sequence" and not options["cardinality"]:
        # Its numbers never come twice; a guessed one may be cut, though.
        unique = because == "given" or (request.length or _AMPLE) >= _AMPLE
    distinct = bool(unique) or _may_be_distinct(kind, type, options)
    if name in _USUALLY:
        bounded = options["min"] >= 0 and not distinct
        options["distribution"] = options["distribution"] or (
            _USUALLY[name] if bounded else "uniform"
        )
    column = Column(
        name=request.name,
        type=type,
        kind=name,
        null_rate=options.pop("null_rate"),
        options=options,
        unique=bool(unique),
        length=request.length,
        related=request.related if name == "belongsto" else None,
        distinct=distinct,
        because=because,
    )
    _check(request, kind, column, said)
    return column


def _kind_of(request: ColumnRequest) -> tuple[object, Mapping[str, Any], str]:
    """Return the kind that was given or is guessed, its options, and why it is so."""
    said = dict(request.said)
    if "kind" in said:
        return said.pop("kind"), said, "given"
    about = (request.table, request.name, request.label, request.type)
    name, options, because = next(
        each for each in guess(*about, request.beside) if _fits(request, each.kind)
    )
    found = {**options, **said}
    if name == "gender" and not {"female", "male"} & said.keys() and request.choices:
        genders = genders_of(request.choices) or ("", "")
        found["female"], found["male"] = genders
    can_wait = "after" in KINDS[name].model_fields and not said.keys() & _DECIDES_WHEN
    if request.start is not None and can_wait:
        found["after"] = request.start
    return name, found, because


def _fits(request: ColumnRequest, kind: str) -> bool:
    """Return whether a guessed kind has room, and words for the options that there are."""
    if kind == "gender" and request.choices:
        return genders_of(request.choices) is not None
    return request.length is None or request.length >= least_length(
        kind, request.locale
    )


def _may_be_distinct(
    kind: type[KindModel], type: str, options: Mapping[str, Any]
) -> bool:
    """Return whether each of the values that share rows differs from the others."""
    return (
        options.get("cardinality") is not None
        and kind.can_be_unique
        and (options.get("distribution") or "uniform") == "uniform"
        and type not in TIME_TYPES - {"date", "time"}
    )


def _options(
    request: ColumnRequest, name: str, said: Mapping[str, Any]
) -> dict[str, Any]:
    """Return every option's value; a property's own keys are a choice's options."""
    if request.choices and said.get("options") is None:
        has_keys = "options" in KINDS[name].model_fields
        said = {**said, "options": request.choices} if has_keys else said
    read = read_options(KINDS[name], said, where=request.where, what=name)
    options = read.by_name()
    if name == "text":
        options["length"] = _longest_text(request, said, options)
    return options


def _longest_text(
    request: ColumnRequest, said: Mapping[str, Any], options: Mapping[str, Any]
) -> int:
    """Return how many characters a text has at most."""
    longest: int = options["length"]
    if options["max"] is not None:
        longest = options["max"]
    elif options["mean"] is not None:
        longest = options["mean"] + 3 * options["spread"]
    if request.length is not None and longest > request.length:
        if said.keys() & {"length", "max", "mean"}:
            raise DatasetError(
                f"{request.where}: texts of up to {longest} characters would be cut, as "
                f"the property holds {request.length}"
            )
        longest = request.length
    return longest


def _misfit(request: ColumnRequest, kind: str, type: str) -> DatasetError:
    fitting = ", ".join(name for name, each in KINDS.items() if type in each.makes)
    return DatasetError(
        f"{request.where}: kind {kind} cannot make values of type {type}; "
        f"these can: {fitting or 'none'}"
    )


def _check(
    request: ColumnRequest,
    kind: type[KindModel],
    column: Column,
    said: Mapping[str, Any],
) -> None:
    if column.unique and not kind.can_be_unique:
        able = ", ".join(name for name, each in KINDS.items() if each.can_be_unique)
        raise DatasetError(
            f"{request.where}: values of kind {column.kind} cannot be unique; "
            f"those of {able} can"
        )
    if request.required and (column.null_rate or column.kind == "null"):
        raise DatasetError(
            f"{request.where}: the property is required, so it cannot be null; "
            "leave null_rate out, or required"
        )
    if request.choices and column.kind in ("choice", "set"):
        for key in column.options["options"]:  # type: ignore[attr-defined]  # texts
            if key not in request.choices:
                raise unknown(request.where, "option key", key, request.choices)
    least = least_length(column.kind, request.locale)
    if request.length is not None and request.length < least:
        raise DatasetError(
            f"{request.where}: a value of kind {column.kind} needs {least} characters, "
            f"but the property holds {request.length}"
        )
    if said.get("foreign_rate") and not IDENTITIES[request.locale].has_foreign:
        raise DatasetError(
            f"{request.where}: foreign_rate has no effect, as {request.locale} has no "
            f"{IDENTITIES[request.locale].name} of another kind for foreigners"
        )
    check_options(request.where, column, request.choices)
