"""The few words that records choose from."""

from typing import Literal

Environment = Literal["cloud", "on-premise"]
Ending = Literal["returned", "raised", "exited", "crashed", "killed", "timeout"]
KilledBecause = Literal[
    "cloud_limit", "host_memory", "out_of_memory", "timeout", "interrupted"
]
TaskKind = Literal["lime", "celery", "function"]
Level = Literal["error", "warning", "note"]
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
