"""How fast an export is anonymized, compared with CloakDB on the same export.

Run as a module it makes one copy, and prints what that took: in a process of its own,
so that the memory is its own too.
"""

import csv
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.figures import figure, heading

ROWS = 1_000_000
CLOAK_ROWS = 20_000
COLUMNS = ("firstname", "lastname", "email", "phone", "city")
RULES = """
tables:
  person:
    columns:
      id: {rule: permute}
      firstname: {rule: replace, words: firstname}
      lastname: {rule: replace, words: lastname}
      email: email
      phone: permute
      birthdate: noise
      company_id: permute
      city: {rule: replace, words: city}
      status: keep
      amount: noise
"""


def anonymize_export() -> None:
    """Print how fast an export is anonymized, and how many source values remain."""
    heading(f"Anonymizing: {ROWS:,} persons, ten columns, Parquet; rows a CPU-second")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules.yaml").write_text(RULES)
        source = write_parquet(folder / "person.parquet", ROWS)
        made = _made(source, folder / "copy.parquet")
        rate = ROWS / (made["learn"] + made["replace"])
        figure(
            "anonymize: looked at, learnt, replaced, written",
            _m(rate),
            "0.3 M",
            rate >= 0.3e6,
        )
        figure(
            "of that, the first look and learning",
            f"{made['learn']:.1f} CPU s",
            "",
            None,
        )
        proven = ROWS / made["prove"]
        figure("the proof of it", _m(proven), "0.4 M", proven >= 0.4e6)
        figure("proof passed", str(made["passed"]), "True", made["passed"])
        megabytes = made["peak_bytes"] / 1e6
        figure("peak memory, with the proof", f"{megabytes:.0f} MB", "", None)
        _beside_cloakdb(folder, rate)


def _made(source: Path, out: Path) -> Mapping[str, Any]:
    command = [sys.executable, "-m", "tests.bench.anonymizing", str(source), str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    made: Mapping[str, Any] = json.loads(done.stdout)
    return made


def _beside_cloakdb(folder: Path, rate: float) -> None:
    """Print the result of CloakDB for fewer of the same rows, with its own rules."""
    heading(f"CloakDB on {CLOAK_ROWS:,} of the same rows, with the rules it suggests")
    beside = Path(sys.executable).with_name("cloakdb")
    program = str(beside) if beside.exists() else shutil.which("cloakdb")
    if program is None:
        figure("cloakdb", "not installed", "it is in the extra bench", None)
        return
    source = write_csv(folder / "person.csv", CLOAK_ROWS)
    cloaked = folder / "cloaked.csv"
    scan = [program, "scan", str(source), "-o", str(folder / "cloak.yaml")]
    subprocess.run([*scan, "--locale", "sv_SE"], check=True, capture_output=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    mask = [program, "mask", "-c", str(folder / "cloak.yaml")]
    mask += ["-i", str(source), "-o", str(cloaked)]
    subprocess.run(mask, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    theirs = CLOAK_ROWS / seconds
    figure("cloakdb mask: rows a CPU-second", f"{theirs:,.0f}", "", None)
    ratio = rate / theirs
    figure("limerun over it", f"{ratio:.0f}x", "50x", ratio >= 50)
    _made(source, folder / "ours.csv")
    for column in COLUMNS:
        told = (
            _left_in(column, source, copy) for copy in (cloaked, folder / "ours.csv")
        )
        theirs_left, ours_left = told
        figure(f"{column}: CloakDB", theirs_left, f"limerun: {ours_left}", None)


def _left_in(column: str, source: Path, copy: Path) -> str:
    """Return distinct counts before and after, and the rows with a source value."""
    before, after = (_values(path, column) for path in (source, copy))
    held = set(before)
    survived = sum(value in held for value in after)
    return f"{len(held):,} > {len(set(after)):,}, {survived:,} stay"


def _values(path: Path, column: str) -> Sequence[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row[column] for row in csv.DictReader(file)]


def write_parquet(path: Path, rows: int) -> Path:
    """Write persons as Parquet."""
    import pyarrow.parquet as pq

    pq.write_table(_persons(rows), path)
    return path


def write_csv(path: Path, rows: int) -> Path:
    """Write persons as CSV."""
    import pyarrow.csv as pacsv

    style = pacsv.WriteOptions(quoting_style="none")
    pacsv.write_csv(_persons(rows), path, style)
    return path


def _persons(rows: int) -> Any:
    """Return persons with Faker's Swedish names, which CloakDB draws from as well."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from faker.providers.address.sv_SE import Provider as Address
    from faker.providers.person.sv_SE import Provider as Person

    from limerun.dataset.words.weighted_lists import fold

    draw = np.random.default_rng(1)
    number = np.arange(1, rows + 1)
    first, last, city = (
        np.array(sorted(set(names)))
        for names in (Person.first_names, Person.last_names, Address.cities)
    )
    firsts, lasts = (draw.integers(0, len(each), rows) for each in (first, last))
    spelt = [np.array([fold(name) for name in each]) for each in (first, last)]
    days = np.datetime64("1940-01-01") + draw.integers(0, 24_000, rows)
    digits = np.char.zfill(draw.integers(0, 10**8, rows).astype(str), 8)
    return pa.table(
        {
            "id": number,
            "firstname": first[firsts],
            "lastname": last[lasts],
            "email": pc.binary_join_element_wise(
                pa.array(spelt[0][firsts]),
                ".",
                pa.array(spelt[1][lasts]),
                pa.array(number.astype(str)),
                "@mail.example",
                "",
            ),
            "phone": np.char.add("07", digits),
            "birthdate": days.astype(str),
            "company_id": draw.integers(1, 50_000, rows),
            "city": city[draw.integers(0, len(city), rows)],
            "status": np.array(["active", "lead", "lost", "won"])[
                draw.integers(0, 4, rows)
            ],
            "amount": np.round(draw.lognormal(10, 1, rows), 2),
        }
    )


def _m(rate: float) -> str:
    return f"{rate / 1e6:.2f} M"


def _make_one(source: str, out: str) -> None:
    """Make a copy, and print the CPU seconds of each phase, the peak, and the verdict."""
    # What is imported here is not measured: it is the same for ten rows.
    import duckdb  # noqa: F401
    import pyarrow.dataset  # noqa: F401

    from limerun.exports.anonymize.anonymized_copy import CopyRequest, anonymize
    from limerun.exports.anonymize.rules_file import read_rules_file
    from limerun.exports.value_maps.key import random_key
    from limerun.progress import Phase, Progress

    class Clock(Progress):
        """Adds up the CPU seconds of each phase; reading is part of what follows."""

        def __init__(self) -> None:
            self.seconds = {"learn": 0.0, "replace": 0.0, "prove": 0.0}
            self.name, self.began = "learn", time.process_time()

        def phase(self, phase: Phase, detail: str = "") -> None:
            now = time.process_time()
            self.seconds[self.name] += now - self.began
            self.began = now
            self.name = phase if phase in self.seconds else self.name

    clock = Clock()
    order = CopyRequest(
        places=[source],
        out=out,
        format=None,
        rules=read_rules_file(Path(source).with_name("rules.yaml")),
        key=random_key(),
        force=True,
    )
    made = anonymize(order, clock)
    clock.phase("report")
    status = Path("/proc/self/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak is not None
    told = {
        "passed": made.proof.passed,
        "written": str(made.written),
        "peak_bytes": int(peak[1]) * 1024,
    }
    sys.stdout.write(json.dumps({**clock.seconds, **told}))


if __name__ == "__main__":
    _make_one(*sys.argv[1:])
