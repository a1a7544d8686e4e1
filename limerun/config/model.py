"""The keys of the config: types, bounds, defaults and descriptions.

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
    ColumnOptions,
    Duration,
    Keys,
    Mappings,
    Rows,
    RuleLevel,
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


def _wait(seconds: float) -> float:
    if not 0 <= seconds <= 3600:
        raise ValueError("must be between 0 s and 1 h")
    return seconds


def _database(url: str) -> str:
    if url == "sqlite":
        return url
    if "://" not in url:
        raise ValueError(f'must be "sqlite" (embedded) or a URL like {_EXAMPLE}')
    scheme = url.partition("://")[0]
    if scheme not in _POSTGRESQL:
        raise ValueError(
            "this database is not supported; "
            f'use "sqlite" (embedded) or PostgreSQL: {_EXAMPLE}'
        )
    try:
        parts = urlsplit(url)
        has_database = parts.port != 0 and parts.path.strip("/")
        if "@" in parts.path or parts.fragment:
            raise ValueError
    except ValueError:
        raise ValueError(
            f"is not a valid URL; write it like {_EXAMPLE}, and percent-encode special "
            'characters in the password ("@" is %40)'
        ) from None
    if not has_database:
        raise ValueError(f"does not name a database; write it like {_EXAMPLE}")
    return url


class BudgetLevelKeys(Keys):
    """For each check of a budget, whether exceeding it is an error or a warning."""

    memory: BudgetLevel = Field(
        default="error",
        description="error, warning or off, for task memory and the handler's total.",
    )
    duration: BudgetLevel = Field(
        default="error", description="error, warning or off, for the duration."
    )
    queries_per_row: BudgetLevel = Field(
        default="error", description="error, warning or off, for the queries per row."
    )


class BudgetKeys(Keys):
    """The limits of the task."""

    memory: Size = Field(
        default=200_000_000,
        description="The task's memory above the idle task handler.",
    )
    idle_baseline: Size = Field(
        default=200_000_000, description="Memory that the idle task handler uses."
    )
    duration: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None, description="Maximum duration of the task. Default: no limit."
    )
    queries_per_row: Annotated[float, Field(ge=0)] | None = Field(
        default=None,
        description="Maximum number of SQL statements per row of input. Default: no limit.",
    )
    levels: Annotated[BudgetLevelKeys, BeforeValidator(empty)] = Field(
        default_factory=BudgetLevelKeys,
        description="Level of each check. error: exceeding the budget fails; warning: "
        "it is reported but does not fail; off: it is not checked.",
    )


class DatabaseKeys(Keys):
    """The database that the task works on."""

    url: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite",
        description="sqlite (embedded), or the URL of a PostgreSQL server: limerun "
        "creates its own database there and drops it afterwards.",
        examples=["sqlite", _EXAMPLE],
    )
    latency: Duration = Field(
        default=0.0,
        description="Delay added to every statement, to simulate production's network.",
    )


class DatasetKeys(Keys):
    """The rows that limerun generates before the task runs."""

    seed: int = Field(
        default=2026,
        ge=0,
        lt=2**63,
        description="Seed of the random values. The same seed produces the same values.",
    )
    locale: Literal["sv_SE", "nb_NO", "fi_FI", "da_DK", "nl_NL", "en_US", "de_DE"] = (
        Field(default="sv_SE", description="Language of names, places and texts.")
    )
    limetypes: Annotated[
        Mappings, WithJsonSchema({"type": ["object", "string", "null"]})
    ] = Field(
        default_factory=dict,
        description="The data model in the platform's DSL, inline or as the name of a YAML file.",
    )
    rows: Rows = Field(
        default_factory=dict, description="Number of rows of each limetype."
    )
    properties: Annotated[dict[str, ColumnOptions], BeforeValidator(empty)] = Field(
        default_factory=dict,
        description="How to generate a property (limetype.property), where the guess "
        "from its name, label and type is wrong.",
    )
    like: str | None = Field(
        default=None,
        description="Shape file of a real export, written by limerun dataset shape: rows "
        "are generated like it, except where the config says otherwise.",
        examples=["shape.yaml"],
    )


class HandlerKeys(Keys):
    """The task handler's own time limits."""

    soft_time_limit: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None,
        description="After this time SoftTimeLimitExceeded is raised in the task. A "
        "Celery task's own limit takes precedence.",
    )
    time_limit: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None,
        description="After this time the task is killed. A Celery task's own limit "
        "takes precedence.",
    )


