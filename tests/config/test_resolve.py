"""Defaults < config < environment < options, and the resulting plan."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.config.resolve import load_plan
from limerun.errors import ConfigError
from tests.config.conftest import Load

TASK = "task: tasks.py:run\n"
WHOLE = """\
task: tasks.py:run
parameters:
  path: ${sources.contracts}
  api_token: hunter2
  target: {url: "postgres://me:pw@host/x", keys: [1, 2], page: 5}
environment: cloud
cloud_limit: 300 MB
budget: {memory: 80 MiB, idle_baseline: 150 MB, duration: 10 min, queries_per_row: 1}
database: {url: sqlite, latency: 5 ms}
dataset:
  seed: 7
  locale: nb_NO
  limetypes: types.yaml
  rows: {company: 20_000, contract: 100k}
  properties:
    contract.number: {kind: sequence, format: "K-{:07d}"}
production:
  rows: {company: 1.5M}
sources:
  contracts: {format: jsonl, rows: 7, columns: {number: contract.number, n: {kind: x}}}
timeout: 1 h
sampling: 5 ms
environment_variables: {ERP_URL: test}
"""


def test_only_the_task_is_required(load: Load, folder: Path) -> None:
    plan = load(TASK)
    assert plan.task == f"{folder}/tasks.py:run"
    assert plan.dataset is None
    assert plan.environment == "on-premise"
    assert plan.cloud_limit_bytes == 400_000_000
    assert plan.budget.memory_bytes == plan.budget.idle_baseline_bytes == 200_000_000
    assert plan.budget.duration_seconds is plan.budget.queries_per_row is None
    assert plan.timeout_seconds is None
    assert plan.sampling_seconds == 0.01
    assert plan.python == sys.executable
    assert plan.repeat == 1
    assert plan.command == "capacity-test"
    assert {k for k, v in plan.provenance.items() if v == "config"} == {"task"}


def test_a_complete_config_becomes_a_plan(load: Load) -> None:
    plan = load(WHOLE)
    assert plan.budget.memory_bytes == 80 * 2**20
    assert plan.budget.duration_seconds == 600
    assert plan.latency_seconds == 0.005
    assert plan.dataset is not None
    assert plan.dataset.seed == 7
    assert plan.dataset.rows == {"company": 20_000, "contract": 100_000}
    assert plan.dataset.limetypes["contract"] == {"number": {"type": "string"}}
    assert plan.dataset.properties["contract.number"]["kind"] == "sequence"
    assert plan.production_rows == {"company": 1_500_000}
    assert plan.sources["contracts"].columns["number"] == "contract.number"
    assert plan.sources["contracts"].overlap == 0
    assert plan.timeout_seconds == 3600
    assert plan.environment_variables == {"ERP_URL": "test"}
    assert plan.parameters["api_token"] == "hunter2"


def test_the_record_shows_every_key_but_no_secrets(load: Load) -> None:
    plan = load(WHOLE)
    decided = plan.decided
    assert decided.keys() == plan.provenance.keys()
    assert decided["budget.memory"] == 80 * 2**20
    assert decided["timeout"] == 3600
    assert decided["dataset.limetypes"] == ["company", "contract"]
    assert decided["dataset.rows.contract"] == 100_000
    assert decided["sources.contracts.overlap"] == 0
    assert plan.provenance["sources.contracts.overlap"] == "default"
    assert decided["parameters.api_token"] == "***"
    assert decided["parameters.target"] == {
        "url": "postgres://me:***@host/x",
        "keys": "***",
        "page": 5,
    }
    assert decided["environment_variables.ERP_URL"] == "***"
    text = json.dumps(decided)
    assert not any(secret in text for secret in ("hunter2", ":pw@", '"test"'))


def test_an_environment_variable_that_matches_no_key_is_a_warning(folder: Path) -> None:
    (folder / "c.yaml").write_text(TASK)
    warnings: list[str] = []
    load_plan(
        Path("c.yaml"),
        command="run",
        options={},
        sets=(),
        environ={"LIMERUN_PORT": "tcp://10.0.0.1:80", "LIMERUN_TIMOUT": "1 s"},
        warn=warnings.append,
    )
    port, timeout = warnings
    assert port.startswith(
        "LIMERUN_PORT: ignored, because it matches no key of the config"
    )
    assert 'did you mean "LIMERUN_TIMEOUT"?' in timeout
    assert "tcp://" not in port


def test_the_timeout_option_is_given_in_seconds(load: Load) -> None:
    assert load(TASK, options={"timeout": "90"}).timeout_seconds == 90
    assert load(TASK, options={"timeout": "1.5 min"}).timeout_seconds == 90


def test_each_layer_overrides_the_layers_below(load: Load) -> None:
    text = TASK + "timeout: 1 s\nbudget: {memory: 1 MB, duration: 1 s}\n"
    plan = load(
        text,
        environ={
            "LIMERUN_TIMEOUT": "2 s",
            "LIMERUN_BUDGET_MEMORY": "2MB",
            "LIMERUN_SAMPLING": "",
            "LIMERUN_CACHE": "/nowhere",
            "OTHER": "x",
        },
        options={"timeout": "3 s", "environment": None, "dataset.seed": 7},
        sets=["budget.duration=3 s", "parameters.path=[a, {b: 1}]"],
    )
    assert plan.timeout_seconds == 3
    assert plan.budget.memory_bytes == 2_000_000
    assert plan.budget.duration_seconds == 3
    assert plan.parameters == {"path": ["a", {"b": 1}]}
    assert plan.dataset is not None
    assert plan.dataset.seed == 7
    origins = plan.provenance
    assert origins["task"] == "config"
    assert origins["timeout"] == "option"
    assert origins["budget.memory"] == "environment"
    assert origins["budget.duration"] == "option"
    assert origins["budget.idle_baseline"] == "default"
    assert origins["parameters.path"] == "option"
    assert origins["sampling"] == origins["environment"] == "default"


SECONDS = st.none() | st.integers(1, 1000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(SECONDS, SECONDS, SECONDS, SECONDS)
def test_the_highest_layer_with_a_value_decides(
    load: Load,
    config: int | None,
    environment: int | None,
    option: int | None,
    override: int | None,
) -> None:
    plan = load(
        TASK + (f"timeout: {config} s\n" if config else ""),
        environ={"LIMERUN_TIMEOUT": f"{environment} s"} if environment else {},
        options={"timeout": option},
        sets=[f"timeout={override} s"] if override else [],
    )
    spoken = [
        ("option", override),
        ("option", option),
        ("environment", environment),
        ("config", config),
    ]
    expected = next((each for each in spoken if each[1]), ("default", None))
    assert (plan.provenance["timeout"], plan.timeout_seconds) == expected


def test_every_budget_has_a_level(load: Load) -> None:
    text = TASK + "budget: {levels: {memory: warning, duration: off}}\n"
    plan = load(text)
    assert plan.budget.levels == {
        "memory": "warning",
        "duration": "off",  # which YAML reads as false
        "queries_per_row": "error",
    }
    plan = load(text, sets=["budget.levels.memory=off"])
    assert plan.budget.levels["memory"] == "off"


def test_environment_variables_can_refer_to_user_defined_names(load: Load) -> None:
    plan = load(
        WHOLE,
        environ={
            "LIMERUN_DATASET_ROWS_COMPANY": "5k",
            "LIMERUN_SOURCES_CONTRACTS_OVERLAP": "0.5",
            "LIMERUN_PARAMETERS_TARGET_PAGE": "9",
        },
        sets=["dataset.properties.contract.number.kind=unique"],
    )
    assert plan.dataset is not None
    assert plan.dataset.rows["company"] == 5000
    assert plan.dataset.properties["contract.number"]["kind"] == "unique"
    assert plan.sources["contracts"].overlap == 0.5
    assert plan.provenance["parameters.target"] == "environment"


def test_an_invalid_override_is_reported_with_the_name_of_its_source(
    load: Load,
) -> None:
    cases: list[tuple[dict[str, object], list[str], dict[str, str], str]] = [
        ({"timeout": "5 q"}, [], {}, '--timeout: timeout: "5 q": "q" is not a unit'),
        ({"dataset.seed": -1}, [], {}, "--seed: dataset.seed: -1: must be at least 0"),
        ({}, ["budget.memry=1"], {}, "--set budget.memry: budget.memry: 1: unknown"),
        ({}, ["timeout"], {}, '--set: "timeout": write --set KEY=VALUE'),
        ({}, ["=1"], {}, '--set: "=1": write --set KEY=VALUE'),
        ({}, ["task.x=1"], {}, '--set task.x: task: "tasks.py:run": is not a section'),
        ({"task.x": 1}, [], {}, '--x: task: "tasks.py:run": is not a section'),
        ({}, ["timeout=[1"], {}, '--set timeout: timeout: "[1": '),
        ({}, ["timeout=!!x 1"], {}, '--set timeout: timeout: "!!x 1": the tag !!x'),
        ({}, [], {"LIMERUN_TIMEOUT": "x"}, 'LIMERUN_TIMEOUT: timeout: "x": not a time'),
        ({}, [], {"LIMERUN_TIMEOUT": "90"}, 'unit; write it like "90 s"'),
        ({}, ["budget.memory=200"], {}, 'unit; write it like "200 MB"'),
        ({}, ["sources.a={rows: 1}"], {}, "--set sources.a: sources.a.format: is mi"),
        ({"scale": 0}, [], {}, "--scale: 0: must be a number above 0"),
        ({"scale": 2.0}, [], {}, "--scale: 2.0: nothing to scale"),
        ({"rows": 0}, [], {}, "--rows: 0: must be 1 or more"),
        ({"rows": "x"}, [], {}, '--rows: "x": not a number of rows'),
        ({"repeat": 0}, [], {}, "--repeat: 0: must be a whole number, 1 or more"),
    ]
    for options, sets, environ, expected in cases:
        with pytest.raises(ConfigError) as caught:
            load(TASK, options=options, sets=sets, environ=environ)
        assert expected in str(caught.value)


def test_scale_and_rows_change_only_row_counts(load: Load) -> None:
    plan = load(WHOLE, options={"scale": 0.01, "rows": 500, "repeat": 3})
    assert plan.dataset is not None
    assert plan.dataset.rows == {"company": 200, "contract": 500}
    assert plan.sources["contracts"].rows == 1
    assert plan.production_rows == {"company": 1_500_000}
    assert plan.repeat == 3
    assert plan.decided["dataset.rows.contract"] == 500
    assert plan.provenance["dataset.rows.contract"] == "option"
    assert plan.provenance["production.rows.company"] == "config"


def test_values_not_affected_by_the_rows_option_keep_their_origin(load: Load) -> None:
    plan = load(WHOLE, options={"rows": 100})
    assert plan.sources["contracts"].rows == 7
    assert plan.provenance["sources.contracts.rows"] == "config"
    zero = load(WHOLE, sets=["dataset.rows.company=0"], options={"scale": 10})
    assert zero.dataset is not None
    assert zero.dataset.rows == {"company": 0, "contract": 1_000_000}
    with pytest.raises(
        ConfigError, match="makes more than 9,223,372,036,854,775,807 rows"
    ):
        load(WHOLE, options={"scale": 1e300})


def test_limetypes_can_be_declared_in_the_config(load: Load) -> None:
    plan = load(TASK + "dataset: {limetypes: {deal: {name: {type: string}}}}\n")
    assert plan.dataset is not None
    assert plan.dataset.limetypes == {"deal": {"name": {"type": "string"}}}
    assert plan.decided["dataset.limetypes"] == ["deal"]


def test_empty_sections_are_treated_as_absent(load: Load) -> None:
    plan = load(
        TASK + "parameters:\nbudget:\ndatabase:\nproduction:\nsources:\ndataset:\n"
    )
    assert plan.parameters == {}
    assert plan.dataset is None


@pytest.mark.parametrize(
    "name", ["again", "left", "right", "rest", "partial", "Jobs.nightly", "outer"]
)
def test_a_task_name_may_be_bound_in_any_way(name: str, load: Load) -> None:
    assert load(f"task: tasks.py:{name}\n").task.endswith(f"tasks.py:{name}")


def test_no_code_in_the_task_file_is_run(load: Load, folder: Path) -> None:
    (folder / "loud.py").write_text('raise SystemExit("ran")\nfrom x import *\n')
    assert load("task: loud.py:anything\n").task == f"{folder}/loud.py:anything"


@pytest.mark.parametrize("task", ["package.module:run", "package.module"])
def test_a_module_name_stays_as_written(task: str, load: Load) -> None:
    assert load(f"task: {task}\n").task == task


def test_paths_are_relative_to_the_folder_of_the_config(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "sub").mkdir()
    config = folder / "sub" / "c.yaml"
    config.write_text("task: ../tasks.py:run\ndataset: {limetypes: ../types.yaml}\n")
    monkeypatch.chdir("/")
    plan = load_plan(config, command="run", options={}, sets=[], environ={})
    assert plan.task == f"{folder}/tasks.py:run"
    assert plan.dataset is not None
    assert set(plan.dataset.limetypes) == {"company", "contract"}


def test_the_interpreter_is_found_without_resolving_its_link(
    load: Load, folder: Path
) -> None:
    link = folder / "bin" / "python"
    link.parent.mkdir()
    link.symlink_to(sys.executable)
    text = TASK + "python: bin/python\n"
    assert load(text).python == str(link)
    found = load(TASK + "python: python\n", environ={"PATH": str(link.parent)})
    assert found.python == str(link)
