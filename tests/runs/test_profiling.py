"""A profile finds the planted lines, and reports its results however the task ends."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.pipeline import profile
from limerun.progress import Progress
from limerun.records import Finding, Record
from limerun.runs import profiling
from limerun.runs.preparation import RunContext, design_of

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
TASKS = ROOT / "tests" / "tasks" / "bottlenecks.py"
CONFIG = """
task: {tasks}:{task}
parameters: {{path: "${{sources.contracts}}"{parameters}}}
{more}
dataset:
  limetypes: {root}/configs/lime-types.yaml
  rows: {{company: 5, contract: 300}}
  properties:
    contract.number: {{kind: sequence, format: "K-{{:07d}}"}}
sources:
  contracts:
    format: jsonl
    rows: {rows}
    overlap: {overlap}
    columns: {{number: contract.number, name: contract.name}}
"""

Profiling = Callable[..., Record]


@pytest.fixture
def profiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiling:
    """Profile a task of bottlenecks.py and return the record.

    Each instrument is a separate run, so a test names only the instruments it needs.
    """

    def perform(
        task: str,
        rows: int = 1000,
        overlap: float = 0.0,
        parameters: str = "",
        more: str = "",
        instruments: tuple[str, ...] = profiling.NAMES,
    ) -> Record:
        monkeypatch.setattr(profiling, "NAMES", instruments)
        path = tmp_path / "config.yaml"
        filled = CONFIG.format(
            tasks=TASKS,
            task=task,
            parameters=parameters,
            more=more,
            root=ROOT,
            rows=rows,
            overlap=overlap,
        )
        path.write_text(filled, encoding="utf-8")
        plan = load_plan(path, command="profile", options={}, sets=(), environ={})
        cache = Path(os.environ["LIMERUN_CACHE"])
        context = RunContext(design=design_of(plan), cache=cache, progress=Progress())
        record, _ = profile(plan, context)
        return record

    return perform


def line_of(marker: str) -> int:
    lines = TASKS.read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if f"# {marker}" in line)


def finding_of(record: Record, rule: str) -> Finding:
    [finding] = [each for each in record.findings if each.rule == rule]
    return finding


def advice_at(record: Record, rule: str, marker: str) -> str:
    """Assert that a rule has a finding in the marked line; return the advice."""
    finding = finding_of(record, rule)
    assert finding.location is not None
    assert (finding.location.file, finding.location.line) == (
        str(TASKS),
        line_of(marker),
    )
    return f"{finding.advice}\n{finding.suggestion or ''}"


def test_a_query_for_each_row_is_proven_by_runs_of_two_sizes(
    profiled: Profiling,
) -> None:
    record = profiled("asks_for_each_row", rows=400, overlap=0.25)
    told = advice_at(record, "speed.queries", "N+1")
    assert 'row["number"] in numbers' in told
    assert record.profile is not None
    assert record.profile.statements is not None
    [use] = record.profile.statements.statements
    assert (use.calls, use.smaller_calls, use.per_row) == (400, 200, 1.0)
    assert use.rows_read == 100
    assert {each.name for each in record.instruments} == {
        "time",
        "cpu",
        "memory",
        "statements",
    }
    assert all(each.slowdown for each in record.instruments)
    assert record.checks == ()
    time = record.profile.time
    assert time is not None
    assert sum(part.seconds for part in time.parts) == pytest.approx(
        time.duration_seconds
    )
    assert {part.kind for part in time.parts} >= {"own", "database", "sources"}
    assert time.functions[0].location.function == "find_contract"
    assert record.profile.tree[0].location.function == "asks_for_each_row"


def test_a_slow_search_in_a_list_is_reported_with_its_line(
    profiled: Profiling,
) -> None:
    record = profiled("searches_a_list", rows=4000, instruments=("time", "cpu"))
    assert "set()" in advice_at(record, "speed.segments", "slow")


def test_repeated_queries_and_a_commit_for_each_object_are_findings(
    profiled: Profiling,
) -> None:
    record = profiled(
        "asks_again_and_commits_each", rows=200, instruments=("time", "statements")
    )
    assert "query once" in advice_at(record, "speed.duplicates", "duplicate")
    assert "commit every 50" in advice_at(record, "memory.batches", "too few")
    assert not [each for each in record.findings if each.rule == "speed.queries"]
    assert record.profile is not None
    assert record.profile.statements is not None
    [size] = record.profile.statements.transactions
    assert (size.least, size.most, size.transactions) == (1, 1, 200)


def test_retained_rows_and_objects_are_findings(profiled: Profiling) -> None:
    record = profiled("keeps_every_object", rows=24_000, instruments=("time", "memory"))
    advice_at(record, "memory.objects", "kept")
    assert finding_of(record, "memory.growth").location is not None
    assert record.profile is not None
    growth = record.profile.memory_growth
    assert growth is not None
    assert growth.bytes_per_row > 200
    time = record.profile.time
    assert time is not None
    [alive] = time.objects
    assert alive.limetype == "contract"
    assert 0 < max(alive.alive) <= 24_000


def test_a_task_that_follows_the_guide_gets_no_warnings(profiled: Profiling) -> None:
    record = profiled("does_nothing_wrong")
    assert not [each for each in record.findings if each.level != "note"]
    assert record.profile is not None
    time = record.profile.time
    assert time is not None
    segments = {each.name: each.calls for each in time.segments}
    assert segments == {"": 0, "read": 1001, "build": 1000, "save": 20}


@pytest.mark.parametrize(
    ("how", "more", "ending", "told"),
    [
        ("raise", "", "raised", "the task raised ValueError"),
        (
            "grow",
            "environment: cloud\ncloud_limit: 260 MB",
            "killed",
            "the task was stopped at its memory limit",
        ),
    ],
)
def test_results_so_far_are_reported_if_the_task_fails(
    profiled: Profiling, how: str, more: str, ending: str, told: str
) -> None:
    record = profiled("ends_half_way", parameters=f", how: {how}", more=more)
    assert record.runs[0].ending == ending
    for instrument in record.instruments:
        assert (instrument.why_missing, instrument.note) == (None, told)
    held = {each.name: each for each in record.instruments}
    marker = "grows" if how == "grow" else "alive"
    assert held["memory"].lines[0].location.line == line_of(marker)
    advice_at(record, "speed.queries", "N+1")
    killed_for = [
        each.location and each.location.line
        for each in record.findings
        if each.rule == "memory.task"
    ]
    assert killed_for == ([line_of("grows")] if how == "grow" else [])
    assert record.profile is not None
    assert record.profile.time is not None
    assert "before the end" in {each.name for each in record.profile.time.segments}
    assert record.profile.statements is not None
    assert record.profile.statements.why_unproven is not None


@pytest.mark.parametrize(
    ("how", "marker", "says"),
    [
        (
            "hook",
            "after the hook",
            "the task set a profiler, so memray has no complete result",
        ),
        ("memray", "beside a profiler", "the task raised RuntimeError with memray"),
    ],
)
def test_a_profiler_in_the_task_is_reported_and_lines_are_still_measured(
    profiled: Profiling, how: str, marker: str, says: str
) -> None:
    record = profiled(
        "sets_a_profiler",
        rows=20,
        parameters=f", how: {how}",
        instruments=("memory",),
    )
    [memory] = record.instruments
    assert memory.note is not None
    assert says in memory.note
    assert memory.tool == "tracemalloc"
    assert memory.lines[0].location.line == line_of(marker)
    assert record.exit_code == 0


def test_the_memory_profile_of_a_crashed_worker_is_read_from_its_file(
    profiled: Profiling,
) -> None:
    record = profiled(
        "ends_half_way", parameters=", how: crash", instruments=("memory",)
    )
    assert record.runs[0].ending == "crashed"
    [memory] = record.instruments
    assert memory.why_missing is None
    assert memory.lines[0].location.line == line_of("alive")


def test_a_profile_counts_swallowed_exceptions_in_any_python(
    profiled: Profiling,
) -> None:
    record = profiled("hides_bad_rows", rows=40, instruments=("memory",))
    advice_at(record, "log.exceptions", "swallowed")
    assert "exceptions: ValueError" in finding_of(record, "log.exceptions").detail
