"""The basis of all example records, with builders for their checks and findings."""

from collections.abc import Mapping
from dataclasses import replace

from limerun.judge.budget_checks import checks_of
from limerun.records import (
    SCHEMA,
    Check,
    ConfigValues,
    DatasetSummary,
    Finding,
    Json,
    Level,
    Location,
    Machine,
    PredictedDuration,
    Record,
    Verdict,
)
from limerun.records.rules import RULES_BY_ID
from tests.builders import IDLE, MB, TASK, a_budget, a_check, a_finding
from tests.report.made_runs import GOOD, good_run


def check(name: str, actual: float | None, limit: float, why: str) -> Check:
    return a_check(actual, limit, name=name, why=why)


def unended(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    why = "the task did not finish, so the full figure is unknown"
    return tuple(
        each if each.passed is False else replace(each, passed=None, why=why)
        for each in checks
    )


def with_prediction(
    record: Record, low: float, likely: float, high: float, rows_done: int
) -> Record:
    """Return a record of a stopped run with what its pace predicts for 120,000 rows."""
    [run] = record.runs
    predicted = PredictedDuration(
        low_seconds=low,
        likely_seconds=likely,
        high_seconds=high,
        rows_done=rows_done,
        rows_total=120_000,
    )
    run = replace(run, predicted_duration=predicted)
    budget = a_budget(duration=600.0)
    [why] = [each.why for each in checks_of(budget, [run]) if "duration" in each.name]
    checks = tuple(
        replace(each, why=why)
        if each.name == "duration.budget" and each.passed is None
        else each
        for each in record.checks
    )
    return replace(record, runs=(run,), checks=checks)


def finding(
    rule_id: str, level: Level, title: str, detail: str, where: Location | None
) -> Finding:
    rule = RULES_BY_ID[rule_id]
    return replace(
        a_finding(rule_id, level, title),
        detail=detail,
        advice=rule.advice,
        location=where,
        guide=rule.section,
        code=_LINES.get(where.line) if where else None,
    )


_LINES = {
    26: "contract = application.limetypes.contract(",
    38: "uow.commit()",
    47: "for contract in application.limetypes.contract.get_all(filter=number_filter):",
}


VALUES: Mapping[str, Json] = {
    "task": "../fixtures/tasks/import_contracts.py:import_contracts",
    "parameters.path": "${sources.contracts}",
    "environment": "on-premise",
    "cloud_limit": 400 * MB,
    "budget.memory": 200 * MB,
    "budget.idle_baseline": IDLE,
    "budget.duration": 600.0,
    "budget.queries_per_row": 0.1,
    "database.url": "sqlite",
    "database.latency": 0.0,
    "timeout": 3600.0,
    "sampling": 0.01,
}
FROM_FILE = {
    "task",
    "parameters.path",
    "budget.memory",
    "budget.duration",
    "budget.queries_per_row",
}


def base(name: str, *, values: Mapping[str, Json] | None = None) -> Record:
    """Return a record of the good import, to be changed by a test or a fixture."""
    changed = dict(values or {})
    provenance = {
        key: f"{name}, line {3 + index}" if key in FROM_FILE else "default"
        for index, key in enumerate(VALUES)
    } | dict.fromkeys(changed, "option")
    run = good_run()
    return Record(
        schema=SCHEMA,
        limerun_version="0.1.0",
        started_at="2026-03-02T09:30:00+00:00",
        command="capacity-test",
        config=ConfigValues(
            path=name, values={**VALUES, **changed}, provenance=provenance
        ),
        machine=Machine(
            os="Linux-6.8-x86_64", python="3.11.9", cpus=2, memory_bytes=8_200_000_000
        ),
        task=replace(
            TASK, file=GOOD, line=18, parameters={"path": "${sources.contracts}"}
        ),
        dataset=DatasetSummary(
            seed=2026,
            locale="sv_SE",
            fingerprint="5d1f0c2a9be84c11",
            rows={"company": 20_000, "contract": 100_000},
            total_rows=120_000,
            sources={"contracts": 120_000},
            seconds=0.21,
            cached=True,
        ),
        verdict=Verdict.PASSED,
        exit_code=0,
        runs=(run,),
        checks=(
            check("memory.task", 27_300_000, 200 * MB, "172.7 MB left"),
            check("memory.handler", 227_300_000, 400 * MB, "172.7 MB left"),
            check("duration.budget", 38.42, 600.0, "9.4 min left"),
            check("speed.queries", 2_402 / 120_000, 0.1, "0.08 left"),
        ),
    )
