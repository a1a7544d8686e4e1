"""A PostgreSQL database, anonymized into files."""

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.exports.anonymizing import make_copy, rules_for

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
pytestmark = pytest.mark.services
SERVER = os.environ.get(
    "LIMERUN_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/test"
).replace("+psycopg", "")
NAME = f"limerun_anonymizing_{os.getpid()}"


@pytest.fixture
def url() -> Iterator[str]:
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
        try:
            yield SERVER.rpartition("/")[0] + f"/{NAME}"
        finally:
            admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_a_server_is_copied_to_files_and_stays_unchanged(
    url: str, tmp_path: Path
) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA crm")
        connection.execute(
            "CREATE TABLE crm.person (id int PRIMARY KEY, name text, paid numeric(9,2), "
            "born date, seen timestamptz, data jsonb)"
        )
        for at in range(30):
            connection.execute(
                "INSERT INTO crm.person VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    *(at + 7, f"Gunhild {chr(97 + at)}bergsten", at * 10 + 0.25),
                    *(f"19{60 + at}-03-04", f"2024-02-{1 + at % 28:02d} 10:11:12.5+01"),
                    '{"who": "Gunhild", "n": 5}',
                ),
            )
    columns = {
        "id": "permute",
        "name": "replace",
        "paid": "noise",
        "born": "noise",
        "seen": "noise",
        "data": "json",
    }
    rules = rules_for(tmp_path, {"crm.person": columns})
    made = make_copy([url], tmp_path / "out", rules)
    assert made.proof.passed, made.proof.reasons
    copy = pq.read_table(tmp_path / "out" / "crm.person.parquet")
    assert copy.num_rows == 30
    assert "Gunhild" not in str(copy.to_pylist())
    for format in ("csv", "sqlite"):
        made = make_copy([url], tmp_path / format, rules, format=format)
        assert made.proof.passed, made.proof.reasons