class ProductionKeys(Keys):
    """The size of production's data."""

    rows: Rows = Field(
        default_factory=dict,
        description="Number of rows of each limetype in production; estimate makes "
        "the database at this size.",
    )


class ConfigKeys(Keys):
    """A limerun config."""

    task: str = Field(
        description="path/file.py:function, relative to the config's folder, "
        "or package.module:function.",
        examples=["tasks/import_contracts.py:import_contracts"],
    )
    parameters: Annotated[dict[str, Any], BeforeValidator(empty)] = Field(
        default_factory=dict,
        description="Keyword arguments for the task, after the application. "
        "${sources.NAME} stands for the path or URL of a source.",
    )
    application: str | None = Field(
        default=None,
        description="Name of the application to open, if the Lime platform is installed.",
    )
    environment: Literal["on-premise", "cloud"] = Field(
        default="on-premise",
        description="cloud: the worker is killed at cloud_limit; "
        "on-premise: it runs to its end.",
    )
    cloud_limit: Size = Field(
        default=400_000_000,
        description="The handler's total memory at which the cloud kills the worker.",
    )
    budget: Annotated[BudgetKeys, BeforeValidator(empty)] = Field(
        default_factory=BudgetKeys, description="The limits of the task."
    )
    rules: Annotated[dict[str, RuleLevel], BeforeValidator(empty)] = Field(
        default_factory=dict,
        description="Level of a rule's findings: error fails (exit code 1), warning and "
        "note are reported, off skips the rule. Default: as `limerun docs rules` says.",
        examples=[{"log.flow": "off", "memory.batches": "error"}],
    )
    database: Annotated[DatabaseKeys, BeforeValidator(empty)] = Field(
        default_factory=DatabaseKeys, description="The database that the task works on."
    )
    dataset: DatasetKeys | None = Field(
        default=None,
        description="The rows that limerun generates before the task runs.",
    )
    production: Annotated[ProductionKeys, BeforeValidator(empty)] = Field(
        default_factory=ProductionKeys, description="The size of production's data."
    )
    sources: Annotated[dict[str, SourceKeys], BeforeValidator(empty)] = Field(
        default_factory=dict,
        description="Files or APIs that limerun provides to the task in place of "
        "an external system.",
    )
    handler: Annotated[HandlerKeys, BeforeValidator(empty)] = Field(
        default_factory=HandlerKeys, description="The task handler's own time limits."
    )
    runtime_config: Annotated[dict[str, Any], BeforeValidator(empty)] = Field(
        default_factory=dict,
        description="What get_config of the package's AdminPlugin returns: the values of "
        "one plugin, or of several plugins by name.",
        examples=[{"limepkg_erp": {"page_size": 100}}],
    )
    timeout: Annotated[Duration, AfterValidator(_timeout)] | None = Field(
        default=None,
        description="The task is stopped after this time. Default: no limit.",
    )
    background_wait: Annotated[Duration, AfterValidator(_wait)] = Field(
        default=10.0,
        description="How long to wait for threads and processes that are still running "
        "when the task returns. Their memory counts.",
    )
    sampling: Annotated[Duration, AfterValidator(_sampling)] = Field(
        default=0.01, description="Time between two memory samples."
    )
    python: str | None = Field(
        default=None,
        description="Python interpreter with the task's packages. Default: limerun's own.",
    )
    environment_variables: Annotated[dict[str, str], BeforeValidator(empty)] = Field(
        default_factory=dict,
        description="Environment variables of the worker. Their values are never shown.",
    )


ANY = "*"
"""Stands for a name chosen by the user in a section's path: ("sources", ANY)."""


def sections(
    model: type[Keys] = ConfigKeys, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], type[Keys]]]:
    """Yield the path and model of each section, outer sections first."""
    yield path, model
    for name, field in model.model_fields.items():
        types = (field.annotation, *get_args(field.annotation))
        user_name = (ANY,) if get_origin(field.annotation) is dict else ()
        for each in types:
            if isclass(each) and issubclass(each, Keys):
                yield from sections(each, (*path, name, *user_name))
