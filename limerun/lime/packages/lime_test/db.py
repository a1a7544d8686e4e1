"""Create databases for tests, with older helper functions."""

from collections.abc import Callable, Iterable
from typing import Any

from lime_application.database import LimeDatabase, make_engine
from lime_application.users import LimeUser
from lime_type import LimeType

LimeTypesOrFunction = Iterable[LimeType] | Callable[[], Iterable[LimeType]]


def make_database(name: str = "limedb") -> LimeDatabase:
    """Return a new database in memory, with the platform's users and groups."""
    database = LimeDatabase(make_engine("sqlite://"), name=name)
    directory = database.directory
    administrators = directory.add_group("Administrators", id=1)
    users = directory.add_group("Users", id=2)
    administrators.users.append(directory.add_user("admin", id=1, is_admin=True))
    for user_id, username in ((2, "standard"), (3, "standard_2")):
        users.users.append(directory.add_user(username, id=user_id))
    return database


def create_database_with_limetypes(
    monkeypatch: Any,
    limetypes: LimeTypesOrFunction | None = None,
    limename: str = "limedb",
    sqlname: str | None = None,
) -> LimeDatabase:
    """Return a new database in memory; tables are created on first use.

    Args:
        monkeypatch: Accepted for compatibility; nothing needs to be patched.
        limetypes: Ignored, as `create_app` gets them too.
        limename: The name of the application.
        sqlname: The database's name on a server; ignored, as there is no server.
    """
    return make_database(limename)


def create_and_add_user(
    database: LimeDatabase, fullname: str, username: str, password: str = ""
) -> LimeUser:
    """Add a user to a database; the password is not stored."""
    return database.directory.add_user(username, fullname=fullname)
