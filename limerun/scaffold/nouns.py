"""What is found in a project's code, before anything is written of it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A Python file of the project, parsed."""

    path: str
    """From the project's folder, with "/" on every system."""
    tree: ast.Module


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCode:
    """All Python files of a project that may hold tasks."""

    modules: tuple[Module, ...]
    notes: tuple[str, ...]
    """Which files were left out, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter that a task must be given."""

    name: str
    annotation: ast.expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A task as its code shows it."""

    module: Module
    function: ast.FunctionDef
    kind: Literal["lime", "celery"]
    parameters: tuple[Parameter, ...]
    """Those without a default, after the application."""
    scheduled: Mapping[str, object] = field(default_factory=dict)
    """What the project's own schedule gives it, by parameter."""
    is_scheduled: bool = False

    @property
    def spec(self) -> str:
        """The task as a config names it."""
        return f"{self.module.path}:{self.function.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What lies about the code: interpreter, platform, pipelines, data model."""

    folder: Path
    python: str | None
    """The project's interpreter, from its folder; None: it has none."""
    has_platform: bool
    """The vendor's own packages are installed in that interpreter."""
    lacks_sqlalchemy: bool
    """The stand-in could not run in that interpreter."""
    requirements: tuple[str, ...]
    """What a pipeline gives to pip so that the task can be imported."""
    pipelines: tuple[Literal["github", "gitlab", "azure"], ...]
    prefix: str
    """The project's folder from the repository's root: "" or "a/b/"."""
