"""Parquet files are read in place; nested values become JSON."""

import json
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from limerun.errors import ExportError
from tests.exports.reading import opened, read, types_of

PLAIN = pa.table(
    {
        "id": [3, 1, 2],
        "name": ["a", None, ""],
        "born": [date(1990, 1, 31), None, date(1, 1, 1)],
        "seen": [datetime(2024, 1, 1, 12), None, datetime(1960, 1, 1)],
        "sum": pa.array([Decimal("1.50"), None, Decimal("-2.00")]),
        "ok": [True, None, False],
        "raw": [b"\xff", None, b""],
    }
)


def test_a_plain_parquet_file_is_read_without_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "odd [name]*?.parquet"
    pq.write_table(PLAIN, path)
    with opened(path) as export:
        [table] = export.tables.values()
        assert table.parts == (path,)
        assert table.rows == 3
    assert list(types_of(path).values()) == [
        *("integer", "text", "date", "time", "decimal", "boolean", "binary")
    ]
    assert [row[0] for row in read(path)] == [3, 1, 2]


def test_nested_and_special_columns_become_json_and_text(tmp_path: Path) -> None:
    path = tmp_path / "deals.parquet"
    table = pa.table(
        {
            "tags": [["a", "b"], None],
            "place": [{"city": "Lund"}, None],
            "at": [time(10, 30), None],
            "kind": pa.array(["x", None]).dictionary_encode(),
        }
    )
    pq.write_table(table, path)
    assert types_of(path) == {
        "tags": "json",
        "place": "json",
        "at": "text",
        "kind": "text",
    }
    first, second = read(path)
    assert json.loads(first[1]) == {"city": "Lund"}
    assert first[2:] == ("10:30:00", "x")
    assert second == (None, None, None, None)


@pytest.mark.parametrize("kept", [0, 3, 100, -1])
def test_a_truncated_file_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.parquet"
    pq.write_table(PLAIN, path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ExportError, match=r"cut\.parquet: not a complete Parquet file"):
        read(path)


def test_a_parquet_file_damaged_in_the_middle_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "broken.parquet"
    pq.write_table(pa.table({"a": [f"{n:09}" for n in range(50_000)]}), path)
    content = bytearray(path.read_bytes())
    content[1_000:9_000] = bytes(8_000)
    path.write_bytes(content)
    with pytest.raises(ExportError, match=r"broken\.parquet"), opened(path) as export:
        export.connection.execute("SELECT max(a) FROM broken").fetchall()
