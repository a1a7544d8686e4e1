"""Find the fault in a CSV file that could not be read. This is slow."""

import codecs
import csv
import shlex
from pathlib import Path

from limerun.errors import ExportError

_BOMS = {codecs.BOM_UTF16_LE: "UTF-16LE", codecs.BOM_UTF16_BE: "UTF-16BE"}
_CHUNK_BYTES = 1_000_000
_LARGEST_FIELD = 128_000_000


def undecodable(path: Path) -> ExportError:
    """Return the error for a file that is not UTF-8, with the line and a remedy."""
    line, byte, encoding = _first_bad_byte(path)
    return ExportError(
        f"{path}, line {line:,}: byte 0x{byte:02x} is not valid UTF-8; the file is "
        f"probably {encoding}. Convert it: "
        f"iconv -f {encoding} -t UTF-8 {shlex.quote(str(path))} > FILE"
    )


def _first_bad_byte(path: Path) -> tuple[int, int, str]:
    """Return the line and value of the first invalid byte, and a likely encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, begun = 1, b""
    with path.open("rb") as file:
        encoding = _BOMS.get(file.read(2), "WINDOWS-1252")
        file.seek(0)
        while True:
            chunk = file.read(_CHUNK_BYTES)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = error.start
                read = begun + chunk
                if encoding == "WINDOWS-1252" and read[:at].count(0) * 3 > at > 0:
                    encoding = "UTF-16LE"
                return line + read[:at].count(b"\n"), read[at], encoding
            begun = decoder.getstate()[0]
            line += chunk.count(b"\n")
            if not chunk:
                raise AssertionError("every byte was UTF-8")


def fault_of(path: Path, separator: str, width: int) -> ExportError | None:
    """Return the fault in a CSV file with its line; None: there is none.

    The width is the number of columns in the first row.
    """
    csv.field_size_limit(_LARGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator, strict=True)
        line, number = 1, 0
        while True:
            try:
                record = next(reader, None)
            except UnicodeDecodeError:
                return undecodable(path)
            except csv.Error as error:
                return _misquoted(f"{path}, line {line:,} (row {number:,})", str(error))
            if record is None:
                return None
            if number and record and len(record) != width:
                return ExportError(
                    f"{path}, line {line:,} (row {number:,}): {_columns(len(record))}, "
                    f"but the first row has {width}; quote values that contain the "
                    "separator"
                )
            line = reader.line_num + 1
            number += bool(record)


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"


def _misquoted(where: str, why: str) -> ExportError:
    if "end of data" in why:
        text = "the file ends inside a quoted value; add the closing quote"
    elif "field larger" in why:
        text = "a value is larger than 128 MB; a closing quote may be missing"
    else:
        text = (
            "a quote inside a quoted value, or no separator after the closing "
            'quote; write quotes inside values twice: ""'
        )
    return ExportError(f"{where}: {text}")
