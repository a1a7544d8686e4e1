"""The fixtures of the platform's test framework, based on the stand-in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lime_application import LimeApplication
from lime_application.application import register_application
from lime_application.database import LimeDatabase
from lime_application.users import AlwaysAllowAcl, LimeGroup, LimeUser
from lime_config import AppConfig
from lime_errors import InvalidValueError
from lime_task.sending import LocalEngine, engine
from lime_test.core_db.dsl import dsl
from lime_test.db import make_database
from lime_test.saving import save_limeobjects
from lime_type import LimeType, create_limetypes_from_dsl


@pytest.fixture(scope="session")
def lime_types() -> list[LimeType]:
    """The limetypes of the applications; projects override these core limetypes."""
    return create_limetypes_from_dsl(dsl)


@pytest.fixture
def database() -> Iterator[LimeDatabase]:
    """A new database in memory, with the users admin, standard and standard_2."""
    made = make_database()
    yield made
    made.close()


@pytest.fixture
def connection(database: LimeDatabase) -> Any:
    """The database's connection."""
    return database.connection


@pytest.fixture
def lime_databases(database: LimeDatabase) -> list[LimeDatabase]:
    """All databases."""
    return [database]


@pytest.fixture
def administrators_group(database: LimeDatabase) -> LimeGroup:
    """The group Administrators."""
    return database.directory.group("Administrators")


@pytest.fixture
def users_group(database: LimeDatabase) -> LimeGroup:
    """The group Users."""
    return database.directory.group("Users")


@pytest.fixture
def admin_user(database: LimeDatabase) -> LimeUser:
    """The user of `lime_app`."""
    return database.directory.user("admin")


@pytest.fixture
def lime_app_acl() -> Any:
    """The access control of the applications: allows everything."""
    return AlwaysAllowAcl()


@pytest.fixture
def lime_db_app_config() -> AppConfig:
    """The values for `lime_config.get_app_config`; empty unless a project overrides it."""
    return AppConfig()


@pytest.fixture
def lime_app(
    database: LimeDatabase,
    lime_types: list[LimeType],
    admin_user: LimeUser,
    lime_app_acl: Any,
    lime_db_app_config: AppConfig,
) -> LimeApplication:
    """An application with the user admin, who has no coworker by default."""
    made = LimeApplication(
        database.name,
        limetypes=lime_types,
        database=database,
        user=admin_user,
        acl=lime_app_acl,
        app_config=lime_db_app_config,
    )
    register_application(made)
    return made


@pytest.fixture
def core_app(lime_app: LimeApplication) -> LimeApplication:
    """The older name of `lime_app`."""
    return lime_app


@pytest.fixture
def lime_app_non_admin(lime_app: LimeApplication) -> LimeApplication:
    """The same application with the user standard."""
    return _as_non_admin(lime_app, "standard")


@pytest.fixture
def lime_app_other_non_admin(lime_app: LimeApplication) -> LimeApplication:
    """The same application with the user standard_2."""
    return _as_non_admin(lime_app, "standard_2")


def _as_non_admin(application: LimeApplication, username: str) -> LimeApplication:
    user = application.database.directory.user(username)
    if user.is_admin:
        raise InvalidValueError(f'the user "{username}" is an administrator')
    return application.for_user(user)


@pytest.fixture
def plugins_path(tmp_path: Path) -> str:
    """An empty folder from which packages are loaded (provisional)."""
    return str(tmp_path)


@pytest.fixture
def save_lime_objects(lime_app: LimeApplication) -> Callable[..., Any]:
    """Save objects in one unit of work; return the object, or a list if several."""

    def save(*lime_objects: Any, application: LimeApplication | None = None) -> Any:
        return save_limeobjects(application or lime_app, *lime_objects)

    return save


@pytest.fixture
def create_user(database: LimeDatabase) -> Callable[..., Any]:
    """Add a user and return its id, or the user with `_return_entity=True`."""

    def create(
        username: str, *_: Any, _return_entity: bool = False, **options: Any
    ) -> Any:
        known = {key: options[key] for key in USER_OPTIONS if key in options}
        user = database.directory.add_user(username, **known)
        return user if _return_entity else user.id

    return create


USER_OPTIONS = ("fullname", "language", "is_admin")


@pytest.fixture
def create_group(database: LimeDatabase) -> Callable[..., Any]:
    """Add a group and return its id, or the group with `_return_entity=True`."""

    def create(name: str, *_: Any, _return_entity: bool = False, **__: Any) -> Any:
        group = database.directory.add_group(name)
        return group if _return_entity else group.id

    return create


@pytest.fixture
def task_engine() -> Iterator[LocalEngine]:
    """The engine that runs sent tasks in order when you call `run_queued` (provisional)."""
    engine.clear()
    yield engine
    engine.clear()
