"""Run all scenarios of a task, and return what was found."""

import os
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from limerun.config.resolve import load_plan
from limerun.judge.resilience import resilience_findings
from limerun.linting import suspicions_of
from limerun.progress import Progress
from limerun.records import Finding, Plan, Resilience, ScenarioKind
from limerun.runs.preparation import RunContext, design_of
from limerun.runs.resilience.scenarios import (
    ResilienceQuestion,
    ResilienceRuns,
    run_scenarios,
)

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
FILE, API = "format: jsonl", "kind: http\n    page_size: 10"


def run_task(
    task: str,
    folder: Path,
    *,
    points: int = 1,
    is_api: bool = False,
    kinds: Collection[ScenarioKind] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> ResilienceRuns:
    """Run the scenarios of a task that imports 60 contracts, within ten minutes."""
    config = folder / "config.yaml"
    config.write_text(
        CONFIG.format(
            task=task,
            parameter="url" if is_api else "path",
            kind=API if is_api else FILE,
        ),
        encoding="utf-8",
    )
    plan = plan_of(config)
    cache = Path(os.environ["LIMERUN_CACHE"])
    (cache / "runs").mkdir(parents=True, exist_ok=True)
    context = RunContext(design=design_of(plan), cache=cache, progress=Progress())
    question = ResilienceQuestion(
        points=points,
        within_seconds=600,
        kinds=None if kinds is None else frozenset(kinds),
    )
    return run_scenarios(plan, context, question, clock)


def plan_of(config: Path) -> Plan:
    """Return the plan of such a config."""
    return load_plan(config, command="resilience", options={}, sets=(), environ={})


def findings_of(
    task: str, folder: Path, **how: Any
) -> tuple[Resilience, tuple[Finding, ...]]:
    """Run the scenarios of such a task; return them and the findings."""
    found = run_task(task, folder, **how)
    resilience, run = found.resilience, found.performance.runs[0]
    assert resilience is not None
    suspected = suspicions_of(plan_of(folder / "config.yaml"))
    record = found.performance.task
    return resilience, resilience_findings(record, resilience, run, suspected)
