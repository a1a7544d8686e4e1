"""limerun estimate as a user runs it: exit codes, reports and leftovers."""

import json
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import (
    ROOT,
    CommandResult,
    Limerun,
    StartLimerun,
    limerun_in,
    valid_record,
)
from tests.fork_server import ForkServer

pytestmark = pytest.mark.slow
GROWING = ROOT / "tests" / "tasks" / "growing.py"
SOURCE = "sources:\n  rows: {format: jsonl, rows: 2_000, columns: {number: {kind: sequence}}}"
WriteConfig = Callable[..., Path]


def write_growing_config(
    folder: Path, task: str, more: str = "", **parameters: object
) -> Path:
    given = "".join(f", {name}: {value}" for name, value in parameters.items())
    read = f"parameters: {{path: '${{sources.rows}}'{given}}}\n{SOURCE}"
    path = folder / "limerun.yaml"
    path.write_text(f"task: {GROWING}:{task}\n{read}\n{more}\n", encoding="utf-8")
    return path


@pytest.fixture
def growing_config(tmp_path: Path) -> WriteConfig:
    """Write a config for a task of growing.py that reads a source."""
    return partial(write_growing_config, tmp_path)


def saved_record(folder: Path) -> dict[str, Any]:
    return valid_record(folder / "record.json")


def test_memory_predicted_over_budget_exits_with_1_and_the_record_explains_it(
    limerun: Limerun, growing_config: WriteConfig, tmp_path: Path
) -> None:
    # The run beyond these rows ends the series, however much time there is.
    more = "budget: {memory: 100 MB}"
    path = growing_config("never_ends_beyond", more, bytes_each=40_000, rows=3_000)
    said = limerun(
        *("estimate", path, "--to", "20k", "--within", "1 h", "--repeat", "2"),
        *("--json", "record.json", "--markdown", "report.md", "--junit", "report.xml"),
        LIMERUN_CACHE=str(tmp_path / "cache"),
    )
    said.expect(code=1, out="PREDICTED OVER(.|\n)*20,000 rows(.|\n)*Memory grows")
    record = saved_record(tmp_path)
    growth = record["growth"]
    assert record["verdict"] == "failed"
    assert (growth["grow"], growth["to_rows"]) == ("sources", 20_000)
    [memory] = [p for p in growth["predictions"] if p["name"] == "memory.task"]
    assert memory["within"] is False
    assert 100_000_000 < memory["low"] <= memory["likely"] <= memory["high"]
    assert [point["rows"] for point in growth["size_points"]] == sorted(
        point["rows"] for point in growth["size_points"]
    )
    assert "PASSED" not in said.out
    assert "at 20,000 rows" in (tmp_path / "report.md").read_text()
    assert "<failure" in (tmp_path / "report.xml").read_text()
    assert list((tmp_path / "cache" / "runs").iterdir()) == []
    assert list((tmp_path / "cache" / "datasets").iterdir()) == []


def test_values_within_budget_are_predicted_or_too_noisy_but_never_passed(
    limerun: Limerun, growing_config: WriteConfig, tmp_path: Path
) -> None:
    path = growing_config("counts", "budget: {duration: 1 h}")
    said = limerun(
        "estimate", path, "--to", "400k", "--within", "3s", "--json", "record.json"
    )
    record = saved_record(tmp_path)
    growth = record["growth"]
    predicted = said.code == 0  # on a busy machine the time is too short for it
    assert said.code in {0, 6}
    assert record["verdict"] == (None if predicted else "inconclusive")
    assert ("PREDICTED WITHIN" in said.out) == predicted
    assert growth["noise"]["widening"] >= 1
    assert "PASSED" not in said.out


def test_too_few_sizes_exit_with_6_and_the_message_asks_for_more_time(
    limerun: Limerun, growing_config: WriteConfig
) -> None:
    limerun(
        "estimate", growing_config("counts"), "--to", "10M", "--within", "1s"
    ).expect(code=6, out=r"INCONCLUSIVE")


