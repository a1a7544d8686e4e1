from collections.abc import Callable
from typing import Any

from lime_application import LimeApplication
from lime_query import execute_query

Save = Callable[..., Any]


def test_a_query_reads_properties_relations_and_aliases(
    app: LimeApplication, save: Save
) -> None:
    company = save(app.limetypes.company(name="Acme"))
    save(
        app.limetypes.deal(name="Small", value=1, company=company),
        app.limetypes.deal(name="Large", value=9, dealstatus="agreement"),
    )
    answer = execute_query(
        {
            "limetype": "deal",
            "responseFormat": {
                "object": {
                    "_id": None,
                    "name": {"_alias": "title"},
                    "dealstatus": None,
                    "company": {"name": None},
                }
            },
            "orderBy": [{"value": "DESC"}],
            "limit": 10,
        },
        app.database.connection,
        app.limetypes,
        app.acl,
        app.user,
    )
    large = {"_id": 2, "title": "Large", "dealstatus": "agreement"}
    small = {"_id": 1, "title": "Small", "dealstatus": "contact"}
    assert answer["objects"] == [
        large | {"company": {"name": None}},
        small | {"company": {"name": "Acme"}},
    ]
