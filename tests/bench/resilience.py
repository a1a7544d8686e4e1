"""Whether each weakness is found and no other, with real workers and all scenarios."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from limerun.config.resolve import load_plan
from limerun.pipeline import resilience as run_scenarios
from limerun.progress import Progress
from limerun.runs.preparation import RunContext, design_of
from limerun.runs.resilience.scenarios import ResilienceQuestion
from tests.bench.figures import figure, heading
from tests.runs.resilience.finding import findings_of
from tests.runs.resilience.test_scenarios import (
    API_TASKS,
    SURVIVORS,
    TASKS,
    WEAKNESSES,
)

SCENARIOS = 200
FIXTURES = ("import-contracts", "import-contracts-naive", "fetch-contracts")
_CONFIGS = Path(__file__).parents[2] / "configs"


def resilience() -> None:
    """Run all scenarios of fourteen tasks, and of three example configs."""
    heading("Resilience: weaknesses found, hangs, leftovers")
    started = time.monotonic()
    with TemporaryDirectory() as folder:
        os.environ["LIMERUN_CACHE"] = folder
        total = hung = wrong = 0
        for name in (*SURVIVORS, *WEAKNESSES):
            found, findings = findings_of(
                f"{TASKS}:{name}", Path(folder), points=5, is_api=name in API_TASKS
            )
            titles = {(each.rule, each.title) for each in findings}
            expected = {each[:2] for each in WEAKNESSES.get(name, ())}
            wrong += titles != expected
            total += len(found.scenarios)
            hung += sum(each.run.ending == "timeout" for each in found.scenarios)
            text = f"{len(found.scenarios)} scenarios, {len(titles)} findings"
            figure(name, text, f"{len(expected)}", titles == expected)
        for name in FIXTURES:
            total += _fixture(name, Path(folder))
        left = [*(Path(folder) / "runs").iterdir()]
        left_running = psutil.Process().children(recursive=True)
    figure("scenarios", f"{total}", f"{SCENARIOS}", total >= SCENARIOS)
    figure("tasks with another finding, or without theirs", f"{wrong}", "0", not wrong)
    figure("scenarios that did not end", f"{hung}", "0", not hung)
    figure("folders left", f"{len(left)}", "0", not left)
    figure("processes left", f"{len(left_running)}", "0", not left_running)
    figure("time", f"{time.monotonic() - started:.0f} s", "", None)


def _fixture(name: str, cache: Path) -> int:
    """Run an example config with 200 rows; show its findings and return the count."""
    plan = load_plan(
        _CONFIGS / f"{name}.yaml",
        command="resilience",
        options={"rows": 200},
        sets=(),
        environ={},
    )
    context = RunContext(design=design_of(plan), cache=cache, progress=Progress())
    question = ResilienceQuestion(points=5, within_seconds=1_200)
    record = run_scenarios(plan, context, question)
    count = len(record.resilience.scenarios) if record.resilience else 0
    titles = "; ".join(each.title for each in record.findings) or "no finding"
    figure(name, f"{count} scenarios", titles, None)
    return count
