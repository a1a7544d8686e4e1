"""The keys of the config: their types, bounds, defaults and what they are for.

A key added here is checked, described in the JSON Schema, settable from the
environment and from `--set`, and shown in the record.
"""

from collections.abc import Iterator
from inspect import isclass
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from limerun.config.key_types import (
    BudgetLevel,
    Duration,
    Keys,
    Mappings,
    Rows,
    Size,
    empty,
)
from limerun.config.source_keys import SourceKeys

LONGEST_TIMEOUT = 14 * 86400.0
_EXAMPLE = "postgresql+psycopg://user@server:5432/database"
_POSTGRESQL = ("postgresql+psycopg", "postgresql+psycopg2", "postgresql")


def _timeout(seconds: float) -> float:
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise ValueError("must be more than 0 and at most 14 d")
    return seconds


def _sampling(seconds: float) -> float:
    if not 0.001 <= seconds <= 10:
        raise ValueError("must be between 1 ms and 10 s")
    return seconds


def _database(url: str) -> str:
    if url == "sqlite":
        return url
    if "://" not in url:
        raise ValueError(f'write "sqlite", the embedded one, or a URL like {_EXAMPLE}')
    scheme = url.partition("://")[0]
    if scheme not in _POSTGRESQL:
        raise ValueError(
            f'there is only "sqlite", the embedded one, and PostgreSQL: {_EXAMPLE}'
        )
    try:
        parts = urlsplit(url)
        named = parts.port != 0 and parts.path.strip("/")
        if "@" in parts.path or parts.fragment:
            raise ValueError
    except ValueError:
        raise ValueError(
            f"is no URL; write it like {_EXAMPLE}, and what is special in a password "
            'as %40 for "@"'
        ) from None
    if not named:
        raise ValueError(f"names no database; write it like {_EXAMPLE}")
    return url


class BudgetLevelKeys(Keys):
    """What it means when a budget is exceeded."""

    memory: BudgetLevel = Field(
        default="error", description="Of task memory and the handler's total."
    )
    duration: BudgetLevel = Field(default="error", description="Of the duration.")
    queries_per_row: BudgetLevel = Field(
        default="error", description="Of the statements per row."
    )


class BudgetKeys(Keys):
    """What the task must not exceed."""

    memory: Size = Field(
        default=200_000_000,
        description="The task's memory above the idle task handler.",
    )
    idle_baseline: Size = Field(
        default=200_000_000, description="What the idle task handler takes."
    )
    duration: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None, description="How long the task may take; no limit by default."
    )
    queries_per_row: Annotated[float, Field(ge=0)] | None = Field(
        default=None,
        description="Statements per row of the task's input; no limit by default.",
    )
    levels: Annotated[BudgetLevelKeys, BeforeValidator(empty)] = Field(
        default_factory=BudgetLevelKeys,
        description="error: exceeding it fails; warning: it is told and passes; "
        "off: it is not judged.",
    )


class DatabaseKeys(Keys):
    """The database that the task works on."""

    url: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite",
        description="sqlite, the embedded one; or a PostgreSQL server, on which "
        "limerun makes a database of its own and drops it afterwards.",
        examples=["sqlite", _EXAMPLE],
    )
    latency: Duration = Field(
        default=0.0,
        description="Added to every statement, to stand for production's network.",
    )


class DatasetKeys(Keys):
    """The rows that limerun makes up before the task runs."""

    seed: int = Field(
        default=2026, ge=0, lt=2**63, description="Other seed, other values."
    )
    locale: Literal["sv_SE", "nb_NO", "fi_FI", "da_DK", "nl_NL", "en_US", "de_DE"] = (
        Field(default="sv_SE", description="Language of names, places and texts.")
    )
    limetypes: Annotated[
        Mappings, WithJsonSchema({"type": ["object", "string", "null"]})
    ] = Field(
        default_factory=dict,
        description="The platform's own DSL, here or as the name of a YAML file.",
    )
    rows: Rows = Field(
        default_factory=dict, description="How many rows to make of each limetype."
    )
    properties: Mappings = Field(
        default_factory=dict,
        description="How to make a property, by limetype.property, where the guess "
        "from its name, label and type is not wanted.",
    )
    like: str | None = Field(
        default=None,
        description="The shape of an export, as limerun dataset shape writes it: "
        "limetypes, rows and properties are like those where nothing is said of them.",
        examples=["shape.yaml"],
    )


class ProductionKeys(Keys):
    """What production holds."""

    rows: Rows = Field(
        default_factory=dict, description="How many rows of each limetype."
    )


class ConfigKeys(Keys):
    """A limerun config."""

    task: str = Field(
        description="path/file.py:function, from the config's folder; "
        "or package.module:function.",
        examples=["tasks/import_contracts.py:import_contracts"],
    )
    parameters: Annotated[dict[str, Any], BeforeValidator(empty)] = Field(
        default_factory=dict,
        description="Keyword arguments for the task, after the application; "
        "${sources.NAME} stands for a source's path, or URL.",
    )
    application: str | None = Field(
        default=None,
        description="Where the Lime platform is installed: the application to open.",
    )
    environment: Literal["on-premise", "cloud"] = Field(
        default="on-premise",
        description="cloud: the worker is killed at cloud_limit; "
        "on-premise: it runs to its end.",
    )
    cloud_limit: Size = Field(
        default=400_000_000,
        description="Handler's total at which the cloud kills.",
    )
    budget: Annotated[BudgetKeys, BeforeValidator(empty)] = Field(
        default_factory=BudgetKeys, description="What the task must not exceed."
    )
    database: Annotated[DatabaseKeys, BeforeValidator(empty)] = Field(
        default_factory=DatabaseKeys, description="The database that the task works on."
    )
    dataset: DatasetKeys | None = Field(
        default=None, description="The rows that limerun makes up before the task runs."
    )
    production: Annotated[ProductionKeys, BeforeValidator(empty)] = Field(
        default_factory=ProductionKeys, description="What production holds."
    )
    sources: Annotated[dict[str, SourceKeys], BeforeValidator(empty)] = Field(
        default_factory=dict,
        description="What the outside system holds: files or APIs that limerun "
        "makes for the task.",
    )
    timeout: Annotated[Duration, AfterValidator(_timeout)] | None = Field(
        default=None,
        description="The worker is ended after this time; none by default.",
    )
    sampling: Annotated[Duration, AfterValidator(_sampling)] = Field(
        default=0.01, description="Time between two looks at the worker's memory."
    )
    python: str | None = Field(
        default=None,
        description="The interpreter that holds the task's packages; by default "
        "limerun's own.",
    )
    environment_variables: Annotated[dict[str, str], BeforeValidator(empty)] = Field(
        default_factory=dict, description="For the worker alone; never in a record."
    )


ANY = "*"
"""Stands for a name of the user's own in a section's path: ("sources", ANY)."""


def sections(
    model: type[Keys] = ConfigKeys, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], type[Keys]]]:
    """Yield each section's path, outer ones first, and its model."""
    yield path, model
    for name, field in model.model_fields.items():
        kinds = (field.annotation, *get_args(field.annotation))
        own = (ANY,) if get_origin(field.annotation) is dict else ()
        for kind in kinds:
            if isclass(kind) and issubclass(kind, Keys):
                yield from sections(kind, (*path, name, *own))
