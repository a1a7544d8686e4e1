"""The memory of a Lime object, and how fast the stand-in reads and commits.

Each figure is taken in a fresh process: `python -m tests.bench.stand_in read PATH`.
"""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from limerun.lime.install import install
from tests.bench.figures import figure, heading

OBJECTS = 100_000
COMMITTED = 20_000
BATCH = 50
STREAMED = 1_000_000
MB = 1_000_000


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    import psutil

    return int(psutil.Process().memory_info().rss)


def open_core(path: Path) -> Any:
    """Return an application with the core limetypes on this database."""
    install()
    import yaml

    from lime_test.core_db.dsl import dsl
    from limerun.lime.opening import open_application

    return open_application(
        database_url=f"sqlite:///{path}", limetypes=yaml.safe_load(dsl)
    )


def fill(path: Path, rows: int) -> None:
    """Fill the company table like a customer's: few companies have several addresses."""
    open_core(path).database.close()
    names = (
        "id, name, registrationno, phone, www, postaladdress1, postalzipcode, "
        "postalcity, visitingaddress1, visitingzipcode, visitingcity, "
        "invoiceaddress1, invoicezipcode, invoicecity, country, buyingstatus, "
        "fullpostaladdress, fullvisitingaddress, coworker, _createdtime, _timestamp"
    )
    marks = ", ".join("?" * (names.count(",") + 1))
    with sqlite3.connect(path) as connection:
        connection.executemany(
            f"INSERT INTO company ({names}) VALUES ({marks})", companies(rows)
        )
    connection.close()


def companies(rows: int) -> Iterable[tuple[Any, ...]]:
    """Yield rows of the company table."""
    for n in range(1, rows + 1):
        street, city = f"Storgatan {n % 900}", f"Stad nummer {n % 290}"
        visit = (street, f"{n % 90000:05d}", city) if n % 4 == 0 else ("", "", "")
        invoice = (f"Box {n % 999}", "11122", city) if n % 8 == 0 else ("", "", "")
        yield (
            n,
            f"Företaget {n} i {city} AB",
            f"55{n:04d}-{n % 9999:04d}",
            f"+46 8 {n:07d}",
            f"www.foretag{n}.invalid",
            f"{street} {n}",
            f"{n % 90000:05d}",
            f"{city} ",
            *visit,
            *invoice,
            "Sverige",
            "active",
            "",
            "",
            n % 50 + 1,
            f"2024-01-{n % 28 + 1:02d} 10:{n % 60:02d}:00.000000",
            f"2025-01-{n % 28 + 1:02d} 11:{n % 60:02d}:00.000000",
        )


def weigh(path: Path) -> float:
    """Return the MB that a list of 100,000 companies takes."""
    app = open_core(path)
    before = resident_bytes()
    held = list(app.limetypes.company.get_all(limit=OBJECTS))
    return (resident_bytes() - before) / MB * OBJECTS / len(held)


def stream(path: Path) -> float:
    """Return by how many MB the process grows while it reads every company."""
    app = open_core(path)
    before = most = resident_bytes()
    for company in app.limetypes.company.get_all():
        if company.id % 1000 == 0:
            most = max(most, resident_bytes())
    return (most - before) / MB


def read(path: Path) -> float:
    """Return the number of companies read per second."""
    app = open_core(path)
    return per_second(
        OBJECTS, lambda: list(app.limetypes.company.get_all(limit=OBJECTS))
    )


def read_bare(path: Path) -> float:
    """Return the rows per second that SQLAlchemy alone reads with the same statements."""
    rows = open_core(path).limetypes.company.rows

    def read_all() -> None:
        for _ in rows.pages(None, OBJECTS, 0):
            pass

    return per_second(OBJECTS, read_all)


def commit(path: Path) -> float:
    """Return the companies per second that are committed in batches of 50."""
    app = open_core(path)

    def commit_all() -> None:
        for start in range(0, COMMITTED, BATCH):
            uow = app.unit_of_work()
            for number in range(start, start + BATCH):
                uow.add(app.limetypes.company(name=f"New {number}", coworker=1))
            uow.commit()

    return per_second(COMMITTED, commit_all)


def commit_bare(path: Path) -> float:
    """Return the rows per second that SQLAlchemy alone writes with the same statements."""
    app = open_core(path)
    rows = app.limetypes.company.rows
    company = app.limetypes.company(name="New", coworker=1)
    layout = app.limetypes.company.layout
    values = {
        each.name: layout.stored(each.index, company._current[each.index])
        for each in layout.columns
    }

    def commit_all() -> None:
        first = rows.highest_id() + 1
        for start in range(first, first + COMMITTED, BATCH):
            with app.database.transaction():
                rows.highest_id()
                rows.insert([values | {"id": start + n} for n in range(BATCH)])

    return per_second(COMMITTED, commit_all)


def per_second(count: int, work: Callable[[], object]) -> float:
    """Return how many items per second a function processes."""
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


MEASURES = {
    each.__name__: each
    for each in (weigh, stream, read, read_bare, commit, commit_bare)
}


def measure(name: str, path: Path) -> float:
    """Return a value measured in a fresh process."""
    command = [sys.executable, "-m", __spec__.name, name, str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(ran.stdout)


def stand_in() -> None:
    """Print the measurements of the stand-in and their targets."""
    heading("The stand-in")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lime.sqlite"
        fill(path, OBJECTS)
        weight = measure("weigh", path)
        reached = 100 <= weight <= 150
        figure("100,000 companies in a list", f"{weight:.0f} MB", "100-150 MB", reached)
        for name, target in (("read", 40_000), ("commit", 5_000)):
            own, bare = measure(name, path), measure(f"{name}_bare", path)
            what = f"{name}, companies a second"
            figure(what, f"{own:,.0f}", f"at least {target:,}", own >= target)
            share = f"{1 - own / bare:.0%} of the time"
            figure(f"{name}: limerun's own share beside Core", share, "", None)
        many = Path(folder) / "many.sqlite"
        fill(many, STREAMED)
        grown = measure("stream", many)
        what = "memory while a million companies are read"
        figure(what, f"+{grown:.1f} MB", "at most 20 MB", grown <= 20)


if __name__ == "__main__":
    sys.stdout.write(str(MEASURES[sys.argv[1]](Path(sys.argv[2]))))
