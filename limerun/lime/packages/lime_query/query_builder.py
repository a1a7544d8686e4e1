"""Build a query field by field."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lime_application.application import LimeApplication
    from lime_type.limetypes import LimeType


class QueryBuilder:
    """A query for `execute_query`; its result always includes `_id`."""

    def __init__(self, app: "LimeApplication", limetype: "LimeType | str") -> None:
        name = limetype if isinstance(limetype, str) else limetype.name
        self._limetype = app.limetypes.get_limetype(name)
        self.query: dict[str, Any] = {
            "limetype": name,
            "responseFormat": {"object": {"_id": None}},
        }

    def add_field(self, name: str) -> None:
        """Add a property to the response; a dotted path is a related object's property."""
        wanted: dict[str, Any] = self.query["responseFormat"]["object"]
        *steps, last = name.split(".")
        for step in steps:
            wanted[step] = wanted.get(step) or {}
            wanted = wanted[step]
        wanted.setdefault(last, None)
