"""The person of ten columns, as limerun and as others make it."""

import csv
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import Any

from limerun.records import DatasetPlan, SourcePlan

STATUSES = ("new", "active", "dormant", "lost", "vip")
COLUMNS = (
    "id",
    "firstname",
    "lastname",
    "email",
    "phone",
    "birthdate",
    "company_id",
    "city",
    "status",
    "amount",
)
Row = tuple[Any, ...]
CONSTANT: Row = (
    1_000_000,
    "Christina",
    "Wester",
    "christina.wester.1000000@example.com",
    "08-465 004 62",
    "2000-05-25",
    56_228,
    "Västerås",
    "active",
    25_291.38,
)
_BIRTH: dict[str, object] = {"from": "1940-01-01", "to": "2006-01-01"}


def as_source(rows: int) -> SourcePlan:
    """Return the table as a CSV file."""
    columns: dict[str, dict[str, object]] = {
        "id": {"kind": "sequence"},
        "firstname": {"kind": "firstname"},
        "lastname": {"kind": "lastname"},
        "email": {"kind": "email"},
        "phone": {"kind": "phone"},
        "birthdate": {"kind": "date", **_BIRTH},
        "company_id": {"kind": "integer", "min": 1, "max": 100_000},
        "city": {"kind": "city"},
        "status": {
            "kind": "choice",
            "options": list(STATUSES),
            "weights": [5, 40, 30, 20, 5],
        },
        "amount": {"kind": "decimal", "min": 0, "max": 100_000},
    }
    return SourcePlan(format="csv", rows=rows, overlap=0.0, columns=columns)


def as_limetype(rows: int) -> DatasetPlan:
    """Return the table as a limetype: the key, nine properties, four system columns."""
    types = {
        "firstname": {"type": "string"},
        "lastname": {"type": "string"},
        "email": {"type": "link"},
        "phone": {"type": "phone"},
        "birthdate": {"type": "date"},
        "company": {"type": "belongsto", "related": "company"},
        "city": {"type": "string"},
        "status": {"type": "option", "options": list(STATUSES)},
        "amount": {"type": "decimal"},
    }
    return DatasetPlan(
        seed=1,
        locale="sv_SE",
        limetypes={"company": {"name": {"type": "string"}}, "person": types},
        rows={"company": 1_000, "person": rows},
        properties={"person.birthdate": _BIRTH},
    )


def faker_rows() -> Iterator[Row]:
    """Yield rows made by a call of Faker for each value."""
    from faker import Faker

    faker = Faker("sv_SE")
    number = 0
    while True:
        number += 1
        yield (
            number,
            faker.first_name(),
            faker.last_name(),
            faker.email(),
            faker.phone_number(),
            faker.date_of_birth().isoformat(),
            faker.random_int(1, 100_000),
            faker.city(),
            faker.random_element(STATUSES),
            faker.pyfloat(right_digits=2, min_value=0, max_value=100_000),
        )


def mimesis_rows() -> Iterator[Row]:
    """Yield rows made by Mimesis' providers."""
    from mimesis import Address, Datetime, Locale, Numeric, Person

    person, address = Person(Locale.SV), Address(Locale.SV)
    timestamps, numbers = Datetime(Locale.SV), Numeric()
    number = 0
    while True:
        number += 1
        yield (
            number,
            person.first_name(),
            person.last_name(),
            person.email(),
            person.phone_number(),
            timestamps.date(1940, 2005).isoformat(),
            numbers.integer_number(1, 100_000),
            address.city(),
            random.choice(STATUSES),
            numbers.float_number(0, 100_000, 2),
        )


@dataclass
class Person:
    """The row as polyfactory is told of it."""

    id: int
    firstname: str
    lastname: str
    email: str
    phone: str
    birthdate: date
    company_id: int
    city: str
    status: str
    amount: float


def polyfactory_rows() -> Iterator[Row]:
    """Yield rows made by polyfactory: of the right types, no more."""
    from polyfactory.factories import DataclassFactory

    class PersonFactory(DataclassFactory[Person]):
        __model__ = Person

    while True:
        made = PersonFactory.build()
        yield tuple(getattr(made, name) for name in COLUMNS)


def constant_rows() -> Iterator[Row]:
    """Yield the same row again and again: no generator is faster."""
    return repeat(CONSTANT)


def write_csv(path: Path, rows: Iterator[Row]) -> None:
    """Write rows by the standard library."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def insert(path: Path, rows: Iterator[Row]) -> None:
    """Insert rows by the standard library, at its fastest: the ten columns alone."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-64000"):
            connection.execute(f"PRAGMA {pragma}")
        described = ", ".join(COLUMNS[1:])
        connection.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {described})")
        connection.execute("BEGIN")
        marks = ", ".join("?" * (len(COLUMNS) - 1))
        statement = f"INSERT INTO t ({described}) VALUES ({marks})"
        connection.executemany(statement, (row[1:] for row in rows))
        connection.execute("COMMIT")
