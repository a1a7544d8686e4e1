"""Each weakness is found, and only that; tasks that survive have no finding.

The tasks run in forks of this process; `tests/cli/test_resilience.py` has real workers.
"""

from pathlib import Path

import pytest

from limerun.judge.resilience import resilience_verdict
from limerun.records import Finding, Resilience, Verdict
from limerun.runs.resilience import scenarios
from tests.runs.resilience.finding import findings_of
from tests.runs.resilience.forked_runner import ForkedRunner

ROOT = Path(__file__).parents[3]
TASKS = ROOT / "tests" / "tasks" / "resilient.py"
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
    name: str, folder: Path, points: int
) -> tuple[Resilience, tuple[Finding, ...]]:
    is_api = name in ("fetches_patiently", "takes_a_failed_page_for_the_last")
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
