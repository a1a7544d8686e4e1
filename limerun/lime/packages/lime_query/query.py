"""Run a query, which is a mapping, and return its rows as plain data."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from lime_errors import InvalidValueError, UnknownNameError, UnsupportedError
from lime_query.expressions import condition_of
from lime_query.response import Response
from lime_type.sources import JoinedTables, property_at
from limerun.lime import observer
from limerun.storage import ID_COLUMN

if TYPE_CHECKING:
    from lime_type.limetypes import LimeType, LimeTypes

KEYS = frozenset(
    {"limetype", "responseFormat", "filter", "orderBy", "orderby", "limit", "offset"}
)
STATEMENTS_KEPT = 100


def execute_query(
    query: Mapping[str, Any], conn: Any, limetypes: "LimeTypes", acl: Any, user: Any
) -> dict[str, Any]:
    """Return {"objects": […]}, with a mapping for each row as responseFormat defines it.

    Args:
        query: limetype, responseFormat, filter, orderBy, limit (0: all), offset.
        conn: The database connection, such as `app.database.connection`.
        limetypes: The application's.
        acl: What the user may see; the stand-in shows everything.
        user: The user who runs the query.
    """
    limetype, response_format = _checked(query, limetypes)
    response = Response(limetype, response_format)
    values: list[Any] = []
    condition = condition_of(query.get("filter"), limetype.application)
    shape = None if condition is None else condition.shape(limetype, values)
    order = tuple(_order(query.get("orderBy")))
    statement = _statement(limetype, response, shape, order)
    parameters = {f"value_{place}": value for place, value in enumerate(values)}
    limit, offset = _number(query, "limit"), _number(query, "offset")
    parameters |= {"page": limit or ALL, "skip": offset}
    inside = conn.in_transaction()
    observer.current.next_read("page" if limit else "whole")
    try:
        objects = [response.shaped(row) for row in conn.execute(statement, parameters)]
    finally:
        if not inside:
            conn.rollback()
    observer.current.loaded(len(objects))
    return {"objects": objects}


ALL = 2**62


def _checked(
    query: Mapping[str, Any], limetypes: "LimeTypes"
) -> tuple["LimeType", Mapping[str, Any]]:
    for key in query:
        if key not in KEYS:
            raise UnknownNameError("query key", key, KEYS)
    if "limetype" not in query:
        raise InvalidValueError('a query needs "limetype"')
    limetype = limetypes.get_limetype(query["limetype"])
    response_format = query.get("responseFormat") or {}
    if "aggregates" in response_format:
        raise UnsupportedError(
            'query key "responseFormat.aggregates" exists on the platform, but its '
            "syntax is undocumented; count or sum the objects instead"
        )
    if not response_format.get("object"):
        raise InvalidValueError('a query needs "responseFormat.object"')
    return limetype, response_format["object"]


def _number(query: Mapping[str, Any], key: str) -> int:
    value = query.get(key) or 0
    if not isinstance(value, int) or value < 0:
        raise InvalidValueError(f'query key "{key}" must be a whole number, 0 or more')
    return value


def _order(order_by: Any) -> Any:
    """Yield each path and whether it is descending; ignore malformed entries."""
    for entry in order_by or ():
        if isinstance(entry, Mapping) and len(entry) == 1:
            ((path, direction),) = entry.items()
            if str(direction).upper() in ("ASC", "DESC"):
                yield path, str(direction).upper() == "DESC"


def _statement(
    limetype: "LimeType", response: Response, shape: Any, order: tuple[Any, ...]
) -> Any:
    key = ("query", response.paths, shape, order)
    statement = limetype.rows.statements.get(key)
    if statement is None:
        statement = _make_statement(limetype, response, shape, order)
        limetype.rows.keep(key, statement)
    return statement


def _make_statement(
    limetype: "LimeType", response: Response, shape: Any, order: tuple[Any, ...]
) -> Any:
    source = JoinedTables(limetype)
    columns = [
        source.column(path)[1].label(f"c{place}")
        for place, path in enumerate(response.paths)
    ]
    where = [] if shape is None else [source.compile(shape)]
    ordered = []
    for path, descending in order:
        steps = tuple(path.split("."))
        if property_at(limetype, steps).kind is None:
            raise UnsupportedError(f'orderBy "{path}": this property has no column')
        column = source.column(steps)[1]
        ordered.append(column.desc() if descending else column)
    return (
        select(*columns)
        .select_from(source.joined)
        .where(*where)
        .order_by(*ordered, source.table.c[ID_COLUMN])
        .limit(bindparam("page"))
        .offset(bindparam("skip"))
    )
