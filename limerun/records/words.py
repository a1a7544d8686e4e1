"""The few words that records choose from."""

from typing import Literal

BudgetLevel = Literal["error", "warning", "off"]
Environment = Literal["cloud", "on-premise"]
Ending = Literal["returned", "raised", "exited", "crashed", "killed", "timeout"]
KilledBecause = Literal[
    "cloud_limit",
    "host_memory",
    "out_of_memory",
    "timeout",
    "interrupted",
    "stopped_early",
]
TaskKind = Literal["lime", "celery", "function"]
SourceFormat = Literal["jsonl", "csv", "parquet", "json"]
Level = Literal["error", "warning", "note"]
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
