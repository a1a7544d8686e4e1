"""A CSV export without a header row is an error in every command; nothing is written."""

from pathlib import Path

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "arguments",
    [
        "shape export --out shape.yaml",
        "anonymize export --suggest --rules suggested.yaml",
        "anonymize export --rules rules.yaml --out copy",
        "verify export export",
    ],
)
def test_no_command_accepts_an_export_without_column_names(
    limerun: Limerun, tmp_path: Path, arguments: str
) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "person.csv").write_text(
        "1,Lovisa,1984-03-02\n2,Algot,1990-11-23\n"
    )
    (tmp_path / "rules.yaml").write_text(
        'tables: {person: {columns: {"1": clear, Lovisa: clear, "1984-03-02": clear}}}\n'
    )
    said = limerun("dataset", *arguments.split())
    said.expect(code=2, err="person.csv, line 1: there are values")
    assert "Lovisa" not in said.out + said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "rules.yaml"]
