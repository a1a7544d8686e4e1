r"""CSV as PostgreSQL's COPY reads it: no header, \N for null."""

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.formats.cells import Style, csv_text
from limerun.dataset.formats.delimited import CsvFile

NOTHING = r"\N"
"""Never a text: one that holds a backslash is put in quotes."""


def _text(array: pa.Array) -> pa.Array:
    return csv_text(array, special=b'",\r\n\\')


class CopyRows(CsvFile):
    r"""Rows as lines for COPY ... FROM STDIN (FORMAT csv, NULL '\N')."""

    style = Style(nothing=NOTHING, text=_text)

    def head(self) -> bytes:
        """Return nothing."""
        return b""
