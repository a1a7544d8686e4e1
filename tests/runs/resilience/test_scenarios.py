"""Each weakness is found, and only that; tasks that survive have no finding.

The tasks run in forks of this process; `tests/cli/test_resilience.py` has real workers.
"""

from itertools import count
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.errors import DatasetError
from limerun.judge.resilience import resilience_verdict
from limerun.progress import Progress
from limerun.records import Finding, Resilience, Verdict
from limerun.runs.preparation import RunContext, design_of
from limerun.runs.resilience import scenarios
from limerun.runs.resilience.scenario_runner import ScenarioRunner
from limerun.runs.resilience.scenarios import ResilienceQuestion, run_scenarios
from tests.runs.resilience.finding import findings_of, run_task
from tests.runs.resilience.forked_runner import ForkedRunner

ROOT = Path(__file__).parents[3]
TASKS = ROOT / "tests" / "tasks" / "resilient.py"
SURVIVORS = (
    *("looks_up_first", "rewrites_everything", "keeps_a_checkpoint", "commits_once"),
    *("updates_by_key", "tries_each_row", "fetches_patiently"),
)
API_TASKS = ("fetches_patiently", "takes_a_failed_page_for_the_last")
AGAIN = "A second run with the same input leaves another state"
KILLED = "After a kill, a second run does not complete the work"
UNNOTICED = "A failed call loses rows unnoticed"
STOPPED = "One bad row ends the task"
OTHERS = "One bad row loses other rows"
SKIPPED = "A bad row is left out unnoticed"
SWALLOWED = "An exception is swallowed"
WEAKNESSES = {
    "adds_up": {("resilience.rerun", AGAIN, "uow.commit()")},
    "saves_its_checkpoint_first": {("resilience.kill", KILLED, "uow.commit()")},
    "hides_failures": {
        ("resilience.errors", UNNOTICED, "except Exception:"),
        ("log.exceptions", SWALLOWED, "except Exception:"),
    },
    "stops_at_a_bad_row": {
        ("resilience.errors", STOPPED, 'raise ValueError("number or name is bad")')
    },
    "drops_the_batch": {("resilience.errors", OTHERS, "logger.exception(batch)")},
    "skips_silently": {
        ("resilience.errors", SKIPPED, "except (ValueError, TypeError):"),
        ("log.exceptions", SWALLOWED, "except (ValueError, TypeError):"),
    },
    "takes_a_failed_page_for_the_last": {
        ("resilience.errors", UNNOTICED, "except Exception:"),
        ("log.exceptions", SWALLOWED, "except Exception:"),
    },
}
"""The rule and title of each finding, and the line of code that it names."""


def found_in(
    name: str, folder: Path, points: int
) -> tuple[Resilience, tuple[Finding, ...]]:
    is_api = name in API_TASKS
    return findings_of(f"{TASKS}:{name}", folder, points=points, is_api=is_api)


@pytest.fixture(autouse=True)
def _forks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "DisturbedRunner", ForkedRunner)


@pytest.mark.slow
@pytest.mark.parametrize("name", SURVIVORS)
def test_a_task_that_survives_has_no_finding(name: str, tmp_path: Path) -> None:
    resilience, findings = found_in(name, tmp_path, points=1)
    assert findings == ()
    assert resilience.not_run == ()
    assert resilience_verdict(resilience) is Verdict.PASSED


@pytest.mark.slow
@pytest.mark.parametrize("name", WEAKNESSES)
def test_a_weakness_is_found_at_its_line_and_nothing_else(
    name: str, tmp_path: Path
) -> None:
    # The kill must hit every second commit.
    points = 3 if name == "saves_its_checkpoint_first" else 1
    resilience, findings = found_in(name, tmp_path, points)
    lines = TASKS.read_text(encoding="utf-8").splitlines()
    found = {
        (each.rule, each.title, lines[each.location.line - 1].strip())
        for each in findings
        if each.location is not None
    }
    assert found == WEAKNESSES[name]
    assert len(findings) == len(found)
    assert resilience.not_run == ()


# --- what is not compared -------------------------------------------------------------


@pytest.mark.slow
def test_no_scenario_is_run_if_clean_runs_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTER", str(tmp_path / "counter"))
    found = run_task(f"{TASKS}:creates_one_more_each_time", tmp_path).resilience
    assert found is not None
    assert [(each.missing, each.added) for each in found.unrepeatable] == [(0, 1)]
    assert found.scenarios == ()
    assert found.not_run == ()
    assert resilience_verdict(found) is Verdict.INCONCLUSIVE


@pytest.mark.slow
def test_a_property_that_varies_is_named_and_left_out(tmp_path: Path) -> None:
    task = f"{TASKS}:notes_who_created_it"
    found = run_task(task, tmp_path, kinds={"rerun"}).resilience
    assert found is not None
    assert found.varying == {"contract": ("name",)}
    assert [scenario.run.is_same for scenario in found.scenarios] == [True]


@pytest.mark.slow
def test_a_task_that_changes_nothing_is_never_passed(tmp_path: Path) -> None:
    found = run_task(f"{TASKS}:changes_nothing", tmp_path, kinds={"rerun"}).resilience
    assert found is not None
    assert found.scenarios[0].run.is_same
    assert resilience_verdict(found) is Verdict.INCONCLUSIVE


@pytest.mark.slow
def test_a_task_that_reads_all_rows_at_once_is_killed_between_writes(
    tmp_path: Path,
) -> None:
    task = f"{TASKS}:reads_all_rows_at_once"
    found = run_task(task, tmp_path, points=2, kinds={"kill"}).resilience
    assert found is not None
    assert [scenario.at for scenario in found.scenarios] == ["committed", "write"]
    assert all(
        scenario.rerun and scenario.rerun.is_same for scenario in found.scenarios
    )


@pytest.mark.slow
def test_scenarios_without_time_are_named(tmp_path: Path) -> None:
    # Each reading of the clock takes 100 s of the 600.
    clock = count(0.0, 100.0)
    task = f"{TASKS}:looks_up_first"
    found = run_task(task, tmp_path, clock=lambda: next(clock)).resilience
    assert found is not None
    assert [scenario.fault for scenario in found.scenarios] == [
        "rerun",
        "kill",
        "connection",
    ]
    assert found.not_run[0].name.startswith("lock times out at writing statement")
    assert all(each.is_cut for each in found.not_run)
    assert resilience_verdict(found) is Verdict.INCONCLUSIVE


@pytest.mark.slow
def test_a_task_that_raises_without_a_fault_has_no_scenarios(tmp_path: Path) -> None:
    found = run_task(f"{TASKS}:fails_always", tmp_path)
    assert found.resilience is None
    assert [run.ending for run in found.performance.runs] == ["raised"]


@pytest.mark.slow
def test_ctrl_c_keeps_the_scenarios_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ScenarioRunner, "disturb", interrupt)
    found = run_task(f"{TASKS}:looks_up_first", tmp_path)
    assert found.interrupted
    assert found.resilience is not None
    assert [each.fault for each in found.resilience.scenarios] == ["rerun"]


def test_a_dataset_is_needed(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"task: {TASKS}:changes_nothing\nparameters: {{path: x}}\n")
    plan = load_plan(config, command="resilience", options={}, sets=(), environ={})
    context = RunContext(design=design_of(plan), cache=tmp_path, progress=Progress())
    question = ResilienceQuestion(points=1, within_seconds=1.0)
    with pytest.raises(DatasetError, match="has no dataset"):
        run_scenarios(plan, context, question)
