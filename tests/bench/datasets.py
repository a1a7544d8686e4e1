"""How fast datasets are made, beside the tools and limits that people know."""

import hashlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from limerun.dataset.block import Recipe
from limerun.dataset.crew import Alone, opened_crew
from limerun.dataset.database import DatabaseMaking
from limerun.dataset.files import write_piece, write_source
from limerun.dataset.formats.rows_to_copy import NOTHING
from limerun.dataset.makers import MAKERS
from limerun.dataset.parts import Maker, Piece
from limerun.dataset.postgres_address import Address
from limerun.dataset.postgres_load import load_server
from limerun.dataset.produce import Clock
from limerun.dataset.schema import check_plan
from limerun.progress import Progress
from tests.bench import person
from tests.bench.figures import figure, heading
from tests.bench.tasks import MB

POSTGRESQL = os.environ.get(
    "LIMERUN_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/test"
)
ROWS = 1_000_000


def datasets() -> None:
    """Print every figure of datasets."""
    heading("Datasets: a person of ten columns, rows a second")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _csv(folder)
        _sqlite(folder)
        _postgresql(folder)
        _identical(folder)
        _memory(folder)


def _seconds(act: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of some times: the others were disturbed."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return min(taken)


def _rate(rows: int, act: Callable[[], object], times: int = 3) -> float:
    return rows / _seconds(act, times)


def _other(
    folder: Path, made: Callable[[], Iterator[person.Row]], rows: int
) -> Callable[[], None]:
    return lambda: person.write_csv(folder / "other.csv", islice(made(), rows))


def _million(rate: float) -> str:
    return f"{rate / 1e6:.2f} M" if rate >= 1e5 else f"{rate:,.0f}"


def _recipe(rows: int) -> Recipe:
    plans = person.as_limetype(rows), {"person": person.as_source(rows)}
    recipe = Recipe(check_plan(*plans), MAKERS)
    for kind in ("source", "stored"):  # the words are read once, not for each row
        Maker(recipe, Piece(name="person", kind=kind, format="csv")).sample()
    return recipe


def _csv(folder: Path) -> None:
    recipe = _recipe(ROWS)
    source = recipe.schema.sources["person"]
    path = folder / "person.csv"
    rate = _rate(ROWS, lambda: write_source(recipe, source, path, Progress()), 5)
    figure("CSV, one process", _million(rate), "2 M", rate >= 2e6)
    for what, made, rows, target in (
        ("Faker, a call for each value", person.faker_rows, 3_000, 150),
        ("Mimesis' providers", person.mimesis_rows, 20_000, 20),
        ("polyfactory", person.polyfactory_rows, 3_000, None),
        ("csv.writer of one constant tuple", person.constant_rows, 300_000, None),
    ):
        other = _rate(rows, _other(folder, made, rows), 2)
        times = rate / other
        figure(
            f"  beside {what}, {_million(other)}",
            f"{times:.1f} times",
            "" if target is None else f"{target} times",
            None if target is None else times >= target,
        )


def _sqlite(folder: Path) -> None:
    recipe = _recipe(ROWS)
    path = folder / "person.sqlite"

    def load(workers: int = 1) -> DatabaseMaking:
        path.unlink(missing_ok=True)
        with opened_crew(recipe, workers) as crew:
            making = DatabaseMaking(recipe, path, crew, Progress())
            making.load()
        return making

    rate = _rate(ROWS, load)
    figure("SQLite load, one process", _million(rate), "0.9 M", rate >= 9e5)
    constant = folder / "constant.sqlite"
    rows = 300_000
    limit = _rate(
        rows, lambda: person.insert(constant, islice(person.constant_rows(), rows))
    )
    figure(
        f"  beside executemany of one constant tuple, {_million(limit)}",
        f"{rate / limit:.2f} times",
        "1.5 times",
        rate / limit >= 1.5,
    )
    making = load()
    indexing = _seconds(making.index, 1)
    figure("  indexes and ANALYZE, after the load", f"{indexing:.2f} s", "", None)


def _postgresql(folder: Path) -> None:
    import psycopg

    address = Address.parse(POSTGRESQL)
    name = f"limerun_bench_{secrets.token_hex(4)}"
    try:
        admin = address.connect()
    except psycopg.OperationalError:
        figure("PostgreSQL", "no server here", "0.6 times COPY", None)
        return
    rows = ROWS // 2
    schema = _recipe(rows).schema
    with closing(admin):
        admin.execute(f"CREATE DATABASE {name}")
        try:
            place = replace(address, database=name)
            clock = Clock(Progress())
            load_server(schema, place.url(), "bench", 1, clock)
            limit = _server_copy(place, folder, rows)
        except psycopg.Error as error:
            figure("PostgreSQL", str(error)[:22], "0.6 times COPY", None)
            return
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    rate = rows / clock.seconds["load"]
    figure(
        f"PostgreSQL load, {_million(rate)}; server-side COPY {_million(limit)}",
        f"{rate / limit:.2f} times",
        "0.6 times",
        rate / limit >= 0.6,
    )


def _server_copy(place: Address, folder: Path, rows: int) -> float:
    """Return how fast the server reads the same rows from a file of its own."""
    folder.chmod(0o755)
    path = folder / "ready.csv"
    piece = Piece(name="person", kind="stored", format="copy")
    write_piece(_recipe(rows), piece, path, Alone(_recipe(rows)), Progress())
    with closing(place.connect()) as connection:
        connection.execute("CREATE TABLE other (LIKE person)")
        began = time.perf_counter()
        with connection.transaction():
            connection.execute("TRUNCATE other")
            connection.execute(
                f"COPY other FROM '{path}' (FORMAT csv, NULL '{NOTHING}', FREEZE)"
            )
        return rows / (time.perf_counter() - began)


def _identical(folder: Path) -> None:
    rows = 400_000
    recipe = _recipe(rows)
    for format in ("csv", "parquet"):
        piece = Piece(name="person", kind="source", format=format)
        found = set()
        for workers, block_rows in ((1, 32_768), (1, 7_777), (2, 10_001), (3, 50_000)):
            path = folder / f"{workers}-{block_rows}.{format}"
            with opened_crew(recipe, workers, block_rows) as crew:
                write_piece(recipe, piece, path, crew, Progress())
            found.add(hashlib.sha256(path.read_bytes()).hexdigest())
        figure(
            f"{format}: digests of 4 runs, other blocks and processes",
            str(len(found)),
            "1",
            len(found) == 1,
        )


_PEAK = """
import re, sys
from pathlib import Path
from limerun.dataset.files import write_source
from limerun.progress import Progress
from tests.bench.datasets import _recipe

recipe = _recipe(int(sys.argv[1]))
source = recipe.schema.sources["person"]
write_source(recipe, source, Path(sys.argv[2]), Progress())
# Not ru_maxrss, which begins with that of the process that started this one.
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) * 1024)
"""


def _memory(folder: Path) -> None:
    peaks = []
    for rows in (ROWS, 10 * ROWS):
        command = [sys.executable, "-c", _PEAK, str(rows), str(folder / "peak.csv")]
        shown = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks.append(int(shown.stdout) / MB)
    least, most = peaks
    figure("memory of 10 M rows as CSV", f"{most:.0f} MB", "300 MB", most <= 300)
    figure(
        "  more than of 1 M rows",
        f"{(most / least - 1) * 100:+.1f} %",
        "at most 10 %",
        most <= 1.1 * least,
    )
