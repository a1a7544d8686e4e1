"""Resolve a Plan: defaults < config < environment variables < options."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from limerun.records import (
    Budget,
    DatasetPlan,
    HttpPlan,
    Plan,
    SourcePlan,
    TaskTimeLimits,
)

if TYPE_CHECKING:
    from limerun.config.amounts import RunAmounts
    from limerun.config.layers import Layers
    from limerun.config.model import ConfigKeys
    from limerun.config.problems import Problem
    from limerun.config.source_keys import SourceKeys
    from limerun.records.shape import Shape


def load_plan(
    path: Path,
    *,
    command: str,
    options: Mapping[str, object],
    sets: Sequence[str],
    environ: Mapping[str, str],
    warn: Callable[[str], None] = lambda _: None,
) -> Plan:
    """Return the plan that results from a config, the environment and the options.

    Args:
        path: The config file.
        command: The command, as the record shows it.
        options: Values by key path ("dataset.seed"); None means not given. "scale",
            "rows" and "repeat" are not keys: they change the number of rows and runs.
        sets: "KEY=VALUE", where VALUE is YAML.
        environ: The environment; `LIMERUN_BUDGET_MEMORY` sets budget.memory.
        warn: Called with each warning.

    Raises:
        ConfigError: The config is invalid; the message lists every problem and its
        position.
    """
    # Imported here because pydantic and PyYAML would slow down `--help`.
    from limerun.config.amounts import read_amounts
    from limerun.config.layers import lay_environment, lay_options
    from limerun.config.problems import ConfigProblems
    from limerun.config.secret_values import learn
    from limerun.config.validation import check_all, check_limits, validate

    amounts, problems = read_amounts(options)
    keys = {key: value for key, value in options.items() if key not in amounts.NAMES}
    layers = _read(path, problems)
    problems += lay_environment(layers, environ, warn)
    problems += lay_options(layers, keys, sets)
    shown = (str(path), str(Path.cwd()), str(layers.value(("task",))))
    learn(layers.values, environ, (*shown, str(layers.value(("python",)))))
    unread = _mount_limetypes(layers, path.parent)
    shape, shape_problems = _mount_shape(layers, path.parent)
    unread += shape_problems
    config, invalid = validate(layers)
    found, missing = _find_programs(layers, path.parent, environ)
    problems += [*unread, *invalid, *missing]
    problems += check_all(layers, limetypes_read=not unread)
    if config is not None:
        problems += [*check_limits(config, layers), *amounts.check(config)]
    if problems or config is None:
        raise ConfigProblems(problems)
    config = amounts.apply(config, layers)
    return _plan(_Decision(path, command, config, layers, found, amounts, shape))


@dataclass(frozen=True, slots=True)
class _Programs:
    """The task and interpreter that the config names, as absolute paths."""

    task: str
    python: str


@dataclass(frozen=True, slots=True)
class _Decision:
    path: Path
    command: str
    config: ConfigKeys
    layers: Layers
    programs: _Programs
    amounts: RunAmounts
    shape: Shape | None


def _read(path: Path, problems: list[Problem]) -> Layers:
    from limerun.config.file import read_document
    from limerun.config.layers import Layers
    from limerun.config.problems import ConfigProblems, Problem

    document = read_document(path)
    value = {} if document.value is None else document.value
    if not isinstance(value, dict):
        text = "must be a mapping of keys to values, like task: tasks/mine.py:run"
        problem = Problem(place=document.place(()), text=text, value=value)
        raise ConfigProblems([*problems, problem])
    return Layers(document, value)


def _mount_limetypes(layers: Layers, folder: Path) -> list[Problem]:
    """Read the file that dataset.limetypes names, if it names one."""
    from limerun.config.file import read_document
    from limerun.config.problems import ConfigProblems, Problem

    path = ("dataset", "limetypes")
    name = layers.value(path)
    if not isinstance(name, str):
        return []
    section = layers.section(path[:-1])
    file = folder / name
    if not os.path.isfile(file):  # noqa: PTH113 - False for a name too long, too
        section["limetypes"] = {}
        text = f"there is no file {file}; name the YAML file of the limetypes"
        problem = Problem(place=layers.place(path), path=path, text=text, value=name)
        return [problem]
    try:
        document = read_document(file)
    except ConfigProblems as error:
        section["limetypes"] = {}
        return error.problems
    if not isinstance(document.value, dict):
        section["limetypes"] = {}
        text = "must be a mapping of limetypes to their properties"
        return [Problem(place=document.place(()), text=text, value=document.value)]
    layers.mount(path, document)
    return []


def _mount_shape(layers: Layers, folder: Path) -> tuple[Shape | None, list[Problem]]:
    """Read the shape that dataset.like names, if any, and take limetypes and rows."""
    if layers.section(("dataset",)).get("like") is None:
        return None, []
    from limerun.config.like import mount_shape

    return mount_shape(layers, folder)


def _find_programs(
    layers: Layers, folder: Path, environ: Mapping[str, str]
) -> tuple[_Programs, list[Problem]]:
    from limerun.config.interpreter import InterpreterNotFound, find_interpreter
    from limerun.config.task_name import TaskNotFound, TaskUnreadable, find_task

    problems: list[Problem] = []
    task, python = layers.section(()).get("task"), layers.section(()).get("python")
    found_task = found_python = ""
    if python is None or isinstance(python, str):
        try:
            found_python = find_interpreter(python, folder, environ)
        except InterpreterNotFound as error:
            problems.append(layers.problem(("python",), str(error)))
    if isinstance(task, str):
        try:
            found_task = find_task(task, folder, own_python=python is None)
        except TaskNotFound as error:
            problems.append(layers.problem(("task",), str(error)))
        except TaskUnreadable as error:
            problems.append(error.problem)
    return _Programs(found_task, found_python), problems


def _plan(decision: _Decision) -> Plan:
    from limerun.config.problems import flatten, show_path

    config, programs = decision.config, decision.programs
    values = {**config.model_dump(), "python": programs.python}
    for name, source in config.sources.items():
        for key in source.idle_keys():
            del values["sources"][name][key]
    flat = dict(flatten(values))
    origins = {each: decision.layers.origin(each).name.lower() for each in flat}
    return Plan(
        command=decision.command,
        config_path=decision.path,
        task=programs.task,
        parameters=config.parameters,
        environment=config.environment,
        cloud_limit_bytes=config.cloud_limit,
        budget=Budget(
            memory_bytes=config.budget.memory,
            idle_baseline_bytes=config.budget.idle_baseline,
            duration_seconds=config.budget.duration,
            queries_per_row=config.budget.queries_per_row,
            levels=config.budget.levels.model_dump(),
        ),
        application=config.application,
        database_url=config.database.url,
        latency_seconds=config.database.latency,
        runtime_config=config.runtime_config,
        dataset=_dataset(config, decision.shape, decision.amounts),
        sources=_sources(config),
        production_rows=config.production.rows,
        rules=config.rules,
        handler=TaskTimeLimits(
            soft_seconds=config.handler.soft_time_limit,
            hard_seconds=config.handler.time_limit,
        ),
        timeout_seconds=config.timeout,
        background_wait_seconds=config.background_wait,
        sampling_seconds=config.sampling,
        python=programs.python,
        environment_variables=config.environment_variables,
        repeat=decision.amounts.repeat,
        decided={show_path(each): value for each, value in flat.items()},
        provenance={show_path(each): origin for each, origin in origins.items()},
    )


def _dataset(
    config: ConfigKeys, shape: Shape | None, amounts: RunAmounts
) -> DatasetPlan | None:
    dataset = config.dataset
    if dataset is None:
        return None
    return DatasetPlan(
        seed=dataset.seed,
        locale=dataset.locale,
        limetypes=dataset.limetypes,
        rows=dataset.rows,
        properties=dataset.properties,
        like=shape,
        trimmed=amounts.rows is not None or amounts.scale is not None,
    )


def _sources(config: ConfigKeys) -> dict[str, SourcePlan]:
    return {
        name: SourcePlan(
            format=source.format or "jsonl",
            delimiter=source.delimiter,
            rows=source.rows,
            overlap=source.overlap,
            columns=source.columns,
            duplicates=source.duplicates,
            missing=source.dirty.missing,
            malformed=source.dirty.malformed,
            http=_http(source),
        )
        for name, source in config.sources.items()
    }


def _http(source: SourceKeys) -> HttpPlan | None:
    if source.kind != "http":
        return None
    return HttpPlan(
        page_size=source.page_size,
        latency_seconds=source.latency,
        rate_limit=source.rate_limit,
        failure_rate=source.failure_rate,
    )
