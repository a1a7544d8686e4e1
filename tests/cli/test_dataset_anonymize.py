"""limerun dataset anonymize as a user runs it: output and exit codes."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Limerun, StartLimerun

pytestmark = pytest.mark.slow
CRM = ROOT / "fixtures" / "exports" / "crm"
RULES = ROOT / "fixtures" / "exports" / "rules.yaml"


def test_a_proven_copy_is_written_with_its_proof(
    limerun: Limerun, tmp_path: Path
) -> None:
    said = limerun(
        *("dataset", "anonymize", CRM, "--rules", RULES),
        *("--out", "copy", "--json", "proof.json"),
    )
    said.expect(code=0, out="PROVEN", err="copy: the copy, proven")
    assert json.loads((tmp_path / "proof.json").read_text())["passed"] is True
    limerun("dataset", "verify", CRM, "copy", "--rules", RULES).expect(code=0)


def test_initial_rules_are_suggested_and_never_overwritten(
    limerun: Limerun, tmp_path: Path
) -> None:
    suggest = ("dataset", "anonymize", CRM, "--suggest")
    limerun(*suggest, "--rules", "rules.yaml").expect(out="replace each DECIDE")
    written = (tmp_path / "rules.yaml").read_text()
    limerun(*suggest).expect(out="tables:\n  company:")
    limerun(*suggest, "--rules", "rules.yaml").expect(code=2, err="the file exists")
    assert (tmp_path / "rules.yaml").read_text() == written
    limerun(*suggest, "--out", "x").expect(code=2, err="--out has no effect")
    limerun(*suggest, "--force-output").expect(code=2, err="--force-output has no eff")


def test_an_unproven_copy_is_written_only_under_another_name_and_if_forced(
    limerun: Limerun, tmp_path: Path
) -> None:
    rows = "".join(f"Zacharias{chr(97 + n)},kort\n" for n in range(26))
    (tmp_path / "person.csv").write_text("name,note\n" + rows)
    (tmp_path / "rules.yaml").write_text(
        "tables: {person: {columns: {name: scramble, "
        "note: {rule: constant, value: hos Zachariasb}}}}"
    )
    ask = ("dataset", "anonymize", "person.csv", "--rules", "rules.yaml")
    said = limerun(*ask, "--out", "copy.csv")
    said.expect(code=1, out="NOT PROVEN", err="not written, as the copy contains")
    assert not list(tmp_path.glob("copy*"))
    said = limerun(*ask, "--out", "copy.csv", "--force-output")
    said.expect(code=1, err=r"copy\.unproven\.csv: the copy, NOT proven")
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.unproven.csv"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--rules", RULES), "--out is missing"),
        (("--out", "x"), r"--rules is missing.*--suggest --rules rules\.yaml"),
        (("--out", "x", "--rules", "none.yaml"), "none.yaml: no such file"),
        (("--out", "x", "--rules", RULES, "--key-file", "none"), "no such key file"),
        (("--out", "x", "--rules", RULES, "--format", "xml"), "choose one of csv"),
        (("--out", "x.csv", "--rules", RULES), "the copy has 3 files"),
        (("--out", "x", "--rules", RULES, "--json", "no/x"), "there is no folder no"),
    ],
)
def test_invalid_options_are_reported(
    limerun: Limerun, tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    limerun("dataset", "anonymize", CRM, *given).expect(code=2, err=said)
    assert not list(tmp_path.iterdir())


def test_an_interrupt_leaves_nothing_behind(
    start: StartLimerun, tmp_path: Path
) -> None:
    (tmp_path / "p.csv").write_text("name,note\nLovisa,hos Algot\n")
    (tmp_path / "rules.yaml").write_text(
        "tables: {p: {columns: {name: scramble, note: freetext}}}"
    )
    (tmp_path / "copy.csv").write_text("old")
    process = start(
        *("dataset", "anonymize", "p.csv", "--rules", "rules.yaml"),
        *("--out", "copy.csv"),
        pause_at="^replace",
    )
    process.read_errors_up_to("^replace")
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "interrupted: nothing was written" in err
    assert (tmp_path / "copy.csv").read_text() == "old"
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["copy.csv", "p.csv", "rules.yaml"]
