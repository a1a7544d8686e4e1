"""Decide which files to write for a folder of code."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from limerun.config.schema import schema_text
from limerun.scaffold.code import read_code
from limerun.scaffold.content import files_for
from limerun.scaffold.parsed_code import Candidate, Module, Surroundings
from limerun.scaffold.rendering import SCHEMA, can_render_steps, render_step
from limerun.scaffold.sample import TASK, sample_files, sample_of_package
from limerun.scaffold.surroundings import look_around
from limerun.scaffold.task_candidates import find_tasks, functions_taking_application

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaffold:
    """The files to write, and notes for the user."""

    files: Mapping[str, str]
    """Texts by path, relative to the folder; the first is the config."""
    task: str
    tasks: int
    """Number of tasks found; with 0, the task is the sample."""
    notes: tuple[str, ...]
    """What was skipped, and what to check."""


def scaffold_of(folder: Path, address: str | None) -> Scaffold:
    """Return the files of a first config for the code in a folder.

    Args:
        folder: The absolute path of the folder.
        address: The address of limerun for a pipeline's pip, or None if unknown.

    Raises:
        ConfigError: The data model in the folder cannot be read.
        OSError: The folder cannot be read.
    """
    code = read_code(folder)
    around = look_around(folder)
    candidates, left_out = find_tasks(code.modules)
    notes = [*code.notes, *left_out]
    sample = None if candidates else sample_of_package(code.modules, folder)
    if candidates or sample:
        chosen, text = sample or (candidates[0], None)
        files, more = files_for(candidates or [chosen], code.modules, around)
        if text is not None:
            files[chosen.module.path] = text
            more += _no_task(code.modules)
        notes += [*more, *_advice(chosen, around, files)]
        task, is_lime = chosen.spec, chosen.kind == "lime"
    else:
        files, task, is_lime = sample_files(), TASK, True
        around = replace(around, python=None)  # limerun's own one runs the sample
    files[SCHEMA] = schema_text()
    if can_render_steps(around):
        steps = dict(_steps(around, address, is_lime=is_lime))
        files |= steps
        notes += _advice_on(steps, around, known=address is not None)
    else:
        notes.append(
            f"no CI step written: the name of the folder {around.prefix} would need "
            "quotes in it"
        )
    return Scaffold(files=files, task=task, tasks=len(candidates), notes=tuple(notes))


def _no_task(modules: Iterable[Module]) -> Iterator[str]:
    """Yield the reasons for writing a sample, and what else could be measured."""
    yield (
        "no function is decorated with @task, so the sample saves objects in order to "
        "run the package's own classes"
    )
    others = [
        f"{module.path}:{function.name}"
        for module in modules
        for function in functions_taking_application(module.tree)
    ]
    if others:
        shown = ", ".join(others[:MOST_SHOWN])
        yield f"`task:` can also name one of these, which take the application: {shown}"


def _steps(
    around: Surroundings, address: str | None, *, is_lime: bool
) -> Iterator[tuple[str, str]]:
    for pipeline in around.pipelines:
        yield render_step(pipeline, around, address, is_lime=is_lime)


def _advice(
    chosen: Candidate, around: Surroundings, files: Mapping[str, str]
) -> Iterator[str]:
    for name, text in files.items():
        guesses = text.count(": check\n")
        if guesses:
            lines = "line is a guess" if guesses == 1 else "lines are guesses"
            yield f'{name}: {guesses} {lines}, marked with "check"'
    if chosen.kind == "lime" and around.has_platform:
        yield "the Lime platform is installed: set `application:` in the config"
    elif chosen.kind == "lime" and around.lacks_sqlalchemy:
        yield (
            "the stand-in for the Lime platform needs SQLAlchemy; run "
            f"{around.python} -m pip install 'sqlalchemy<1.5'"
        )


def _advice_on(
    steps: Mapping[str, str], around: Surroundings, *, known: bool
) -> Iterator[str]:
    for name in steps:
        if not name.startswith(".github/"):
            yield f"{name}: its first lines explain how to include it in the pipeline"
        if not known:
            yield f"{name}: set LIMERUN to the address of limerun for pip"
