"""Write changed objects to rows, with one statement per limetype and kind of change."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lime_errors import InvalidValueError
from lime_type.iso_times import UTC
from lime_type.limeobjects import LimeObject
from limerun.storage import ID_COLUMN

if TYPE_CHECKING:
    from lime_application.application import LimeApplication
    from lime_type.limetypes import LimeType

CREATED_TIME, CREATED_USER, CHANGED_TIME, CHANGED_USER = -4, -3, -2, -1
ROWS_PER_STATEMENT = 1000


def write_new_and_changed(
    application: "LimeApplication", limeobjects: list[LimeObject]
) -> None:
    """Write new and changed objects; new ones get their ids.

    If the transaction is rolled back, the caller must also remove these ids.
    """
    new = [each for each in limeobjects if each.id is None]
    changed = [each for each in limeobjects if each.id is not None]
    now, user_id = datetime.now(UTC), application.user_id
    for limetype, members in _by_limetype(new):
        _give_ids(limetype, members)
    for each in limeobjects:
        _resolve(each)
    for limetype, members in _by_limetype(new):
        _insert(limetype, members, now, user_id)
    for limetype, members in _by_limetype(changed):
        _update(limetype, members, now, user_id)
    _write_links(limeobjects)


def _give_ids(limetype: "LimeType", members: list[LimeObject]) -> None:
    rows = limetype.rows
    ids = rows.database.new_ids(limetype.name, rows.highest_id(), len(members))
    for each, new_id in zip(members, ids, strict=True):
        each._row_id = new_id


def _resolve(limeobject: LimeObject) -> None:
    """Set relation columns to the ids of attached objects, which now have ids."""
    for name, related in (limeobject._links or {}).items():
        index = limeobject._limetype.properties[name].index
        if index is not None:
            limeobject._current[index] = related.id


def _insert(
    limetype: "LimeType", members: list[LimeObject], now: datetime, user_id: int
) -> None:
    stored = limetype.layout.stored
    names = [each.name for each in limetype.layout.columns]
    for batch in _batches(members):
        rows = []
        for each in batch:
            each._current[CREATED_TIME:] = (now, user_id, now, user_id)
            values = map(stored, range(len(names)), each._current)
            rows.append({ID_COLUMN: each.id, **dict(zip(names, values, strict=True))})
        limetype.rows.insert(rows)


def _batches(members: list[LimeObject]) -> Iterator[list[LimeObject]]:
    """Yield the objects of each statement; small batches save memory in big commits."""
    for start in range(0, len(members), ROWS_PER_STATEMENT):
        yield members[start : start + ROWS_PER_STATEMENT]


def _update(
    limetype: "LimeType", members: list[LimeObject], now: datetime, user_id: int
) -> None:
    """Write the changed columns; objects that changed the same ones share a statement."""
    layout = limetype.layout
    groups: dict[tuple[int, ...], list[LimeObject]] = {}
    for each in members:
        if each._changed():
            each._current[CHANGED_TIME:] = (now, user_id)
            groups.setdefault(tuple(each._changed()), []).append(each)
    for indexes, changed in groups.items():
        names = [layout.columns[index].name for index in indexes]
        for batch in _batches(changed):
            rows = [
                {"row_id": each.id}
                | {
                    f"new_{name}": layout.stored(index, each._current[index])
                    for name, index in zip(names, indexes, strict=True)
                }
                for each in batch
            ]
            limetype.rows.update(names, rows)


def _write_links(limeobjects: Iterable[LimeObject]) -> None:
    """Write the objects' changes to hasandbelongstomany relations."""
    for each in limeobjects:
        for name, changes in (each._links or {}).items():
            definition = each._limetype.properties[name]
            if definition.type == "hasandbelongstomany":
                database = each.application.database
                links = database.links(each._limetype, definition)
                links.change(
                    id_of(each), [(id_of(far), added) for far, added in changes]
                )


def write_deleted(
    application: "LimeApplication", limeobjects: list[LimeObject]
) -> None:
    """Remove all relations to these objects, then delete their rows."""
    for limetype, members in _by_limetype(limeobjects):
        ids = [each.id for each in members if each.id is not None]
        for other in application.limetypes:
            _detach(other, limetype.name, ids)
        limetype.rows.delete(ids)


def _detach(other: "LimeType", name: str, ids: list[int]) -> None:
    for definition in other.own_properties:
        relation = definition.relation
        if relation is None or relation.limetype != name:
            continue
        if definition.type == "belongsto":
            other.rows.detach(definition.name, ids)
        elif definition.type == "hasandbelongstomany":
            other.rows.database.links(other, definition).forget_far(ids)


def id_of(saved: LimeObject) -> int:
    """Return the id of a saved object."""
    if saved.id is None:
        raise InvalidValueError(
            f"the {saved.limetype.name} in a relation is not saved; save it first"
        )
    return saved.id


def _by_limetype(
    limeobjects: Iterable[LimeObject],
) -> Iterator[tuple["LimeType", list[Any]]]:
    groups: dict[str, list[LimeObject]] = {}
    for each in limeobjects:
        groups.setdefault(each._limetype.name, []).append(each)
    for members in groups.values():
        yield members[0]._limetype, members
