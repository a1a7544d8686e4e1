"""Define the keys of a source: its content, its errors, and how the task reads it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from limerun.config.key_types import Column, Count, Duration, Keys, empty

LONGEST_LATENCY = 600.0
FILE_KEYS = ("format", "delimiter")
HTTP_KEYS = ("page_size", "latency", "rate_limit", "failure_rate")
_BY_KIND: dict[str, Any] = {
    "if": {"properties": {"kind": {"const": "http"}}, "required": ["kind"]},
    "then": {"properties": dict.fromkeys(FILE_KEYS, False)},
    "else": {"required": ["format"], "properties": dict.fromkeys(HTTP_KEYS, False)},
    "dependentSchemas": {"delimiter": {"properties": {"format": {"const": "csv"}}}},
}
"""The JSON Schema's rules on keys that belong to one kind or format only."""


def _latency(seconds: float) -> float:
    if seconds > LONGEST_LATENCY:
        raise ValueError("must be at most 10 min")
    return seconds


class DirtyKeys(Keys):
    """Errors as in real exports, as shares of the rows."""

    missing: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of rows with one missing value: null or empty.",
    )
    malformed: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of rows with one malformed value: a date in another format, "
        "a number as text, a broken e-mail address, ...",
    )


class SourceKeys(Keys):
    """The data of an external system: a file, or an API that serves pages of rows."""

    model_config = ConfigDict(json_schema_extra=_BY_KIND)

    kind: Literal["file", "http"] = Field(
        default="file",
        description="file: the task gets a path. http: it gets the URL of an API that "
        "limerun serves on this machine while the task runs.",
    )
    format: Literal["jsonl", "csv", "parquet", "json"] | None = Field(
        default=None,
        description="Format of the file. json is one array of objects.",
    )
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(
        default=None,
        description="csv: delimiter between cells. Default: a comma.",
    )
    rows: Count = Field(description="Number of rows.")
    columns: Annotated[dict[str, Column], Field(min_length=1)] = Field(
        description="Columns by name, each limetype.property or a kind with options."
    )
    overlap: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of rows that are already in the database.",
    )
    duplicates: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Share of rows that repeat an earlier row.",
    )
    dirty: Annotated[DirtyKeys, BeforeValidator(empty)] = Field(
        default_factory=DirtyKeys,
        description="Errors as in real exports, as shares of the rows.",
    )
    page_size: Annotated[Count, Field(ge=1, le=100_000)] = Field(
        default=100,
        description="http: rows per page, and the maximum that a request can ask for.",
    )
    latency: Annotated[Duration, AfterValidator(_latency)] = Field(
        default=0.0, description="http: delay of each answer."
    )
    rate_limit: Annotated[float, Field(gt=0, le=1_000_000)] | None = Field(
        default=None,
        description="http: maximum requests per second; more are answered with 429 and "
        "Retry-After. Default: no limit.",
    )
    failure_rate: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="http: share of requests that are answered with 500 or 503.",
    )

    def idle_keys(self) -> tuple[str, ...]:
        """Return the keys that have no effect with this kind."""
        return FILE_KEYS if self.kind == "http" else HTTP_KEYS
