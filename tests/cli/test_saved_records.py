"""A saved record is read from its file, or an error names the file and the reason."""

import re
from pathlib import Path

import pytest

from limerun.cli.options import ReportOptions
from limerun.cli.saved_records import read_record
from limerun.errors import RecordError
from limerun.records.store import to_json
from tests.cli.conftest import Limerun
from tests.conftest import ROOT
from tests.report.make_records import RECORDS


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b'{"schema": "x"}'])
def test_an_unreadable_file_is_reported_with_its_name(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "cut short.json"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=re.escape(f"{path}: ")):
        read_record(path)


def test_a_missing_file_is_reported_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"none\.json: .*No such file"):
        read_record(tmp_path / "none.json")


def test_a_file_with_a_byte_order_mark_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text(to_json(RECORDS["run"]()), encoding="utf-8-sig")
    assert read_record(path) == RECORDS["run"]()


@pytest.mark.parametrize("name", ReportOptions().paths())
def test_every_format_overwrites_its_own_files_and_accepts_several_records(
    limerun: Limerun, tmp_path: Path, name: str
) -> None:
    folder = ROOT / "fixtures" / "records"
    first, second = folder / "passed.json", folder / "failed.json"
    (tmp_path / "folder").mkdir()
    for _ in range(2):
        limerun("report", first, f"--{name}", "one").expect()
        limerun("report", first, second, f"--{name}", "folder").expect()
    assert (tmp_path / "one").stat().st_size > 0
    assert len(list((tmp_path / "folder").iterdir())) == 2
