"""Create applications for tests, with an older helper function."""

from typing import Any

from lime_application import LimeApplication
from lime_application.application import register_application
from lime_application.database import LimeDatabase
from lime_test.db import LimeTypesOrFunction


def create_app(
    monkeypatch: Any, database: LimeDatabase, limetypes: LimeTypesOrFunction
) -> LimeApplication:
    """Return an application on a database, with the user admin.

    Args:
        monkeypatch: Accepted for compatibility; nothing needs to be patched.
        database: From `lime_test.db.create_database_with_limetypes`.
        limetypes: The limetypes, or a function that returns them.
    """
    application = LimeApplication(
        database.name,
        limetypes=limetypes() if callable(limetypes) else limetypes,
        database=database,
        user=database.directory.user("admin"),
    )
    register_application(application)
    return application
