"""How fast a real export of a million persons is read: rows per CPU second."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from limerun.exports.duckdb_engine import parts_in_sql
from limerun.exports.proof import prove
from limerun.exports.reading.csv_files import stage_csv
from limerun.exports.reading.open_export import opened_export
from limerun.exports.shape.measure import measure_shape
from limerun.exports.shape.shape_file import checked_shape_text
from limerun.exports.tables import Export
from limerun.progress import Progress
from tests.bench.figures import figure, heading

ROWS = 1_000_000


def read_exports() -> None:
    """Print how fast an export is staged, opened and measured."""
    heading(f"A real export: {ROWS:,} persons, ten columns, CSV; rows a CPU-second")
    with tempfile.TemporaryDirectory() as name:
        path = write_persons(Path(name) / "person.csv")
        staged = _rate(lambda: stage_csv(path, Path(name) / "part", Progress()))
        figure(
            "staged (pyarrow to Parquet)", _in_millions(staged), "1 M", staged >= 1e6
        )
        opened = _rate(lambda: _open(path, lambda export: None))
        figure(
            "opened: staged, every value's type checked", _in_millions(opened), "", None
        )
        shaped = _rate(lambda: _open(path, _shape))
        figure("dataset shape, all of it", _in_millions(shaped), "", None)


def prove_copy() -> None:
    """Print how fast a clean copy is proven, compared with a simpler DuckDB query."""
    heading(f"The proof: {ROWS:,} persons, ten columns, clean; rows a CPU-second")
    with tempfile.TemporaryDirectory() as name:
        source = write_persons(Path(name) / "source.csv")
        copy = write_persons(Path(name) / "copy.csv", stem="Kund")
        progress = Progress()
        with (
            opened_export([str(source)], progress=progress) as before,
            opened_export([str(copy)], progress=progress) as after,
        ):
            proof = prove(before, after, progress=progress)
            if not proof.passed:
                raise AssertionError(proof.reasons)
            proven = _rate(lambda: prove(before, after, progress=progress))
            figure(
                "every row of every column",
                _in_millions(proven),
                "0.4 M",
                proven >= 0.4e6,
            )
            bare = _rate(lambda: _join_bare(before, after))
            figure(
                "five semi joins, eight distinct counts", _in_millions(bare), "", None
            )
            figure("the proof over these", f"{bare / proven:.1f}x", "", None)


def _join_bare(before: Export, after: Export) -> None:
    """Compare five columns and count eight in plain SQL, without splitting words."""
    [source], [copy] = before.tables.values(), after.tables.values()
    relations = parts_in_sql(source.parts), parts_in_sql(copy.parts)
    for column in ("firstname", "lastname", "email", "phone", "city"):
        before.connection.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {column} FROM {relations[1]}) "
            f"SEMI JOIN {relations[0]} USING ({column})"
        ).fetchall()
    names = [column.name for column in source.columns][:8]
    counted = ", ".join(
        f"count(DISTINCT {name}), count({name}), sum(length({name}))" for name in names
    )
    for relation in relations:
        before.connection.execute(f"SELECT {counted} FROM {relation}").fetchall()


def write_persons(path: Path, rows: int = ROWS, stem: str = "Namn") -> Path:
    """Write a person table like an export, with quotes only where they are needed."""
    draw = np.random.default_rng([*stem.encode()])
    number = draw.permutation(rows) + 1
    words = np.array([f"{stem}{each:x}" for each in range(500)])
    first, last = words[draw.integers(0, 500, rows)], words[draw.integers(0, 500, rows)]
    days = np.datetime64("1950-01-01") + draw.integers(0, 18_000, rows)
    table = pa.table(
        {
            "id": number,
            "firstname": first,
            "lastname": last,
            "email": np.char.add(np.char.add(first, number.astype(str)), f"@{stem}.se"),
            "phone": np.char.add(
                "070-" if stem == "Namn" else "080-",
                np.char.zfill(draw.integers(0, 10**7, rows).astype(str), 7),
            ),
            "birthdate": days.astype(str),
            "company_id": draw.integers(1, 100_000, rows),
            "city": words[draw.integers(0, 45, rows)],
            "status": words[draw.integers(0, 5, rows)],
            "amount": np.round(draw.lognormal(8, 2, rows), 2),
        }
    )
    pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style="none"))
    return path


def _open(path: Path, use: Callable[[Export], None]) -> None:
    with opened_export([str(path)], progress=Progress()) as export:
        use(export)


def _shape(export: Export) -> None:
    shape = measure_shape(export, allowed=(), progress=Progress())
    checked_shape_text(export, shape)


def _rate(work: Callable[[], object]) -> float:
    """Return rows per CPU second, the better of two runs; the first one also imports."""
    rates = []
    for _ in range(2):
        started = time.process_time()
        work()
        rates.append(ROWS / (time.process_time() - started))
    return max(rates)


def _in_millions(rate: float) -> str:
    return f"{rate / 1e6:.2f} M"
