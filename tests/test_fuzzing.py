"""Any broken input is rejected with a message, never with a traceback."""

import json
import random
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from limerun.cli.app import app
from limerun.cli.saved_records import read_record
from limerun.config.resolve import load_plan
from limerun.config.shape_file import read_shape
from limerun.dataset.design.dataset_schema import check_plan
from limerun.errors import ConfigError, LimerunError, RecordError
from limerun.exports.anonymize.rules_file import read_rules
from tests.fuzzing import ROOT, TRIED
from tests.mutations import RAW


@pytest.mark.parametrize("kind", TRIED)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_broken_inputs_are_read_or_rejected_without_a_traceback(
    kind: str, seed: int, tmp_path: Path
) -> None:
    with suppress(LimerunError):
        TRIED[kind](random.Random(seed), tmp_path)


def load(folder: Path, text: str) -> None:
    (folder / "task.py").write_text("def run(app=None): pass\n")
    path = folder / "c.yaml"
    path.write_text(text, encoding="utf-8")
    plan = load_plan(path, command="run", options={}, sets=(), environ={})
    check_plan(plan.dataset, plan.sources)


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize("key", ["task", "parameters: {n", "dataset", "timeout"])
def test_unusual_yaml_in_a_config_is_read_or_rejected_with_its_location(
    tmp_path: Path, key: str, raw: str
) -> None:
    text = f"task: task.py:run\n{key}: {raw}{'}' * ('{' in key)}\n"
    text = text.removeprefix("task: task.py:run\n" if key == "task" else "")
    said = ""
    try:
        load(tmp_path, text)
    except ConfigError as error:
        said = str(error)
    assert not said or said.startswith(f"{tmp_path / 'c.yaml'}:")


@pytest.mark.parametrize(
    "length", ['"64"', "0", "-1", "1.5", "yes", "[1]", "{a: 1}", "99999999999", '""']
)
def test_an_invalid_length_is_an_error_with_its_location(
    tmp_path: Path, length: str
) -> None:
    text = f"dataset: {{limetypes: {{t: {{p: {{type: string, length: {length}}}}}}}}}"
    with pytest.raises(
        LimerunError, match=r"t\.p\.length: .* must be a number of characters"
    ):
        load(tmp_path, f"task: task.py:run\n{text}\n")


@pytest.mark.parametrize("type", ["{a: 1}", "[string]", "5", "null", "yes"])
@pytest.mark.parametrize("key", ["type", "type: belongsto, related"])
def test_a_type_or_relation_that_is_not_text_is_an_error(
    tmp_path: Path, key: str, type: str
) -> None:
    text = f"dataset: {{limetypes: {{t: {{p: {{{key}: {type}}}}}}}}}"
    with pytest.raises(LimerunError, match=r"unknown (type|limetype)"):
        load(tmp_path, f"task: task.py:run\n{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "task: {}.py:run",
        "task: {}/a.py:run",
        "task: task.py:run\npython: {}/python",
        "task: task.py:run\ndataset: {{limetypes: {}}}",
        "task: task.py:run\ndataset: {{like: {}}}",
    ],
)
@pytest.mark.parametrize("path", ["x" * 300, "x/" * 3000, "~nobody-there/x", '"a\\0b"'])
def test_an_impossible_path_is_an_error(tmp_path: Path, text: str, path: str) -> None:
    if '"' in path and not text.endswith(("{}", "{}}}")):
        path = "a\\b"
    with pytest.raises(ConfigError):
        load(tmp_path, text.format(path) + "\n")


def test_a_path_too_long_for_the_system_is_an_error(
    tmp_path: Path,
) -> None:
    long = "x" * 300
    record = str(ROOT / "fixtures" / "records" / "passed.json")
    for words in (
        ["run", long],
        ["report", long],
        ["report", record, "--html", f"{long}.html"],
        ["report", record, "--json", f"{tmp_path}/{long}/a.json"],
        ["compare", record, long],
        ["history", long],
        ["dataset", "shape", long, "--out", str(tmp_path / "shape.yaml")],
        ["dataset", "shape", str(tmp_path), "--out", str(tmp_path / long)],
        ["dataset", "anonymize", long, "--rules", long, "--out", long],
        ["dataset", "verify", long, long],
        ["dataset", "generate", long, "--out", long],
    ):
        ended = CliRunner().invoke(app, words)
        assert ended.exit_code == 2, (words, ended.output, ended.exception)


@pytest.mark.parametrize("number", ["1" + "0" * 400, "9" * 5_000, "-1e999", str(2**63)])
@pytest.mark.parametrize("key", ["peak_bytes", "duration_seconds", "line"])
def test_a_number_too_large_in_a_record_is_an_error_with_its_location(
    tmp_path: Path, key: str, number: str
) -> None:
    text = (ROOT / "fixtures" / "records" / "passed.json").read_text()
    path = tmp_path / "record.json"
    path.write_text(re.sub(rf'"{key}": [\d.]+', f'"{key}": {number}', text, count=1))
    with pytest.raises(
        RecordError, match=rf"{key}: .*(too large|whole number)|cannot be"
    ):
        read_record(path)


@pytest.mark.parametrize(
    "text",
    ["[a]", "{a: 1}", "5", "yes", "&a {b: *a}", "{rule: [keep]}", "0x" + "f" * 4000],
)
def test_a_rule_or_key_that_is_not_text_is_an_error_with_its_location(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(f"tables: {{t: {{columns: {{c: {text}}}}}}}\n")
    with pytest.raises(ConfigError, match=rf"^{path}:1:\d+: "):
        read_rules(path)
    shape = (ROOT / "tests" / "exports" / "shape.yaml").read_text()
    for key in ("rows: 25", "key: id", "nulls: 0", "type: integer"):
        path.write_text(shape.replace(key, f"{key.partition(':')[0]}: {text}", 1))
        with pytest.raises(ConfigError, match=rf"^{path}:\d+:\d+: "):
            read_shape(path)


@pytest.mark.parametrize("where", ["runs[0].series", "profile.time.series"])
def test_a_series_with_different_numbers_of_times_and_values_is_an_error(
    tmp_path: Path, where: str
) -> None:
    document = json.loads((ROOT / "fixtures/records/profile.json").read_text())
    run, time = document["runs"][0], document["profile"]["time"]
    series = run["series"] if where.startswith("runs") else time["series"]
    series["rss_bytes"].append(1)
    path = tmp_path / "record.json"
    path.write_text(json.dumps(document))
    with pytest.raises(RecordError, match=rf"{re.escape(where)}: .* needs its memory"):
        read_record(path)
