"""Define how limetypes are stored in a database, for the generator and the stand-in.

A table has its limetype's name; `id` is its integer primary key, starting at 1. A
property is a column with the same name, except hasmany and hasone, which are stored
at the other end. Standard library only, as the worker imports it too.

| property type                               | column                              |
| ------------------------------------------- | ----------------------------------- |
| string text phone link xml                  | TEXT                                |
| option                                      | TEXT: the option's key              |
| set                                         | TEXT: keys joined by ";"            |
| integer user file belongsto                 | INTEGER (belongsto: the related id) |
| yesno                                       | INTEGER 0 or 1                      |
| decimal percent                             | REAL                                |
| time date year quarter month, system times  | TEXT: UTC, "YYYY-MM-DD HH:MM:SS.ffffff" |
| hasandbelongstomany                         | a table of pairs, see `link_table`  |
"""

ID_COLUMN = "id"
SYSTEM_COLUMNS = ("_createdtime", "_createduser", "_timestamp", "_updateduser")
"""The last columns of every table: TEXT, INTEGER, TEXT, INTEGER; all nullable."""

TEXT_TYPES = frozenset({"string", "text", "phone", "link", "xml"})
INTEGER_TYPES = frozenset({"integer", "user", "file", "yesno"})
REAL_TYPES = frozenset({"decimal", "percent"})
TIME_TYPES = frozenset({"time", "date", "year", "quarter", "month"})
OPTION_TYPES = frozenset({"option", "set"})
REMOTE_TYPES = frozenset({"hasmany", "hasone"})
RELATION_TYPES = frozenset({"belongsto", "hasandbelongstomany"}) | REMOTE_TYPES
PROPERTY_TYPES = (
    TEXT_TYPES
    | INTEGER_TYPES
    | REAL_TYPES
    | TIME_TYPES
    | OPTION_TYPES
    | RELATION_TYPES
    | {"system"}
)
TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


def column_type(property_type: str) -> str | None:
    """Return "TEXT", "INTEGER" or "REAL"; None if the property has no column."""
    if property_type in TEXT_TYPES | TIME_TYPES | OPTION_TYPES:
        return "TEXT"
    if property_type in INTEGER_TYPES or property_type == "belongsto":
        return "INTEGER"
    return "REAL" if property_type in REAL_TYPES else None


def link_table(limetype: str, name: str, related: str, backref: str) -> str:
    """Return the name of a hasandbelongstomany's table; both ends get the same name.

    The table has a column `<limetype>_<property>` for each end, with the related ids.
    """
    return "__".join(sorted((f"{limetype}_{name}", f"{related}_{backref}")))


def name_in_sql(name: str) -> str:
    """Return the name of a table or column, quoted for SQL."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