def test_a_task_that_raises_at_a_size_exits_with_3_and_earlier_results_are_shown(
    limerun: Limerun, growing_config: WriteConfig, tmp_path: Path
) -> None:
    path = growing_config("raises_beyond", rows=500)
    said = limerun(
        *("estimate", path, "--to", "64k", "--within", "1 h", "--json", "record.json")
    )
    said.expect(code=3, out=r"RAISED(.|\n)*at\s+[\d,]+ rows(.|\n)*Sizes")
    record = saved_record(tmp_path)
    growth = record["growth"]
    assert growth["ended_at_rows"] > 500
    assert all(size_point["rows"] <= 500 for size_point in growth["size_points"])
    assert growth["size_points"]


def test_a_task_that_times_out_at_a_size_exits_with_5(
    limerun: Limerun, growing_config: WriteConfig
) -> None:
    path = growing_config("never_ends_beyond", "timeout: 500 ms", rows=100)
    limerun("estimate", path, "--to", "64k", "--within", "1 h").expect(
        code=5, out="OUT OF TIME"
    )


def test_a_task_killed_for_memory_at_a_size_exits_with_4(
    limerun: Limerun, growing_config: WriteConfig
) -> None:
    more = "environment: cloud\ncloud_limit: 230 MB"
    path = growing_config("keeps", more, bytes_each=200_000)
    limerun("estimate", path, "--to", "64k", "--within", "1 h").expect(
        code=4, out="KILLED"
    )


def test_a_size_reached_within_the_time_limit_is_measured_and_not_predicted(
    limerun: Limerun, growing_config: WriteConfig, tmp_path: Path
) -> None:
    limerun(
        *("estimate", growing_config("keeps"), "--to", "500", "--within", "1 h"),
        *("--repeat", "2", "--json", "record.json"),
    )
    growth = saved_record(tmp_path)["growth"]
    assert growth["size_points"][-1]["rows"] == 500
    assert all(each["measured"] for each in growth["predictions"])
    assert max(size_point["runs"] for size_point in growth["size_points"]) <= 2


COUNTS = ("counts", "budget: {duration: 1 h}")


@pytest.fixture(scope="module")
def saved_estimate(
    tmp_path_factory: pytest.TempPathFactory, fork_server: ForkServer
) -> Path:
    """A folder with the record of an estimate for `COUNTS`."""
    folder = tmp_path_factory.mktemp("saved")
    write_growing_config(folder, *COUNTS)
    options = ("--to", "400", "--within", "1 h", "--repeat", "1")
    said = limerun_in(folder, fork_server)(
        "estimate", "limerun.yaml", *options, "--json", "record.json"
    )
    said.expect()
    return folder


def test_a_saved_estimate_is_continued(
    limerun: Limerun, growing_config: WriteConfig, saved_estimate: Path, tmp_path: Path
) -> None:
    before = saved_record(saved_estimate)["growth"]
    limerun(
        *("estimate", growing_config(*COUNTS), "--to", "400", "--within", "1 h"),
        *("--repeat", "2", "--continue", saved_estimate / "record.json"),
        *("--json", "record.json"),
    ).expect()
    after = saved_record(tmp_path)["growth"]
    assert after["runs"][: len(before["runs"])] == before["runs"]
    assert len(after["runs"]) > len(before["runs"])
    assert after["seconds"] > before["seconds"]
    assert after["within_seconds"] == 2 * before["within_seconds"]
    smallest, *_, top = after["size_points"]
    assert (smallest["runs"], top["runs"]) == (2, 2)


def test_a_saved_estimate_that_needs_no_further_run_is_judged_again(
    limerun: Limerun, growing_config: WriteConfig, saved_estimate: Path, tmp_path: Path
) -> None:
    before = saved_record(saved_estimate)
    (tmp_path / "record.json").write_text(json.dumps(before))
    limerun(
        *("estimate", growing_config(*COUNTS), "--to", "400", "--within", "1 ms"),
        *("--repeat", "1", "--continue", "record.json", "--json", "record.json"),
    )
    after = saved_record(tmp_path)
    assert after["growth"]["runs"] == before["growth"]["runs"]
    assert (after["task"], after["runs"]) == (before["task"], before["runs"])


