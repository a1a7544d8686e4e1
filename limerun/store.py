"""Write a record as its JSON document, and read it back, strictly."""

import dataclasses
import json
import math
import types
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Literal, NoReturn, Union, cast, get_args, get_origin

from limerun.errors import RecordError
from limerun.records import SCHEMA, Comparison, Json, Record
from limerun.records.proof import PROOF_SCHEMA, Proof

_NEVER_NEGATIVE = ("_bytes", "_seconds")
_SCHEMA_NAME, _, _SCHEMA_VERSION = SCHEMA.partition("/")


def to_document(saved: Record | Comparison | Proof) -> dict[str, Json]:
    """Return a record as JSON has it: keys in the order of the records.

    What JSON or UTF-8 cannot hold (a result of NaN, half a surrogate pair) is
    written as text that names it.
    """
    return cast("dict[str, Json]", _to_json_value(saved))


def to_json(saved: Record | Comparison | Proof) -> str:
    """Return a record's document as text, ending in a newline."""
    document = to_document(saved)
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(text: str) -> Record:
    """Return the record that a document holds.

    Raises:
        RecordError: It is no record, or one of another version; the message says
            which part is wrong, and how.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise RecordError(
            f"this is no JSON: {error.msg} in line {error.lineno}, column "
            f"{error.colno}; a record that was cut short has to be made again"
        ) from error
    except (ValueError, RecursionError) as error:
        raise RecordError(f"this JSON cannot be read: {error}") from error
    _require_version(document)
    record = cast("Record", _read_dataclass(Record, document, ""))
    _require_even_series(record)
    return record


def proof_from_json(text: str) -> Proof:
    """Return the proof that a document holds.

    Raises:
        RecordError: It is no proof, or one of another version; the message says
            which part is wrong, and how.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"this JSON cannot be read: {error}") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != PROOF_SCHEMA:
        raise RecordError(f"this is no proof: its schema is not {PROOF_SCHEMA!r}")
    return cast("Proof", _read_dataclass(Proof, document, ""))


def read_record(path: str | Path) -> Record:
    """Return the record in a file.

    Raises:
        RecordError: The file cannot be read, or holds no record that this version
            understands; the message starts with the path.
    """
    try:
        return from_json(Path(path).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecordError(
            f"{path}: this is no record: byte {error.start} is no UTF-8"
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecordError(f"{path}: the record cannot be read: {reason}") from error
    except RecordError as error:
        raise RecordError(f"{path}: {error}") from error


# --- writing --------------------------------------------------------------------


def _to_json_value(value: object) -> Json:
    if dataclasses.is_dataclass(value):
        return {
            field.name: _to_json_value(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {_text(str(key)): _to_json_value(held) for key, held in value.items()}
    if isinstance(value, tuple | list):
        return [_to_json_value(held) for held in value]
    if isinstance(value, Enum):
        return _to_json_value(value.value)
    return _to_json_scalar(value)


def _to_json_scalar(value: object) -> Json:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return _text(str(value))


def _text(value: str) -> str:
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


# --- reading --------------------------------------------------------------------


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _require_version(document: object) -> None:
    if not isinstance(document, dict):
        raise RecordError(
            f"this is no record but {_kind(document)}; a record is a JSON object "
            f'with "schema": "{SCHEMA}"'
        )
    schema = document.get("schema")
    if schema == SCHEMA:
        return
    name, _, version = str(schema).partition("/")
    if name != _SCHEMA_NAME or not version.isdecimal():
        found = "no schema is named" if schema is None else f"its schema is {schema!r}"
        raise RecordError(f"this is no record of limerun: {found}, not {SCHEMA!r}")
    if int(version) > int(_SCHEMA_VERSION):
        raise RecordError(
            f"this record is of a newer version, {schema!r}, written by limerun "
            f"{document.get('limerun_version', 'of unknown version')}; this limerun "
            f"reads {SCHEMA!r}: upgrade it"
        )
    raise RecordError(f"there is no record version {schema!r}; this reads {SCHEMA!r}")


def _require_even_series(record: Record) -> None:
    for index, run in enumerate(record.runs):
        times, values = len(run.series.t_seconds), len(run.series.rss_bytes)
        if times != values:
            raise RecordError(
                f"runs[{index}].series: {times} values in t_seconds, but {values} in "
                "rss_bytes; each time needs its memory"
            )


def _read(hint: object, value: object, where: str) -> object:
    """Return a value as its type hint has it; `where` is its path in the document."""
    if hint == Json:
        return value
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _read_dataclass(hint, value, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(_one_of([member.value for member in hint], value, where))
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _one_of(list(arguments), value, where)
    if origin in (types.UnionType, Union):
        return _read_optional(arguments, value, where)
    if origin is tuple:
        _require(list, value, where)
        return tuple(_read_items(arguments[0], value, where))
    if origin is not None:
        _require(dict, value, where)
        items = cast("dict[str, object]", value).items()
        return {key: _read(arguments[1], held, f"{where}.{key}") for key, held in items}
    return _read_scalar(cast("type", hint), value, where)


def _read_optional(hints: tuple[object, ...], value: object, where: str) -> object:
    if value is None and types.NoneType in hints:
        return None
    [hint] = [each for each in hints if each is not types.NoneType]
    return _read(hint, value, where)


def _read_items(hint: object, value: object, where: str) -> Iterator[object]:
    for index, held in enumerate(cast("list[object]", value)):
        yield _read(hint, held, f"{where}[{index}]")


def _read_dataclass(hint: type, value: object, where: str) -> object:
    _require(dict, value, where)
    held = cast("dict[str, object]", value)
    fields = {field.name: field for field in dataclasses.fields(hint)}
    for name in held.keys() - fields.keys():
        nearest = get_close_matches(name, fields, n=1)
        hope = f'; did you mean "{nearest[0]}"?' if nearest else ""
        raise RecordError(f'{where or "the record"}: unknown key "{name}"{hope}')
    for name, field in fields.items():
        optional = field.default is not dataclasses.MISSING
        if name not in held and not optional:
            raise RecordError(f'{where or "the record"}: "{name}" is missing')
    prefix = f"{where}." if where else ""
    return hint(
        **{
            name: _read(fields[name].type, each, prefix + name)
            for name, each in held.items()
        }
    )


def _read_scalar(hint: type, value: object, where: str) -> object:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not (hint is float and is_whole):
        _require(hint, value, where)
    if isinstance(value, float) and not math.isfinite(value):
        raise RecordError(f"{where}: the number is too large")
    is_negative = isinstance(value, int | float) and value < 0
    if is_negative and where.endswith(_NEVER_NEGATIVE):
        raise RecordError(f"{where}: {_shown(value)} is less than nothing")
    return value


def _one_of(allowed: list[object], value: object, where: str) -> object:
    if value not in allowed or isinstance(value, bool):
        names = ", ".join(json.dumps(each) for each in allowed)
        raise RecordError(f"{where}: {_shown(value)} is none of {names}")
    return value


def _require(kind: type, value: object, where: str) -> None:
    right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not right:
        raise RecordError(
            f"{where or 'the record'}: {_KINDS[kind]} is needed here, not "
            f"{_kind(value)}: {_shown(value)}"
        )


_KINDS: Mapping[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    types.NoneType: "null",
}


def _kind(value: object) -> str:
    return _KINDS[type(value)]


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
