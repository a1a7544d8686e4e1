"""Records for the tasks and modules found in a project's code."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A Python file of the project, parsed."""

    path: str
    """Relative to the project's folder, with "/" on every system."""
    tree: ast.Module


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCode:
    """All Python files of a project that may contain tasks."""

    modules: tuple[Module, ...]
    notes: tuple[str, ...]
    """The skipped files, with reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A required parameter of a task."""

    name: str
    annotation: ast.expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A task found in the code."""

    module: Module
    function: ast.FunctionDef
    kind: Literal["lime", "celery"]
    parameters: tuple[Parameter, ...]
    """The parameters without a default, after the application."""
    scheduled: Mapping[str, object] = field(default_factory=dict)
    """The arguments in the project's own schedule, by parameter."""
    is_scheduled: bool = False

    @property
    def spec(self) -> str:
        """The task's name in a config."""
        return f"{self.module.path}:{self.function.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The environment of the code: interpreter, platform, pipelines, requirements."""

    folder: Path
    python: str | None
    """The project's interpreter, relative to its folder, or None."""
    has_platform: bool
    """True if the vendor's packages are installed in that interpreter."""
    lacks_sqlalchemy: bool
    """True if SQLAlchemy, which the stand-in needs, is missing in that interpreter."""
    requirements: tuple[str, ...]
    """Arguments of `pip install` in a pipeline, so that the task can be imported."""
    pipelines: tuple[Literal["github", "gitlab", "azure"], ...]
    prefix: str
    """The project's folder, relative to the repository's root: "" or "a/b/"."""