def test_a_saved_estimate_that_does_not_match_exits_with_2(
    limerun: Limerun, growing_config: WriteConfig, tmp_path: Path
) -> None:
    task = tmp_path / "own.py"
    task.write_text("def count(path): return len(open(path).readlines())")
    path = growing_config("counts")
    path.write_text(path.read_text().replace(f"{GROWING}:counts", f"{task}:count"))
    options = ("--to", "400", "--repeat", "1", "--within", "1 h")
    limerun("estimate", path, *options, "--json", "record.json")

    def refused(*changed: object, says: str) -> None:
        limerun(
            "estimate", path, *options, "--continue", "record.json", *changed
        ).expect(code=2, err=rf"(?s)--continue: record.json does\s+not\s+match: {says}")

    more = ("--set", "sources.rows.rows=3000")
    refused(*more, says="sources.rows.rows: 2000 and 3000")
    refused("--to", "500", says="--to: 400")
    record = json.loads((tmp_path / "record.json").read_text())
    record["dataset"]["fingerprint"] = "of another generator"
    (tmp_path / "record.json").write_text(json.dumps(record))
    refused(says="dataset")
    limerun("estimate", path, *options, "--json", "record.json")
    task.write_text("def count(path): return 2 * len(open(path).readlines())")
    refused("--repeat", "2", says="task")
    limerun("estimate", path, *options, "--continue", "missing.json").expect(
        code=2, err="missing.json: cannot read the record"
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--to", "many"), r"--to: .*many.*100k"),
        (("--to", "0"), r"--to: 0 rows"),
        (("--to", "10", "--within", "soon"), r"--within: .*soon"),
        (("--to", "10", "--within", "0 s"), r"--within"),
        (("--to", "10", "--grow", "sources.row"), r"--grow.*row.*rows"),
        (("--to", "10", "--grow", "dataset"), r"--grow: dataset has no rows"),
        (("--to", "10", "--grow", "contracts"), r"--grow: contracts: must be sources"),
        (("--to", "10", "--database-rows", "1M"), r"--database-rows: .1M. must be LIM"),
        (("--to", "10", "--database-rows", "a=b"), r"--database-rows: a: .*b"),
        (("--to", "10", "--database-rows", "a=1"), r"the database does not exist"),
    ],
)
def test_invalid_options_exit_with_2(
    limerun: Limerun, growing_config: WriteConfig, options: tuple[str, ...], says: str
) -> None:
    said = limerun("estimate", growing_config("counts"), *options).expect(
        code=2, err=says
    )
    assert said.out == ""


def test_a_config_without_rows_exits_with_2(
    limerun: Limerun, config: WriteConfig
) -> None:
    limerun("estimate", config("returns"), "--to", "10").expect(
        code=2, err="has no rows; an estimate"
    )


IMPORT = ("estimate", ROOT / "configs" / "import-contracts.yaml", "--to", "6_000")
SMALLER = ("--database-rows", "contract=4_000,company=200", "--within", "1 h")


@pytest.fixture(scope="module")
def saved_with_parts(
    tmp_path_factory: pytest.TempPathFactory, fork_server: ForkServer
) -> tuple[Path, CommandResult]:
    """A folder with the record of an estimate with parts of a smaller database."""
    folder = tmp_path_factory.mktemp("parts")
    said = limerun_in(folder, fork_server)(
        *IMPORT, *SMALLER, "--repeat", "1", "--json", "record.json"
    )
    return folder, said


def test_a_smaller_database_is_extrapolated_to_production_from_runs_with_parts_of_it(
    saved_with_parts: tuple[Path, CommandResult],
) -> None:
    folder, said = saved_with_parts
    record = saved_record(folder)
    growth = record["growth"]
    database = growth["database"]
    assert database["rows"] == {"company": 200, "contract": 4_000}
    assert database["to_rows"] == {"company": 20_000, "contract": 100_000}
    assert database["is_production"]
    shares = [each["share"] for each in database["runs"]]
    assert shares == [0.25, 0.5, 1.0] * 2
    # More of the sources would overlap with more contracts than the database has.
    assert growth["size_points"][-1]["rows"] <= 6_000 / 25
    queries = [each["run"]["queries"] for each in database["runs"][:3]]
    assert queries[2] - queries[1] == 2 * (queries[1] - queries[0]) == 2
    assert not any(each["measured"] for each in growth["predictions"])
    assert record["dataset"]["rows"]["contract"] == 4_000
    assert "100,000 contracts" in " ".join(said.out.split())


