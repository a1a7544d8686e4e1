"""One column decided: its kind guessed or given, and every option read. Pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from limerun.dataset.guesses import guess
from limerun.dataset.kinds import COMMON, KINDS, Kind, Option
from limerun.dataset.layout import Column
from limerun.dataset.limits import check_options, natural_type
from limerun.dataset.naming import unknown
from limerun.errors import DatasetError

_AMPLE = 10
"""Characters that hold the number of any row."""


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

    @property
    def where(self) -> str:
        """How the column is called in messages."""
        return f"{self.table}.{self.name}"


def decide_column(wanted: Wanted) -> Column:
    """Return the column as it will be made.

    Raises:
        DatasetError: A kind, an option or its value cannot be.
    """
    said = dict(wanted.said)
    guessed = guess(wanted.table, wanted.name, wanted.label, wanted.type, wanted.beside)
    name = said.pop("kind", None)
    if name is None:
        name = guessed.kind
        said = {**guessed.options, **said}
        if wanted.start is not None and not said.keys() & {"from", "to", "after"}:
            said["after"] = wanted.start
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
    if "unique" not in said and name == "sequence":
        # Its numbers never come twice; a guessed one may be cut, though.
        unique = "kind" in wanted.said or (wanted.length or _AMPLE) >= _AMPLE
    column = Column(
        name=wanted.name,
        type=type,
        kind=name,
        null_rate=options.pop("null_rate"),
        options=options,
        unique=bool(unique),
        length=wanted.length,
        related=wanted.related if name == "belongsto" else None,
    )
    _check(wanted, kind, column)
    return column


def _options(
    wanted: Wanted, name: str, kind: Kind, said: Mapping[str, Any]
) -> dict[str, Any]:
    known: Mapping[str, Option] = {**kind.options, **COMMON}
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
    _refuse_idle(wanted, known, said, options)
    return options


def _read(wanted: Wanted, option: str, of: Option, value: Any) -> Any:
    try:
        return of.reader(value)
    except ValueError as error:
        raise DatasetError(f"{wanted.where}: {option}: {value!r} {error}") from None


def _refuse_idle(
    wanted: Wanted,
    known: Mapping[str, Option],
    said: Mapping[str, Any],
    options: Mapping[str, Any],
) -> None:
    """Refuse options that would have no effect beside or without another."""
    for option in said:
        wants, unless = known[option].wants, known[option].unless
        if wants is not None and options[wants] is None:
            why = f"without {wants}"
        elif unless is not None and options[unless] is not None:
            why = f"beside {unless}"
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


def _check(wanted: Wanted, kind: Kind, column: Column) -> None:
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
    check_options(wanted.where, column, wanted.choices)
