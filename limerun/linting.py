"""Run the stages of `limerun lint`: read code, check it, apply levels, record.

Separate from `pipeline.py`, whose imports take longer than linting does.
"""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

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
    Level,
    Lint,
    LintedTask,
    Plan,
    Record,
    RuleLevel,
    Task,
    Verdict,
)
from limerun.runs import personal_properties
from limerun.runs.code_places import Target, package_root, target_of
from limerun.runs.code_reading import read_tasks
from limerun.runs.source_text import source_of
from limerun.version import VERSION

_Items = tuple[tuple[str, Any], ...]


def lint(places: Sequence[str], plans: Sequence[Plan | None]) -> Record:
    """Check the code of the tasks in folders, files, modules and configs.

    Args:
        places: The folders, files, modules and configs that the user named.
        plans: The plan of each place that is a config.

    Raises:
        LimerunError: A place does not exist, contains no task or is not valid Python.
    """
    targets: dict[tuple[_Items, _Items], list[Target]] = {}
    for place, plan in zip(places, plans, strict=True):
        target = target_of(plan.task if plan else place)
        settings = _items(plan.rules if plan else {}), _items(_personal(target, plan))
        targets.setdefault(settings, []).append(target)
    read = [
        lint_targets(each, dict(levels), dict(personal))
        for (levels, personal), each in targets.items()
    ]
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


def _items(mapping: Mapping[str, Any]) -> _Items:
    return tuple(sorted(mapping.items()))


def _personal(target: Target, plan: Plan | None) -> Mapping[str, Level]:
    """Return the personal properties of the config's data model, or of the package's."""
    if plan is not None and (plan.dataset is not None or plan.sources):
        return personal_properties.of_plan(plan)
    return personal_properties.of_package(package_root(target.path))


def lint_targets(
    targets: Sequence[Target],
    levels: Mapping[str, RuleLevel],
    personal: Mapping[str, Level],
) -> tuple[tuple[Finding, ...], Lint]:
    """Return the findings in the code of targets, at their levels, and what was read.

    Args:
        targets: What to read.
        levels: The levels of the config.
        personal: The personal properties of the data model.

    Raises:
        TaskError: There is no task, or its code cannot be read.
    """
    code = read_tasks(targets, personal=personal)
    found = code.findings()
    kept = without_ignored(found, code.lines_of)
    rules = STATIC_RULES - {rule for rule, level in levels.items() if level == "off"}
    unused = unused_ignores(
        found, code.files, code.lines_of, frozenset(rules), code.reaches
    )
    findings = levelled([*with_suggestions(kept, (), source_of), *unused], levels)
    return findings, code.summary(findings)


def suspicions_of(plan: Plan) -> tuple[Finding, ...]:
    """Return the findings in a task's code, without ruff's; none if it is unreadable."""
    try:
        target = target_of(plan.task)
        code = read_tasks([target], ruff=False, personal=_personal(target, plan))
        found = code.findings()
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