def test_saved_runs_with_parts_of_the_database_are_continued(
    limerun: Limerun, saved_with_parts: tuple[Path, CommandResult], tmp_path: Path
) -> None:
    folder, _ = saved_with_parts
    before = saved_record(folder)
    saved_file = ("--continue", folder / "record.json")

    limerun(*IMPORT, *saved_file, "--within", "1 h", "--repeat", "1").expect(
        code=2, err=r"(?s)does\s+not\s+match.*rows\s+of\s+company.*200\s+and\s+20,000"
    )
    further = (*IMPORT, *SMALLER, *saved_file, "--json", "record.json")
    limerun(*further, "--repeat", "1")
    same = saved_record(tmp_path)["growth"]
    assert same["runs"] == before["growth"]["runs"]
    assert same["database"] == before["growth"]["database"]
    assert same["task_digest"] == before["growth"]["task_digest"]

    limerun(*further, "--repeat", "2")
    runs = saved_record(tmp_path)["growth"]["database"]["runs"]
    saved = before["growth"]["database"]["runs"]
    assert runs[: len(saved)] == saved
    inputs = [(each["run"]["rows"], each["share"]) for each in runs]
    assert inputs == inputs[: len(saved)] * 2


def test_ctrl_c_ends_the_series_and_shows_the_results_so_far(
    start: StartLimerun, growing_config: WriteConfig, tmp_path: Path
) -> None:
    process = start(
        *("estimate", growing_config("counts"), "--to", "1M", "--within", "1 h"),
        *("--json", "record.json"),
    )
    process.read_errors_up_to(r"(?s)( rows: .*){3}")
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130, (out, err)
    record = saved_record(tmp_path)
    assert record["exit_code"] == 130
    growth = record["growth"]
    assert len(growth["runs"]) >= 3
    assert "INTERRUPTED" in out


# --- stopping early ---------------------------------------------------------------------


def test_a_run_that_cannot_meet_its_duration_budget_is_stopped_and_exits_with_1(
    limerun: Limerun, growing_config: WriteConfig, tmp_path: Path
) -> None:
    more = "budget: {duration: 20 s}"
    path = growing_config("waits", more, seconds_each=0.001)
    said = limerun(
        *("capacity-test", path, "--stop-early", "--json", "record.json"),
        *("--set", "sources.rows.rows=200000"),
    )
    said.expect(code=1, out=r"STOPPED EARLY(.|\n)*of\s+200,000\s+rows(.|\n)*20\.0 s")
    record = saved_record(tmp_path)
    [run] = record["runs"]
    assert run["killed_because"] == "stopped_early"
    assert run["stopped_early"]["check"] == "duration.budget"
    assert run["stopped_early"]["at_least"] > 20
    predicted = run["predicted_duration"]
    assert predicted["high_seconds"] > predicted["low_seconds"] > 0
    assert predicted["rows_total"] == 200_000


def test_a_run_over_its_memory_budget_is_stopped_immediately(
    limerun: Limerun, growing_config: WriteConfig
) -> None:
    path = growing_config("keeps", "budget: {memory: 20 MB}", bytes_each=100_000)
    limerun("capacity-test", path, "--stop-early", "-q").expect(
        code=1, out="STOPPED EARLY.*of memory, over its budget of 20.0 MB"
    )


def test_a_run_within_its_budgets_is_not_stopped(
    limerun: Limerun, growing_config: WriteConfig
) -> None:
    path = growing_config("counts", "budget: {duration: 1 min}")
    limerun("capacity-test", path, "--stop-early", "-q").expect(out="PASSED")


def test_without_the_option_a_run_over_budget_continues_to_its_end(
    limerun: Limerun, growing_config: WriteConfig
) -> None:
    path = growing_config("keeps", "budget: {memory: 20 MB}", bytes_each=20_000)
    limerun("capacity-test", path, "-q").expect(code=1, out="^FAILED")
