"""How fast datasets are generated, compared with well-known tools and limits."""

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

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.output.encodings import COPY_NULL
from limerun.dataset.output.executor import opened_executor
from limerun.dataset.output.generate import PhaseClock, write_files
from limerun.dataset.output.parts import DatasetFiles, OutputPiece, PartMaker
from limerun.dataset.postgres.address import Address
from limerun.dataset.postgres.load import load_server
from limerun.dataset.values.block import BLOCK_ROWS, Recipe
from limerun.dataset.values.makers import MAKERS
from limerun.progress import Progress
from tests.bench import person
from tests.bench.figures import figure, heading
from tests.bench.tasks import MB

POSTGRESQL = os.environ.get(
    "LIMERUN_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/test"
)
ROWS = 1_000_000


def datasets() -> None:
    """Print all measurements of datasets."""
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
        PartMaker(recipe, OutputPiece(name="person", kind=kind, format="csv")).sample()
    return recipe


def make_file(
    recipe: Recipe,
    path: Path,
    piece: OutputPiece | None,
    workers: int = 1,
    block_rows: int = BLOCK_ROWS,
) -> tuple[str, PhaseClock]:
    """Write a file again (a database if no piece is given); return digest and seconds."""
    path.unlink(missing_ok=True)
    contents = DatasetFiles(
        database=path.name if piece is None else None,
        pieces={} if piece is None else {path.name: piece},
    )
    clock = PhaseClock(Progress())
    opened = opened_executor(recipe, Progress(), workers, block_rows)
    with tempfile.TemporaryDirectory() as journals, opened as executor:
        digests = write_files(executor, contents, path.parent, Path(journals), clock)
    (digest,) = digests[path.name].values()
    return digest, clock


def _csv(folder: Path) -> None:
    recipe = _recipe(ROWS)
    path = folder / "person.csv"
    piece = OutputPiece(name="person", kind="source", format="csv")
    rate = _rate(ROWS, lambda: make_file(recipe, path, piece), 5)
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

    clocks = [make_file(recipe, path, None)[1] for _ in range(3)]
    rate = ROWS / min(clock.seconds["load"] for clock in clocks)
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
    indexing = min(clock.seconds["index"] for clock in clocks)
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
            clock = PhaseClock(Progress())
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
    """Return how fast the server reads the same rows from a local file."""
    folder.chmod(0o755)
    path = folder / "ready.csv"
    piece = OutputPiece(name="person", kind="stored", format="copy")
    make_file(_recipe(rows), path, piece)
    with closing(place.connect()) as connection:
        connection.execute("CREATE TABLE other (LIKE person)")
        began = time.perf_counter()
        with connection.transaction():
            connection.execute("TRUNCATE other")
            connection.execute(
                f"COPY other FROM '{path}' (FORMAT csv, NULL '{COPY_NULL}', FREEZE)"
            )
        return rows / (time.perf_counter() - began)


def _identical(folder: Path) -> None:
    rows = 400_000
    recipe = _recipe(rows)
    for format in ("csv", "parquet"):
        piece = OutputPiece(name="person", kind="source", format=format)
        found = set()
        for workers, block_rows in ((1, 32_768), (1, 7_777), (2, 10_001), (3, 50_000)):
            path = folder / f"{workers}-{block_rows}.{format}"
            found.add(make_file(recipe, path, piece, workers, block_rows)[0])
        figure(
            f"{format}: digests of 4 runs, other blocks and processes",
            str(len(found)),
            "1",
            len(found) == 1,
        )


_PEAK = """
import re, sys
from pathlib import Path
from limerun.dataset.output.parts import OutputPiece
from tests.bench.datasets import _recipe, make_file

piece = OutputPiece(name="person", kind="source", format="csv")
make_file(_recipe(int(sys.argv[1])), Path(sys.argv[2]), piece)
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
