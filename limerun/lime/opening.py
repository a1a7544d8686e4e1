"""Open an application of the stand-in on a database: the worker's door to it.

`limerun.lime.install.install` must have put the stand-in on the path.
"""

from collections.abc import Mapping

from lime_application import LimeApplication
from lime_application.application import register_application
from lime_application.database import LimeDatabase, make_engine
from lime_application.users import LimeUser
from lime_type.dsl import create_limetypes_from_dsl

IDENTIFIER = "limerun"


def open_application(
    *,
    database_url: str,
    limetypes: Mapping[str, Mapping[str, object]],
    latency_seconds: float = 0.0,
) -> LimeApplication:
    """Return an application on a database, as its user 1, "admin".

    Tables that are not there are made; everything that is read once is read now,
    so that the task does not pay for it.

    Args:
        database_url: As SQLAlchemy writes it.
        limetypes: In the platform's DSL.
        latency_seconds: Added to every statement, to stand for a network.
    """
    database = LimeDatabase(make_engine(database_url, latency_seconds))
    application = LimeApplication(
        IDENTIFIER,
        limetypes=create_limetypes_from_dsl(limetypes),
        database=database,
        user=LimeUser(1, "admin", fullname="Administrator", is_admin=True),
    )
    for limetype in application.limetypes:
        _ = limetype.rows
    register_application(application)
    return application
