"""Turn a record into its JSON document and back, strictly. Pure."""

import dataclasses
import json
import math
import re
from collections.abc import Mapping
from enum import Enum
from typing import NoReturn, cast

from limerun.errors import RecordError
from limerun.records import SCHEMA, Comparison, Json, Record
from limerun.records.field_types import kind_of
from limerun.records.proof import Proof

_CODES = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SCHEMA_NAME, _, _SCHEMA_VERSION = SCHEMA.partition("/")


def to_document(saved: Record | Comparison | Proof) -> dict[str, Json]:
    """Return a record as a JSON document, with keys in the order of the fields.

    Values that JSON or UTF-8 cannot represent (NaN, half a surrogate pair) are replaced
    by a text that names them.
    """
    return cast("dict[str, Json]", _to_json_value(saved))


def to_json(saved: Record | Comparison | Proof) -> str:
    """Return a record's document as text, ending in a newline.

    Control codes are escaped, because a terminal may show the text.
    """
    document = to_document(saved)
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    return _CODES.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def from_json(text: str) -> Record:
    """Return the record in a document.

    Raises:
        RecordError: It is not a record, or one of another version; the message says
            which part is wrong, and how.
    """
    document = _parsed(text)
    _require_version(document)
    # Imported here: importing pydantic takes longer than writing a record.
    from limerun.records.adapter import read_document

    record: Record = read_document(Record, document)
    return record


def _parsed(text: str) -> Json:
    try:
        return cast("Json", json.loads(text, parse_constant=_refuse_constant))
    except json.JSONDecodeError as error:
        raise RecordError(
            f"this is not JSON: {error.msg} in line {error.lineno}, column "
            f"{error.colno}; if the record is truncated, create it again"
        ) from error
    except (ValueError, RecursionError) as error:
        raise RecordError(f"this JSON cannot be read: {error}") from error


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
    raise ValueError(f"{name} is not a JSON number")


def _require_version(document: object) -> None:
    if not isinstance(document, dict):
        raise RecordError(
            f"this is not a record but {kind_of(document)}; a record is a JSON object "
            f'with "schema": "{SCHEMA}"'
        )
    schema = document.get("schema")
    if schema == SCHEMA:
        return
    name, _, version = str(schema).partition("/")
    if name != _SCHEMA_NAME or not version.isdecimal():
        found = "no schema is named" if schema is None else f"its schema is {schema!r}"
        raise RecordError(f"this is not a limerun record: {found}, not {SCHEMA!r}")
    if int(version) > int(_SCHEMA_VERSION):
        raise RecordError(
            f"this record has a newer version, {schema!r}, written by limerun "
            f"{document.get('limerun_version', 'of unknown version')}; this limerun "
            f"reads {SCHEMA!r}: upgrade it"
        )
    raise RecordError(
        f"record version {schema!r} does not exist; this limerun reads {SCHEMA!r}"
    )
