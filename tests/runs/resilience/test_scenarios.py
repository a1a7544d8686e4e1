"""Each weakness is found, and only that; tasks that survive have no finding.

The tasks run in forks of this process; `tests/cli/test_resilience.py` has real workers.
"""

import os
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.judge.resilience import resilience_findings, resilience_verdict
from limerun.linting import suspicions_of
from limerun.progress import Progress
from limerun.records import Finding, Resilience, Verdict
from limerun.runs.preparation import RunContext, design_of
from limerun.runs.resilience import scenarios
from limerun.runs.resilience.scenarios import ResilienceQuestion, run_scenarios
from tests.runs.resilience.forked_runner import ForkedRunner

ROOT = Path(__file__).parents[3]
TASKS = ROOT / "tests" / "tasks" / "resilient.py"
CONFIG = """
task: {task}
parameters: {{{parameter}: "${{sources.contracts}}"}}
dataset:
  limetypes:
    company: {{name: {{type: string}}, turnover: {{type: decimal}}}}
    contract:
      number: {{type: string, required: true}}
      name: {{type: string, length: 64, required: true}}
      value: {{type: decimal}}
    checkpoint: {{done: {{type: integer}}}}
  rows: {{company: 3, contract: 20}}
  properties:
    contract.number: {{kind: sequence, format: "K-{{:05d}}"}}
    contract.value: {{null_rate: 0}}
sources:
  contracts:
    {kind}
    rows: 60
    overlap: 0.3
    columns: {{number: contract.number, name: contract.name, value: contract.value}}
"""
FILE, API = "format: jsonl", "{kind}\n    page_size: 10".format(kind="kind: http")
SURVIVORS = (
    *("looks_up_first", "rewrites_everything", "keeps_a_checkpoint", "commits_once"),
    *("updates_by_key", "tries_each_row", "fetches_patiently"),
)
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
    name: str, folder: Path, points: int = 3
) -> tuple[Resilience, tuple[Finding, ...]]:
    is_api = name in ("fetches_patiently", "takes_a_failed_page_for_the_last")
    config = folder / "config.yaml"
    config.write_text(
        CONFIG.format(
            task=f"{TASKS}:{name}",
            parameter="url" if is_api else "path",
            kind=API if is_api else FILE,
        ),
        encoding="utf-8",
    )
    plan = load_plan(config, command="resilience", options={}, sets=(), environ={})
    context = RunContext(
        design=design_of(plan),
        cache=Path(os.environ["LIMERUN_CACHE"]),
        progress=Progress(),
    )
    (context.cache / "runs").mkdir(exist_ok=True)
    question = ResilienceQuestion(points=points, within_seconds=600)
    found = run_scenarios(plan, context, question)
    resilience, run = found.resilience, found.performance.runs[0]
    assert resilience is not None
    suspected = suspicions_of(plan.task)
    task = found.performance.task
    return resilience, resilience_findings(task, resilience, run, suspected)


@pytest.fixture(autouse=True)
def _forks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "DisturbedRunner", ForkedRunner)


@pytest.mark.slow
@pytest.mark.parametrize("name", SURVIVORS)
def test_a_task_that_survives_has_no_finding(name: str, tmp_path: Path) -> None:
    resilience, findings = found_in(name, tmp_path, points=2)
    assert findings == ()
    assert resilience.not_run == ()
    assert resilience_verdict(resilience) is Verdict.PASSED


@pytest.mark.slow
@pytest.mark.parametrize("name", WEAKNESSES)
def test_a_weakness_is_found_at_its_line_and_nothing_else(
    name: str, tmp_path: Path
) -> None:
    resilience, findings = found_in(name, tmp_path)
    lines = TASKS.read_text(encoding="utf-8").splitlines()
    found = {
        (each.rule, each.title, lines[each.location.line - 1].strip())
        for each in findings
        if each.location is not None
    }
    assert found == WEAKNESSES[name]
    assert len(findings) == len(found)
    assert resilience.not_run == ()
