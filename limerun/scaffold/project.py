"""Decide what is written for a folder of code, file by file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from limerun.config.schema import schema_text
from limerun.scaffold.code import read_code
from limerun.scaffold.content import files_for
from limerun.scaffold.nouns import Candidate, Module, Surroundings
from limerun.scaffold.rendering import SCHEMA, can_render_steps, render_step
from limerun.scaffold.sample import TASK, sample_files, sample_of_package
from limerun.scaffold.surroundings import look_around
from limerun.scaffold.task_candidates import find_tasks, functions_taking_application

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaffold:
    """The files to write, and what there is to say of them."""

    files: Mapping[str, str]
    """Text by path from the folder; the first is the config."""
    task: str
    tasks: int
    """How many were found; 0: the task is the sample."""
    notes: tuple[str, ...]
    """What was left out, and what needs a look."""


def scaffold_of(folder: Path, address: str | None) -> Scaffold:
    """Return the files that make a first config for what a folder holds.

    Args:
        folder: Of the code; absolute.
        address: Where a pipeline's pip finds limerun; None: not known.

    Raises:
        ConfigError: The data model that lies there cannot be read.
        OSError: The folder cannot be read.
    """
    code = read_code(folder)
    around = look_around(folder)
    candidates, left_out = find_tasks(code.modules)
    notes = [*code.notes, *left_out]
    sample = None if candidates else sample_of_package(code.modules, folder)
    if candidates or sample:
        chosen, text = sample or (candidates[0], None)
        files, said = files_for(candidates or [chosen], code.modules, around)
        if text is not None:
            files[chosen.module.path] = text
            said += _no_task(code.modules)
        notes += [*said, *_advice(chosen, around, files)]
        task, is_lime = chosen.spec, chosen.kind == "lime"
    else:
        files, task, is_lime = sample_files(), TASK, True
        around = replace(around, python=None)  # limerun's own runs the sample
    files[SCHEMA] = schema_text()
    if can_render_steps(around):
        steps = dict(_steps(around, address, is_lime=is_lime))
        files |= steps
        notes += _advice_on(steps, around, known=address is not None)
    else:
        notes.append(f"no pipeline's step: the folder {around.prefix} is oddly named")
    return Scaffold(files=files, task=task, tasks=len(candidates), notes=tuple(notes))


def _no_task(modules: Iterable[Module]) -> Iterator[str]:
    """Say why a sample was written for a package, and what else could be measured."""
    yield (
        "no function is decorated with @task; the sample saves objects, so that the "
        "package's own classes run"
    )
    others = [
        f"{module.path}:{function.name}"
        for module in modules
        for function in functions_taking_application(module.tree)
    ]
    if others:
        shown = ", ".join(others[:MOST_SHOWN])
        yield f"these take the application, so `task:` can name one: {shown}"


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
        yield "the Lime platform is installed: name its `application:` in the config"
    elif chosen.kind == "lime" and around.lacks_sqlalchemy:
        yield (
            "the stand-in for the Lime platform needs SQLAlchemy: "
            f"{around.python} -m pip install 'sqlalchemy<1.5'"
        )


def _advice_on(
    steps: Mapping[str, str], around: Surroundings, *, known: bool
) -> Iterator[str]:
    for name in steps:
        if not name.startswith(".github/"):
            yield f"{name}: its first lines say how the pipeline finds it"
        if not known:
            yield f"{name}: change LIMERUN to where pip finds limerun"
