# mypy: ignore-errors
import itertools

import lime_query
from lime_filter import AndOperator, EqualsOperator, Filter, InOperator
from lime_filter.filter import LikeOperator
from lime_query.query_builder import QueryBuilder
from lime_type.limeobjects import (
    BelongsToPropertyAccessor,
    HasManyPropertyAccessor,
    OptionPropertyAccessor,
    SetPropertyAccessor,
)


def to_dict(limeobject):
    """Return an object as plain data, as endpoints do."""
    data = dict(**limeobject.values(), id=limeobject.id)
    for accessor in limeobject.get_properties_with_value():
        if isinstance(accessor, OptionPropertyAccessor):
            data[accessor.name] = accessor.value.key
        elif isinstance(accessor, SetPropertyAccessor):
            data[accessor.name] = [option.key for option in accessor.value]
        elif isinstance(accessor, BelongsToPropertyAccessor):
            data[accessor.name] = accessor.descriptive
        elif isinstance(accessor, HasManyPropertyAccessor):
            data[accessor.name] = [each.id for each in accessor.fetch()]
    return data


def first_person(company):
    try:
        return next(company.properties.person.fetch())
    except StopIteration:
        return None


def search(app, limetype, text, status_keys=()):
    lime_type = app.limetypes.get_limetype(limetype)
    operator = LikeOperator("name", text)
    if status_keys:
        options = {option.key: option.id for option in _options(lime_type)}
        ids = [options[key] for key in status_keys]
        operator = AndOperator(operator, InOperator("dealstatus", ids))
    return list(lime_type.get_all(filter=Filter(operator)))


def _options(lime_type):
    return lime_type().properties.dealstatus.options


def by_name(app, limetype, name):
    found = app.limetypes.get_limetype(limetype).get_all(
        filter=Filter(EqualsOperator(field="name", value=name)), limit=1
    )
    return next(iter(found), None)


def my_office_deals(app):
    answer = lime_query.execute_query(
        query={
            "limetype": "deal",
            "responseFormat": {"object": {"_id": None, "name": None}},
            "filter": {"key": "coworker.office", "op": "=", "exp": "$me.office"},
            "orderBy": [{"name": "ASC"}],
        },
        conn=app.connection,
        limetypes=app.limetypes,
        acl=app.acl,
        user=app.user,
    )
    return [each["name"] for each in answer["objects"]]


def names_of(app, limetype):
    builder = QueryBuilder(app, app.limetypes.get_limetype(limetype))
    builder.add_field("name")
    query = builder.query
    query["limit"] = 0
    return {
        each["_id"]: each["name"]
        for each in lime_query.execute_query(
            query, app.database.connection, app.limetypes, app.acl, app.user
        )["objects"]
    }


def pages(app, limetype, size):
    """Yield lists of objects, as many tasks page."""
    for page in itertools.count():
        found = list(
            app.limetypes.get_limetype(limetype).get_all(limit=size, offset=page * size)
        )
        if not found:
            return
        yield found
