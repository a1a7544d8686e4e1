"""Decide how to generate a column: its kind, given or guessed, and its options. Pure."""

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

_ROW_DIGITS = 10
"""Maximum number of digits in a row's number."""
_DEFAULT_DISTRIBUTIONS = {"decimal": "lognormal", "integer": "uniform"}
"""Default distributions, by kind, of numbers that are not negative and may repeat."""
_PERIOD_OPTIONS = {"from", "to", "after", "distribution", "cardinality", "unique"}
"""If any of these options is given, limerun does not guess that one time follows
another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRequest:
    """Everything that is known about a column before its kind is decided."""

    table: str
    name: str
    type: str
    """A property type, or "untyped" for a column that is not in the database."""
    settings: Mapping[str, object]
    """The column's kind and options in the config."""
    table_columns: Set[str]
    """The names of all columns of the table."""
    label: str = "none"
    required: bool = False
    length: int | None = None
    choices: tuple[str, ...] = ()
    related: str | None = None
    start: str | None = None
    """The column with the start of the period, if this column is the end of one."""
    locale: str = "sv_SE"

    @property
    def where(self) -> str:
        """The column's name in messages."""
        return f"{self.table}.{self.name}"


def decide_column(request: ColumnRequest) -> Column:
    """Decide how a column is generated.

    Raises:
        DatasetError: A kind, an option or its value is invalid.
    """
    name, settings, because = _kind_of(request)
    if not isinstance(name, str) or name not in KINDS:
        raise unknown(request.where, "kind", name, KINDS)
    kind = KINDS[name]
    type = kind.natural if request.type == "untyped" else request.type
    if type not in kind.makes:
        raise _misfit(request, name, type)
    options = _options(request, name, settings)
    if request.type == "untyped":
        type = natural_type(type, options)
    unique = options.pop("unique")
    if "unique" not in settings and name == "sequence" and not options["cardinality"]:
        # The numbers of a sequence differ, unless a guessed sequence has to be
        # truncated.
        unique = because == "given" or (request.length or _ROW_DIGITS) >= _ROW_DIGITS
    distinct = bool(unique) or _may_be_distinct(kind, type, options)
    if name in _DEFAULT_DISTRIBUTIONS:
        bounded = options["min"] >= 0 and not distinct
        options["distribution"] = options["distribution"] or (
            _DEFAULT_DISTRIBUTIONS[name] if bounded else "uniform"
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
    _check(request, kind, column, settings)
    return column


def _kind_of(request: ColumnRequest) -> tuple[object, Mapping[str, Any], str]:
    """Return the kind, given or guessed, its options, and the reason for the kind."""
    settings = dict(request.settings)
    if "kind" in settings:
        return settings.pop("kind"), settings, "given"
    about = (request.table, request.name, request.label, request.type)
    name, options, because = next(
        each
        for each in guess(*about, request.table_columns)
        if _fits(request, each.kind)
    )
    found = {**options, **settings}
    has_words = bool({"female", "male"} & settings.keys())
    if name == "gender" and not has_words and request.choices:
        genders = genders_of(request.choices) or ("", "")
        found["female"], found["male"] = genders
    is_period = "after" in KINDS[name].model_fields
    is_free = is_period and not settings.keys() & _PERIOD_OPTIONS
    if request.start is not None and is_free:
        found["after"] = request.start
    return name, found, because


def _fits(request: ColumnRequest, kind: str) -> bool:
    """Return whether the values of a guessed kind fit the property."""
    if kind == "gender" and request.choices:
        return genders_of(request.choices) is not None
    return request.length is None or request.length >= least_length(
        kind, request.locale
    )


def _may_be_distinct(
    kind: type[KindModel], type: str, options: Mapping[str, Any]
) -> bool:
    """Return whether a column can have as many distinct values as its cardinality."""
    return (
        options.get("cardinality") is not None
        and kind.can_be_unique
        and (options.get("distribution") or "uniform") == "uniform"
        and type not in TIME_TYPES - {"date", "time"}
    )


def _options(
    request: ColumnRequest, name: str, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the value of every option; a choice gets the property's options."""
    if request.choices and settings.get("options") is None:
        has_keys = "options" in KINDS[name].model_fields
        settings = {**settings, "options": request.choices} if has_keys else settings
    read = read_options(KINDS[name], settings, where=request.where, what=name)
    options = read.by_name()
    if name == "text":
        options["length"] = _longest_text(request, settings, options)
    return options


def _longest_text(
    request: ColumnRequest, settings: Mapping[str, Any], options: Mapping[str, Any]
) -> int:
    """Return the maximum number of characters of a text."""
    longest: int = options["length"]
    if options["max"] is not None:
        longest = options["max"]
    elif options["mean"] is not None:
        longest = options["mean"] + 3 * options["spread"]
    if request.length is not None and longest > request.length:
        if settings.keys() & {"length", "max", "mean"}:
            raise DatasetError(
                f"{request.where}: texts have up to {longest} characters, but the "
                f"property's length is {request.length}; make the texts shorter"
            )
        longest = request.length
    return longest


def _misfit(request: ColumnRequest, kind: str, type: str) -> DatasetError:
    fitting = ", ".join(name for name, each in KINDS.items() if type in each.makes)
    return DatasetError(
        f"{request.where}: kind {kind} cannot generate values of type {type}; kinds "
        f"that can: {fitting or 'none'}"
    )


def _check(
    request: ColumnRequest,
    kind: type[KindModel],
    column: Column,
    settings: Mapping[str, Any],
) -> None:
    if column.unique and not kind.can_be_unique:
        able = ", ".join(name for name, each in KINDS.items() if each.can_be_unique)
        raise DatasetError(
            f"{request.where}: values of kind {column.kind} cannot be unique; "
            f"kinds that can: {able}"
        )
    if request.required and (column.null_rate or column.kind == "null"):
        raise DatasetError(
            f"{request.where}: the property is required, so it cannot be null; "
            "remove null_rate or required"
        )
    if request.choices and column.kind in ("choice", "set"):
        for key in column.options["options"]:  # type: ignore[attr-defined]  # texts
            if key not in request.choices:
                raise unknown(request.where, "option key", key, request.choices)
    least = least_length(column.kind, request.locale)
    if request.length is not None and request.length < least:
        raise DatasetError(
            f"{request.where}: values of kind {column.kind} need {least} characters, "
            f"but the property's length is {request.length}; use another kind"
        )
    if settings.get("foreign_rate") and not IDENTITIES[request.locale].has_foreign:
        raise DatasetError(
            f"{request.where}: foreign_rate has no effect, because {request.locale} "
            f"has no separate {IDENTITIES[request.locale].name} for foreigners; "
            "remove it"
        )
    check_options(request.where, column, request.choices)
