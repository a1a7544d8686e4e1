"""Two sketches of fingerprints tell in about how many rows they differ."""

from dataclasses import replace

import numpy as np
import pytest

from limerun.effects.changes import DatabaseChange
from limerun.effects.digest import Fingerprint, rows_differing
from limerun.effects.hashing import hash_numbers
from limerun.effects.snapshot import Snapshot, SnapshotRows, SnapshotSchema

MODEL = SnapshotSchema(
    columns={"deal": {"value": "INTEGER"}}, relations={"deal": {}}, links=()
)


def snapshot(values: np.ndarray) -> Snapshot:
    rows = SnapshotRows(
        ids=np.arange(len(values)) + 1,
        values={"value": hash_numbers(values)},
        related={},
    )
    return Snapshot(model=MODEL, tables={"deal": rows}, pairs={})


def fingerprint(before: np.ndarray, after: np.ndarray) -> Fingerprint:
    change = DatabaseChange(snapshot(before), snapshot(after))
    prints = change.effect()["deal"].fingerprint
    return Fingerprint.parse(prints["value"]) if prints else Fingerprint()


@pytest.mark.parametrize("created", [False, True])
@pytest.mark.parametrize("rows", [1, 5, 40, 300, 3_000, 100_000])
def test_the_number_of_rows_that_differ_is_estimated(rows: int, created: bool) -> None:
    values = np.arange(200_000)
    before = values[:0] if created else values
    other = values.copy()
    other[:rows] += 1_000_000
    one, two = fingerprint(before, values), fingerprint(before, other)
    assert one != two
    estimate = rows_differing(one.sketch, two.sketch)
    assert rows / 1.6 <= estimate <= rows * 1.6


def test_a_fingerprint_can_be_read_from_its_text() -> None:
    made = fingerprint(np.arange(5), np.arange(9) * 2)
    assert Fingerprint.parse(str(made)) == made
    assert str(Fingerprint()) == "...."
    assert Fingerprint.parse("....") == Fingerprint()
    assert replace(made, existing=0) != made
