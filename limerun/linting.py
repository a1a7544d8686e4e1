"""Run the stages of `limerun lint`: read code, check it, apply levels, record.

Separate from `pipeline.py`, whose imports take longer than linting does.
"""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from limerun.engine.launch import this_machine
from limerun.errors import LimerunError
from limerun.judge.rule_levels import levelled, unused_ignores, without_ignored
from limerun.judge.suggestions import with_suggestions
from limerun.lint.check import STATIC_RULES
from limerun.records import (
    EXIT_CODES,
    SCHEMA,
    ConfigValues,
    Finding,
    Lint,
    LintedTask,
    Plan,
    Record,
    RuleLevel,
    Task,
    Verdict,
)
from limerun.runs.code_reading import Target, read_tasks, target_of
from limerun.runs.source_text import source_of
from limerun.version import VERSION


def lint(places: Sequence[str], plans: Sequence[Plan | None]) -> Record:
    """Check the code of the tasks in folders, files, modules and configs.

    Args:
        places: The folders, files, modules and configs that the user named.
        plans: The plan of each place that is a config.

    Raises:
        LimerunError: A place does not exist, contains no task or is not valid Python.
    """
    targets: dict[tuple[tuple[str, RuleLevel], ...], list[Target]] = {}
    for place, plan in zip(places, plans, strict=True):
        levels = tuple(sorted(plan.rules.items())) if plan else ()
        target = target_of(plan.task if plan else place)
        targets.setdefault(levels, []).append(target)
    read = [lint_targets(each, dict(levels)) for levels, each in targets.items()]
    findings = levelled({each: None for found, _ in read for each in found}, {})
    is_failed = any(each.level == "error" for each in findings)
    return replace(
        _record(places, Verdict.FAILED if is_failed else Verdict.PASSED),
        task=_task_of(places, [each for _, lint in read for each in lint.tasks]),
        config=_config_of(places, plans),
        findings=findings,
        lint=Lint(
            tasks=tuple(task for _, lint in read for task in lint.tasks),
            files=tuple(dict.fromkeys(file for _, lint in read for file in lint.files)),
            missing=tuple(dict.fromkeys(x for _, lint in read for x in lint.missing)),
        ),
    )


def lint_targets(
    targets: Sequence[Target], levels: Mapping[str, RuleLevel]
) -> tuple[tuple[Finding, ...], Lint]:
    """Return the findings in the code of targets, at their levels, and what was read.

    Raises:
        TaskError: There is no task, or its code cannot be read.
    """
    code = read_tasks(targets)
    found = code.findings()
    kept = without_ignored(found, code.lines_of)
    rules = STATIC_RULES - {rule for rule, level in levels.items() if level == "off"}
    unused = unused_ignores(
        found, code.files, code.lines_of, frozenset(rules), code.reaches
    )
    findings = levelled([*with_suggestions(kept, (), source_of), *unused], levels)
    return findings, code.summary(findings)


def suspicions_of(task: str) -> tuple[Finding, ...]:
    """Return the findings in a task's code, without ruff's; empty if unreadable.

    Args:
        task: FILE:FUNCTION, as the worker runs it.
    """
    try:
        found = read_tasks([target_of(task)], ruff=False).findings()
    except (LimerunError, RecursionError):
        return ()
    return with_suggestions(found, (), source_of)


def record_of_unread(places: Sequence[str], error: LimerunError) -> Record:
    """Return the record of code that could not be read, with the reason."""
    record = _record(places, Verdict.ERROR)
    return replace(record, exit_code=error.exit_code, problem=str(error))


def _record(places: Sequence[str], verdict: Verdict) -> Record:
    return Record(
        schema=SCHEMA,
        limerun_version=VERSION,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        command="lint",
        config=_config_of((), ()),
        machine=this_machine(platform.python_version()),
        task=_task_of(places, ()),
        dataset=None,
        verdict=verdict,
        exit_code=EXIT_CODES[verdict],
        runs=(),
    )


def _task_of(places: Sequence[str], tasks: Sequence[LintedTask]) -> Task:
    """Return the only task, or else one that represents all, named as the user did."""
    only = tasks[0] if len(tasks) == 1 else None
    return Task(
        name=only.name if only else ", ".join(places),
        file=only.file if only else None,
        line=only.line if only else None,
        parameters={},
        kind=None,
    )


def _config_of(places: Sequence[str], plans: Sequence[Plan | None]) -> ConfigValues:
    configs = [(place, plan) for place, plan in zip(places, plans, strict=True) if plan]
    if len(configs) != 1:
        names = ", ".join(place for place, _ in configs)
        return ConfigValues(path=names, values={}, provenance={})
    [(place, plan)] = configs
    return ConfigValues(path=place, values=plan.decided, provenance=plan.provenance)
