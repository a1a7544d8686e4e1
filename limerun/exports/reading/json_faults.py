"""Find the fault in a JSON file that could not be read. This is slow."""

import json
from pathlib import Path
from typing import TextIO

from limerun.errors import ExportError
from limerun.exports.reading.csv_faults import undecodable

_CHUNK_CHARACTERS = 4_000_000
_BLANK = " \t\r\n"


def fault_of(path: Path, format: str) -> ExportError | None:
    """Return the fault in a file with its row; None: there is none."""
    try:
        return _fault_of_lines(path) if format == "jsonl" else _fault_of_array(path)
    except UnicodeDecodeError:
        return undecodable(path)


def _fault_of_lines(path: Path) -> ExportError | None:
    rows = 0
    with path.open("rb") as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            rows += 1
            where = f"{path}, line {line:,} (row {rows:,})"
            try:
                value = json.loads(text.decode("utf-8-sig"))
            except json.JSONDecodeError as error:
                return _broken(where, error)
            except RecursionError:
                return ExportError(
                    f"{where}: the JSON is nested too deeply; flatten it"
                )
            fault = _no_object(where, value)
            if fault is not None:
                return fault
    return (
        None
        if rows
        else ExportError(f"{path}: the file is empty; it needs at least one row")
    )


def _broken(where: str, error: json.JSONDecodeError) -> ExportError:
    return ExportError(
        f"{where}: invalid JSON: {error.msg[:1].lower()}{error.msg[1:]} at character "
        f"{error.colno:,}; a JSON Lines file has one object on each line"
    )


def _no_object(where: str, value: object) -> ExportError | None:
    if not isinstance(value, dict):
        return ExportError(f"{where}: not a JSON object; a row is written as {{...}}")
    return None


def _fault_of_array(path: Path) -> ExportError | None:
    with path.open(encoding="utf-8-sig") as file:
        return _ArrayReader(path, file).fault()


class _ArrayReader:
    """Reads an array value by value, keeping little of its text in memory."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path = path
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False
        self._decode = json.JSONDecoder().raw_decode

    def fault(self) -> ExportError | None:
        """Return the fault in the array, if there is one."""
        opening = self._next()
        if opening != "[":
            what = (
                "the file is empty" if not opening else "the file does not begin with ["
            )
            return ExportError(
                f"{self._path}: {what}; a JSON file contains an array of objects, "
                "[{...}, {...}]; if it has one object on each line, name it .jsonl"
            )
        self._at += 1
        row = 0
        while self._next() != "]":
            row += 1
            where = f"{self._path}, row {row:,}"
            try:
                value = self._value()
            except json.JSONDecodeError as error:
                text = error.msg[:1].lower() + error.msg[1:]
                return ExportError(f"{where}: invalid JSON: {text}")
            fault = _no_object(where, value) or self._separated(where)
            if fault is not None:
                return fault
        return (
            None
            if row
            else ExportError(
                f"{self._path}: the array is empty; it needs at least one row"
            )
        )

    def _next(self) -> str:
        """Return the next character that is not blank; "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANK:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _more(self) -> bool:
        if self._ended:
            return False
        read = self._file.read(_CHUNK_CHARACTERS)
        self._ended = not read
        self._text, self._at = self._text[self._at :] + read, 0
        return bool(read)

    def _value(self) -> object:
        while True:
            try:
                value, self._at = self._decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
            else:
                return value

    def _separated(self, where: str) -> ExportError | None:
        after = self._next()
        if after == ",":
            self._at += 1
        elif after != "]":
            what = "the file ends" if not after else "there is no comma or ]"
            return ExportError(f"{where}: after this row {what}; export the file again")
        return None
