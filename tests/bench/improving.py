"""`limerun improve` on tasks as people write them: patches, proofs and factors."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from limerun.config.resolve import load_plan
from limerun.effects.differences import difference_of
from limerun.improving import improve
from limerun.progress import Progress
from limerun.records import ImprovedFigures, Improvement, Plan, Record
from limerun.runs.improve.observed_run import ObservingRunner
from limerun.runs.preparation import RunContext, design_of
from tests.bench.figures import console, figure, heading

ROOT = Path(__file__).parents[2]
TASKS = sorted((ROOT / "tests" / "tasks" / "improvable").glob("t*.py"))
CONFIG = """
task: {file}:run
{parameters}
budget: {{memory: 4 MB, queries_per_row: 0.1}}
dataset:
  limetypes: {root}/configs/lime-types.yaml
  rows: {{company: {rows}, contract: {rows}, deal: {rows}, coworker: 20}}
  properties:
    company.registrationno: {{unique: true}}
    contract.number: {{kind: sequence, format: "K-{{:07d}}"}}
{sources}
"""
SOURCES = """
sources:
  rows:
    format: jsonl
    rows: {rows}
    overlap: 0.5
    columns:
      number: contract.number
      name: contract.name
      value: contract.value
      comment: contract.comment
      customer: contract.company.registrationno
"""
ROWS = 2_000
"""A fiftieth of what the guide's limit of 200 MB is for; so is the budget."""


@dataclass(frozen=True)
class Improved:
    """One task after `limerun improve`."""

    name: str
    record: Record
    applies: bool
    same_effect: bool

    @property
    def improvement(self) -> Improvement:
        """What was changed."""
        assert self.record.improvement is not None
        return self.record.improvement

    @property
    def factors(self) -> dict[str, float]:
        """By how much memory, duration and queries fell."""
        if not self.improvement.applied:
            return {}
        before, after = self.improvement.before, self.improvement.applied[-1].figures
        return {
            name: was / now
            for name, was, now in (
                ("memory", before.memory_bytes, after.memory_bytes),
                ("duration", before.seconds, after.seconds),
                ("queries", before.queries, after.queries),
            )
            if was and now
        }


def improving(names: Sequence[str] = ()) -> None:
    """Print what is improved in each task, and by which factor."""
    heading("limerun improve on 20 tasks as people write them")
    chosen = [each for each in TASKS if not names or each.stem in names]
    found = []
    for file in chosen:
        found.append(improved(file))
        _print(found[-1])
    better = [each for each in found if each.improvement.applied]
    changed = [each.name for each in found if not each.same_effect]
    figure("tasks improved", f"{len(better)} of {len(found)}", "12", len(better) >= 12)
    applies = sum(each.applies for each in better)
    figure("patches that apply", f"{applies}", "all", applies == len(better))
    figure("patches that change the effect", f"{len(changed)}", "0", not changed)


def improved(file: Path, rows: int = ROWS) -> Improved:
    """Improve a copy of a task, apply the patch, and compare both on other data."""
    with TemporaryDirectory() as folder:
        copy, other = (
            Path(folder, "before", file.name),
            Path(folder, "after", file.name),
        )
        for each in (copy, other):
            each.parent.mkdir()
            shutil.copy(file, each)
        plan = _plan(copy, rows)
        context = RunContext(
            design=design_of(plan), cache=Path(folder), progress=Progress()
        )
        record = improve(plan, context)
        assert record.improvement is not None
        applies = True
        if record.improvement.patch:
            applied = subprocess.run(
                ["git", "apply", "--whitespace=nowarn"],
                cwd=other.parent,
                input=record.improvement.patch.encode(),
                check=False,
            )
            applies = applied.returncode == 0
        same = _has_same_effect(plan, context, other)
        return Improved(file.stem, record, applies, same)


def _plan(file: Path, rows: int) -> Plan:
    has_source = "path: str" in file.read_text(encoding="utf-8")
    config = file.with_suffix(".yaml")
    config.write_text(
        CONFIG.format(
            file=file,
            root=ROOT,
            rows=rows,
            parameters="parameters: {path: '${sources.rows}'}" if has_source else "",
            sources=SOURCES.format(rows=rows) if has_source else "",
        ),
        encoding="utf-8",
    )
    return load_plan(config, command="improve", options={}, sets=(), environ={})


def _has_same_effect(plan: Plan, context: RunContext, other: Path) -> bool:
    """Compare both versions on data that the proof did not use."""
    assert plan.dataset is not None
    dataset = replace(plan.dataset, seed=99, rows=dict.fromkeys(plan.dataset.rows, 700))
    sources = {
        name: replace(source, rows=900, duplicates=0.3, missing=0.02)
        for name, source in plan.sources.items()
    }
    plan = replace(plan, dataset=replace(dataset, trimmed=True), sources=sources)
    context = replace(context, design=design_of(plan))
    with ObservingRunner.open(plan, context) as runner:
        before, after = runner.observe(plan.task), runner.observe(f"{other}:run")
    if before.run.ending != after.run.ending:
        return False
    if before.run.ending != "returned":
        return True  # a batch may be committed before the error
    if before.change is None or after.change is None:
        return before.change is after.change and before.result == after.result
    is_same = not difference_of(before.change, after.change)
    return is_same and before.result == after.result


def _print(found: Improved) -> None:
    factors = ", ".join(f"{name} {by:.1f}x" for name, by in found.factors.items())
    improvement = found.improvement
    what = "; ".join(each.what for each in improvement.applied)
    figure(found.name, factors or "not improved", "", None)
    for line in (
        what,
        improvement.why,
        *(f"not: {each.what}: {each.why}" for each in improvement.rejected),
    ):
        if line:
            console.print(f"        {line}", markup=False, highlight=False)
    left = {each.rule for each in found.record.findings if each.level != "note"}
    console.print(
        f"        {_shown(improvement.before)}; verdict {found.record.verdict}; "
        f"left: {', '.join(sorted(left))}; applies {found.applies}, same effect "
        f"{found.same_effect}",
        markup=False,
        highlight=False,
    )


def _shown(figures: ImprovedFigures) -> str:
    return (
        f"before: {(figures.memory_bytes or 0) / 1e6:.1f} MB, {figures.seconds or 0:.2f} s,"
        f" {figures.queries} queries, {figures.commits} commits"
    )
