"""A copy is written like its export (dialect, types, schema), completely or not at all."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from limerun.errors import ExportError
from limerun.exports.anonymize import anonymized_copy, transform
from limerun.exports.anonymize.rules_file import RulesFile, read_rules_file
from limerun.exports.proof import prove
from limerun.exports.reading.open_export import opened_export
from limerun.exports.value_maps.key import Key
from limerun.exports.writing.text_copy import csv_dialect_of
from limerun.progress import Progress
from limerun.writers.csv_rows import CsvDialect
from tests.exports.anonymizing import (
    FIXTURE,
    make_copy,
    rows_in,
    rules_for,
    write_rows,
)

NAMES = ["Gunilla", "Torvald", "Ingegerd", "Sixten", "Majvor", "Ragnar"]


def name_rules(folder: Path, table: str = "p") -> RulesFile:
    columns = {"id": "permute", "name": "replace", "note": "freetext"}
    return rules_for(folder, {table: columns})


@pytest.mark.parametrize(
    ("separator", "end", "names", "values", "mark"),
    [
        (",", "\n", "{}", "{}", ""),
        (";", "\r\n", "{}", "{}", "\ufeff"),
        ("\t", "\n", '"{}"', '"{}"', ""),
        ("|", "\r\n", "{}", '"{}"', ""),
    ],
)
def test_a_csv_copy_has_the_dialect_of_the_export(
    tmp_path: Path, separator: str, end: str, names: str, values: str, mark: str
) -> None:
    lines = [separator.join(names.format(name) for name in ("id", "name", "note"))]
    for at, name in enumerate(NAMES):
        cells = [values.format(cell) for cell in (at + 10_000, name, "ett ord")]
        lines.append(separator.join(cells if at else [*cells[:2], ""]))
    path = tmp_path / "p.csv"
    path.write_bytes((mark + end.join(lines) + end).encode())
    make_copy(path, tmp_path / "out.csv", name_rules(tmp_path))
    written = (tmp_path / "out.csv").read_bytes().decode()
    assert written.startswith(mark + lines[0] + end)
    assert written.count(end) == len(lines)
    assert ("\r" in written) == (end == "\r\n")
    second = written.removeprefix(mark).split(end)[1].split(separator)
    assert second[2] == ""  # null
    assert all(cell.startswith('"') == ('"' in values) for cell in second[:2])


def test_empty_texts_nulls_quotes_and_line_breaks_survive_in_csv(
    tmp_path: Path,
) -> None:
    path = tmp_path / "p.csv"
    path.write_text('id,name,note\n10001,"","a ""b"",\nc"\n10002,,"x"\n10003,Bo Ek,\n')
    make_copy(path, tmp_path / "out.csv", name_rules(tmp_path))
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[1].count('"') == 7
    assert lines[1].split(",")[1] == '""'
    assert lines[3].split(",")[1] == ""
    assert lines[4].endswith(",")


def test_the_dialect_of_a_csv_file_is_detected_from_its_beginning(
    tmp_path: Path,
) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(b'"a";"b"\r\n1;"x"\r\n')
    style = csv_dialect_of(path)
    assert style == CsvDialect(
        quotes_empty=True,
        separator=";",
        line_end="\r\n",
        quotes_all=False,
        quotes_names=True,
        mark=False,
    )


PARQUET = {
    "id": pa.array([3, 1, None, 2_000_000_000], pa.int32()),
    "name": pa.array(["Gunilla", None, "Torvald", "Gunilla"]).dictionary_encode(),
    "large": pa.array(["Ek 1234567", "Ask", "Alm", None], pa.large_string()),
    "amount": pa.array([Decimal("10.50"), Decimal("99.99"), None, Decimal("0.00")]),
    "share": pa.array([0.123456789, 1.5, None, -2.25], pa.float32()),
    "day": pa.array([date(2020, 1, 2), None, date(1, 1, 1), date(9999, 12, 31)]),
    "at": pa.array([datetime(2020, 1, 2, 3, 4, 5, 678)] * 4, pa.timestamp("us", "UTC")),
    "photo": pa.array([b"abc", b"", None, b"abcd"]),
    "nested": pa.array(
        [{"who": "Gunilla", "n": [12, 7]}, None, {"who": "Bo", "n": []}] * 1 + [None]
    ),
    "flag": pa.array([True, False, None, True]),
}


def parquet_rules(folder: Path) -> RulesFile:
    return rules_for(
        folder,
        {
            "t": {
                "id": "permute",
                "name": "replace",
                "large": "freetext",
                "amount": "noise",
                "share": "noise",
                "day": "noise",
                "at": "noise",
                "photo": "scramble",
                "nested": "json",
                "flag": "keep",
            }
        },
    )


def test_a_parquet_copy_has_the_schema_of_its_export_but_not_its_metadata(
    tmp_path: Path,
) -> None:
    table = pa.table(PARQUET).replace_schema_metadata({"exported by": "Gunilla"})
    path = tmp_path / "t.parquet"
    pq.write_table(table, path, compression="zstd", row_group_size=2)
    made = make_copy(
        path, tmp_path / "out.parquet", parquet_rules(tmp_path), force=True
    )
    assert made.written is not None
    copy = pq.read_table(made.written)
    assert copy.schema.remove_metadata() == table.schema.remove_metadata()
    assert b"Gunilla" not in made.written.read_bytes()
    metadata = pq.read_metadata(made.written)
    assert metadata.num_row_groups == 2
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    for name in table.column_names:
        assert copy[name].null_count == table[name].null_count, name
        if name != "flag":
            changed = [
                a != b
                for a, b in zip(
                    copy[name].to_pylist(), table[name].to_pylist(), strict=True
                )
                if b not in (None, b"")
            ]
            assert all(changed), name
    assert copy["photo"].to_pylist()[1] == b""
    assert len(copy["nested"].to_pylist()[0]["n"]) == 2


def test_a_column_name_may_contain_a_dot(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a.b": NAMES, "c d": NAMES}), tmp_path / "t.parquet")
    rules = rules_for(tmp_path, {"t": {"a.b": "scramble", "c d": "replace"}})
    make_copy(tmp_path / "t.parquet", tmp_path / "out.parquet", rules, force=True)
    [out] = tmp_path.glob("out*")
    assert pq.read_schema(out).names == ["a.b", "c d"]


def test_an_empty_table_stays_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,name,note\n")
    make_copy(tmp_path / "p.csv", tmp_path / "out.csv", name_rules(tmp_path))
    assert (tmp_path / "out.csv").read_text() == "id,name,note\n"


def test_nested_values_of_json_are_nested_in_the_copy(tmp_path: Path) -> None:
    rows = [
        {"id": 10_001, "name": "Bo \u201cEk\u201d", "note": {"a": ["Bo", None, True]}}
    ]
    path = write_rows(tmp_path / "p.jsonl", rows)
    rules = rules_for(
        tmp_path, {"p": {"id": "keep", "name": "freetext", "note": "json"}}
    )
    for name in ("out.jsonl", "out.json"):
        make_copy(path, tmp_path / name, rules, force=True)
    import json

    [row] = rows_in(next(tmp_path.glob("out*.jsonl")))
    [same] = json.loads(next(tmp_path.glob("out*.json")).read_text("utf-8"))
    for each in (row, same):
        assert each["id"] == 10_001
        assert each["note"]["a"][1:] == [None, True]
        assert each["note"]["a"][0] in each["name"]


SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA user_version = 7;
CREATE TABLE company (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, sum REAL);
CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT,
  company INTEGER REFERENCES company(id), name TEXT, photo BLOB,
  loud TEXT GENERATED ALWAYS AS (upper(name)));
CREATE TABLE label (code TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID;
CREATE INDEX by_company ON person(company);
CREATE VIEW names AS SELECT name FROM person;
CREATE TRIGGER spent AFTER UPDATE ON company BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE search USING fts5(said);
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "crm.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        for at in range(40):
            firm = f"Firma{chr(97 + at % 26)}{chr(97 + at // 26)}xyz AB"
            name = f"{NAMES[at % 6]} Ek{chr(97 + at % 26)}berg"
            connection.execute(
                "INSERT INTO company VALUES (?,?,?)", (at * 3 + 1, firm, at + 0.5)
            )
            connection.execute(
                "INSERT INTO person (id, company, name, photo) VALUES (?,?,?,?)",
                (at + 1, (at * 7 % 40) * 3 + 1, name, bytes([at] * 9)),
            )
            connection.execute(
                "INSERT INTO label VALUES (?,?)",
                (f"code-{at * 7919 % 1000:07d}", "ord"),
            )
        connection.execute("INSERT INTO search VALUES ('Gunilla')")
        connection.commit()
    return path


def database_rules(folder: Path) -> RulesFile:
    firm = {"rule": "permute", "domain": "company"}
    return rules_for(
        folder,
        {
            "company": {"id": firm, "name": "freetext", "sum": "noise"},
            "person": {
                "id": "permute",
                "company": firm,
                "name": "replace",
                "photo": "scramble",
                "loud": "scramble",
            },
            "label": {"code": "permute", "said": {"rule": "constant", "value": "x"}},
        },
    )


def test_a_sqlite_copy_has_the_schema_of_its_export(
    tmp_path: Path, database: Path
) -> None:
    notes: list[str] = []

    class NoteRecorder(Progress):
        def note(self, text: str) -> None:
            notes.append(text)

    out = tmp_path / "out.sqlite"
    order = anonymized_copy.CopyRequest(
        places=[str(database)],
        out=str(out),
        format=None,
        rules=database_rules(tmp_path),
        key=Key(b"key"),
        force=False,
    )
    made = anonymized_copy.anonymize(order, NoteRecorder())
    assert made.proof.passed, made.proof.reasons
    assert notes == ["search is a virtual table; it is not copied"]
    described = "SELECT type, name, sql FROM sqlite_schema WHERE sql NOT LIKE '%VIRTUAL%' AND name NOT LIKE 'search%' ORDER BY name"
    with closing(sqlite3.connect(database)) as a, closing(sqlite3.connect(out)) as b:
        assert b.execute(described).fetchall() == a.execute(described).fetchall()
        for pragma in ("page_size", "user_version"):
            query = f"PRAGMA {pragma}"
            assert b.execute(query).fetchone() == a.execute(query).fetchone()
        assert b.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert b.execute("PRAGMA foreign_key_check").fetchall() == []
        loud = b.execute("SELECT loud = upper(name), name FROM person").fetchall()
        assert all(same for same, _ in loud)
        assert not {name for _, name in loud} & {
            n for [n] in a.execute("SELECT name FROM person")
        }
    assert b"Gunilla" not in out.read_bytes()
    # The order of the keys, and so of the rows, stays: the copy can be proven later.
    with (
        opened_export([str(database)], progress=Progress()) as source,
        opened_export([str(out)], progress=Progress()) as copy,
    ):
        proof = prove(source, copy, rules=order.rules.rules, progress=Progress())
    assert proof.passed, proof.reasons


def test_a_row_that_violates_the_schema_is_reported(
    tmp_path: Path, database: Path
) -> None:
    rules = rules_for(
        tmp_path,
        {
            "company": {"id": "keep", "name": "clear", "sum": "noise"},
            "person": dict.fromkeys(("id", "company", "name", "photo", "loud"), "keep"),
            "label": {"code": "keep", "said": "keep"},
        },
    )
    with pytest.raises(ExportError, match=r"NOT NULL constraint failed: company\.name"):
        make_copy(database, tmp_path / "out.sqlite", rules)
    assert not (tmp_path / "out.sqlite").exists()


def two_tables(folder: Path) -> Path:
    """Return a folder with two small tables, as CSV and as JSON Lines."""
    (folder / "export").mkdir()
    rows = [{"id": 10_000 + at, "name": name} for at, name in enumerate(NAMES)]
    write_rows(folder / "export" / "a.csv", rows)
    write_rows(folder / "export" / "b.jsonl", rows)
    return folder / "export"


def two_rules(folder: Path) -> RulesFile:
    columns = {"id": {"rule": "permute", "domain": "id"}, "name": "replace"}
    return rules_for(folder, {"a": columns, "b": columns})


@pytest.mark.parametrize("format", ["csv", "jsonl", "json", "parquet", "sqlite"])
def test_any_export_can_be_copied_into_any_format(tmp_path: Path, format: Any) -> None:
    out = tmp_path / "out"
    export, rules = two_tables(tmp_path), two_rules(tmp_path)
    made = make_copy(export, out, rules, format=format)
    assert made.proof.passed, made.proof.reasons
    names = {path.name for path in out.iterdir()}
    expected = {f"a.{format}", f"b.{format}"}
    assert names == ({"copy.sqlite"} if format == "sqlite" else expected)


def test_only_a_folder_that_contains_a_copy_is_replaced(tmp_path: Path) -> None:
    export, rules = two_tables(tmp_path), two_rules(tmp_path)
    out = tmp_path / "out"
    make_copy(export, out, rules)
    before = (out / "a.csv").read_bytes()
    make_copy(export, out, rules)
    assert (out / "a.csv").read_bytes() != before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "export",
        "out",
        "rules.yaml",
    ]
    (out / "thesis.docx").write_text("mine")
    with pytest.raises(ExportError, match=r"contains other files \(thesis.docx\)"):
        make_copy(export, out, rules)


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("crm", "is the export, or contains it"),
        ("crm/copy", "is the export, or contains it"),
        (".", "is the export, or contains it"),
        ("crm/person.csv", "the copy has 3 files"),
        ("out.csv", "the copy has 3 files; name a folder"),
        ("none/out", "does not exist; create it"),
        ("file", "is not a folder"),
        ("-", "must be a file or a folder"),
        ("", "must be a file or a folder"),
    ],
)
def test_an_impossible_destination_is_refused_before_the_copy_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, message: str
) -> None:
    import shutil

    shutil.copytree(FIXTURE / "crm", tmp_path / "crm")
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExportError, match=message):
        make_copy(Path("crm"), out, read_rules_file(FIXTURE / "rules.yaml"))


@pytest.mark.parametrize(
    ("raised", "expected", "message"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device"),
            ExportError,
            "cannot be written here: No space",
        ),
        (KeyboardInterrupt(), KeyboardInterrupt, None),
        (pa.ArrowInvalid("odd"), ExportError, "p.name: the rule does not fit: odd"),
    ],
)
@pytest.mark.parametrize("format", ["csv", "parquet", "sqlite"])
def test_an_error_while_writing_leaves_the_old_copy_untouched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    raised: BaseException,
    expected: type[BaseException],
    message: str | None,
    format: str,
) -> None:
    rows = [{"id": at + 10_000, "name": f"Namn{at}", "note": "x"} for at in range(50)]
    path = write_rows(tmp_path / "p.csv", rows)
    out = tmp_path / f"out.{format}"
    out.write_text("the old copy")
    rules = name_rules(tmp_path)
    there = sorted(tmp_path.iterdir())
    monkeypatch.setattr(transform, "BATCH_ROWS", 10)
    batches = transform.Transform.batches

    def interrupted(self: Any, name: str, progress: Progress) -> Iterator[Any]:
        for at, batch in enumerate(batches(self, name, progress)):
            if at == 2:
                if isinstance(raised, pa.ArrowInvalid):
                    with transform.errors_located(self._export.tables[name], "name"):
                        raise raised
                raise raised
            yield batch

    monkeypatch.setattr(transform.Transform, "batches", interrupted)
    with pytest.raises(expected, match=message):
        make_copy(path, out, rules)
    assert out.read_text() == "the old copy"
    assert sorted(tmp_path.iterdir()) == there


def test_a_number_too_large_to_map_is_reported(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array([2**63 - 1, 5])}), tmp_path / "t.parquet")
    rules = rules_for(tmp_path, {"t": {"id": "permute"}})
    with pytest.raises(ExportError, match="a number is not below"):
        make_copy(tmp_path / "t.parquet", tmp_path / "out.parquet", rules)


def test_two_databases_become_two_files(tmp_path: Path) -> None:
    places = []
    for name in ("a", "b"):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            connection.execute(f"CREATE TABLE t{name} (x TEXT)")
            connection.executemany(
                f"INSERT INTO t{name} VALUES (?)", [(each,) for each in NAMES]
            )
            connection.commit()
        places.append(tmp_path / f"{name}.db")
    word = {"x": "replace"}
    rules = rules_for(tmp_path, {"ta": word, "tb": word})
    made = make_copy(places, tmp_path / "out", rules)
    assert made.proof.passed
    found = []
    for name in ("a", "b"):
        with closing(sqlite3.connect(tmp_path / "out" / f"{name}.db")) as connection:
            found.append(connection.execute(f"SELECT x FROM t{name}").fetchall())
    assert found[0] == found[1]
