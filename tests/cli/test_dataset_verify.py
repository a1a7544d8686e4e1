"""limerun dataset verify as a user runs it."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow

NAMES = ("id", "name", "mail", "city")
SOURCE = [
    ("1", "Anna Svensson", "anna@firma.se", "Lund"),
    ("2", "Erik Öberg", "erik@firma.se", "Umeå"),
    ("3", "Åsa Lindqvist", "asa@firma.se", "Lund"),
]
COPY = [
    ("2", "Xola Krenmark", "xola@qorp.example", "Lund"),
    ("3", "Vrik Ulvik", "vrik@qorp.example", "Umeå"),
    ("1", "Bro Findqvar", "bros@qorp.example", "Lund"),
]


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NAMES, *rows])
    return path


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name, rows in (("export", SOURCE), ("copy", COPY)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "person.csv", rows)
    return tmp_path / "export", tmp_path / "copy"


def test_a_clean_copy_is_proven(limerun: Limerun, folders: tuple[Path, Path]) -> None:
    limerun(
        *("dataset", "verify", *folders, "--keep", "person.city", "--json", "p.json")
    ).expect(code=0, out=r" PROVEN .*1 kept", err="prove")
    document = json.loads((folders[0].parent / "p.json").read_text(encoding="utf-8"))
    assert document["schema"] == "limerun.proof/1"
    assert document["passed"] is True


def test_remaining_values_exit_with_1_and_are_not_shown(
    limerun: Limerun, folders: tuple[Path, Path]
) -> None:
    write(
        folders[1] / "person.csv",
        [*COPY[:2], ("1", "mail ANNA%40firma.se", "x", "Lund")],
    )
    said = limerun(
        "dataset", "verify", *folders, "--keep", "person.city", "--json", "-"
    )
    said.expect(code=1, err="NOT PROVEN")
    document = json.loads(said.out)
    assert document["passed"] is False
    assert document["survivors"][0]["first_row"] == 3
    assert "firma" not in (said.out + said.err).lower()


def test_rules_declare_the_columns_that_stay_unchanged(
    limerun: Limerun, folders: tuple[Path, Path]
) -> None:
    rules = folders[0].parent / "rules.yaml"
    rules.write_text(
        "tables: {person: {columns: {city: keep}, quasi_identifiers: [city]}}",
        encoding="utf-8",
    )
    limerun("dataset", "verify", *folders, "--rules", rules).expect(
        code=0, out=r"smallest group by city: 1 row; in the copy: 1 row"
    )


def test_quiet_prints_one_line(limerun: Limerun, folders: tuple[Path, Path]) -> None:
    said = limerun("dataset", "verify", *folders, "--quiet")
    said.expect(code=1, out=r"^NOT PROVEN: .*survived")
    assert said.out.count("\n") == 1
    assert said.err == ""


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--keep", "person.citty"], 'no column "person.citty"; did you mean'),
        (["--quasi", "city"], 'no column "city"'),
        (["--rules", "nowhere.yaml"], "nowhere.yaml"),
        (["--json", "nowhere/p.json"], "no folder"),
    ],
)
def test_invalid_options_exit_with_2(
    limerun: Limerun, folders: tuple[Path, Path], options: list[str], error: str
) -> None:
    limerun("dataset", "verify", *folders, *options).expect(code=2, err=error)


def test_a_file_that_is_not_a_proof_is_not_overwritten(
    limerun: Limerun, folders: tuple[Path, Path]
) -> None:
    other = folders[0].parent / "own.json"
    other.write_text("{}", encoding="utf-8")
    limerun("dataset", "verify", *folders, "--json", "own.json").expect(
        code=2, err="not a proof"
    )
    assert other.read_text(encoding="utf-8") == "{}"


def test_a_missing_copy_exits_with_2(
    limerun: Limerun, folders: tuple[Path, Path]
) -> None:
    limerun("dataset", "verify", folders[0], "nowhere").expect(
        code=2, err="nowhere: no such file or folder"
    )


def test_two_files_with_different_names_are_compared(
    limerun: Limerun, folders: tuple[Path, Path]
) -> None:
    copy = (folders[1] / "person.csv").rename(folders[1] / "anonymous.csv")
    limerun(
        *("dataset", "verify", folders[0] / "person.csv", copy),
        *("--keep", "person.city"),
    ).expect(code=0, out="PROVEN")
