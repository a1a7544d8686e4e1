"""limerun dataset shape in a process: files, errors and leftovers."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "company.csv").write_text(
        "id,name\n" + "".join(f"{n},Bolaget {n}\n" for n in range(1, 41))
    )
    rows = (
        {"id": n, "company_id": n % 40 + 1, "status": ["won", "lost"][n % 3 == 0]}
        for n in range(1, 201)
    )
    (folder / "deal.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def test_the_shape_of_a_folder_generates_similar_data(
    limerun: Limerun, export: Path, tmp_path: Path
) -> None:
    said = limerun("dataset", "shape", "export", "--out", "shape.yaml")
    said.expect(
        out=r"deal +200 rows +3 columns.*1 with few values", err="read: deal.jsonl"
    )
    said.expect(out=r"link: deal\.company_id to company\.id")
    said.expect(out=r"left out: deal\.status \(2\)")
    assert "Bolaget" not in (tmp_path / "shape.yaml").read_text()
    (tmp_path / "tasks.py").write_text("def run(app):\n    pass\n")
    (tmp_path / "c.yaml").write_text(
        "task: tasks.py:run\ndataset:\n  like: shape.yaml\n"
    )
    limerun("dataset", "generate", "c.yaml", "--out", "made").expect()
    limerun("dataset", "shape", "made", "--out", "again.yaml", "--quiet").expect(
        out="^$"
    )
    assert "rows: 200" in (tmp_path / "again.yaml").read_text()


def test_the_shape_can_be_written_to_stdout(limerun: Limerun, export: Path) -> None:
    allow = ("--allow", "deal.status")
    said = limerun("dataset", "shape", export / "deal.jsonl", "--out", "-", *allow)
    said.expect(out=r"^shape: limerun\.shape/1\ntables:\n  deal:\n    rows: 200\n")
    said.expect(out=r'options: \["won", "lost"\]')
    assert "few values" not in said.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.csv",), "nowhere.csv: no such file"),
        (
            ("export", "--allow", "deal.colour"),
            "--allow deal.colour: the export has no",
        ),
        (("export", "--allow", "deal.id"), "200 different values in 200 rows"),
    ],
)
def test_an_invalid_option_leaves_the_old_shape_unchanged(
    limerun: Limerun,
    export: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    told: str,
) -> None:
    old = tmp_path / "shape.yaml"
    old.write_text("shape: limerun.shape/1\ntables: {}\n")
    said = limerun("dataset", "shape", *arguments, "--out", "shape.yaml", "--quiet")
    said.expect(code=2, err=told, out="^$")
    assert old.read_text() == "shape: limerun.shape/1\ntables: {}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "shape.yaml"]


def test_a_file_that_is_not_a_shape_is_not_overwritten(
    limerun: Limerun, export: Path, tmp_path: Path
) -> None:
    (tmp_path / "lime-types.yaml").write_text("company: {}\n")
    said = limerun("dataset", "shape", "export", "--out", "lime-types.yaml")
    said.expect(code=2, err="is not a shape report; choose another")
    said = limerun("dataset", "shape", "export", "--out", "nowhere/shape.yaml")
    said.expect(code=2, err="nowhere/shape.yaml")
