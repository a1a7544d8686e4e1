"""The application that a task receives: limetypes, database, user and events."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from lime_application.database import LimeDatabase
from lime_application.files import Files
from lime_application.users import AlwaysAllowAcl, LimeUser
from lime_config.app_config import AppConfig, RuntimeConfigs
from lime_errors import NotFoundError
from lime_filter import EqualsOperator, Filter
from lime_type.limeobjects import LimeObject
from lime_type.limetypes import LimeType, LimeTypes
from lime_type.unit_of_work import UnitOfWork

EVENTS_KEPT = 1000

_applications: "dict[str, LimeApplication]" = {}


class LimeApplication:
    """A customer's application, as seen by one user."""

    def __init__(
        self,
        identifier: str,
        *,
        limetypes: Iterable[LimeType],
        database: LimeDatabase,
        user: LimeUser,
        acl: Any = None,
        app_config: AppConfig | None = None,
    ) -> None:
        self.identifier = identifier
        self.database = database
        self.user = user
        self.language = user.language
        self.acl = acl or AlwaysAllowAcl()
        self.app_config = app_config or AppConfig()
        self.runtime_config = RuntimeConfigs()
        self.limetypes = LimeTypes(limetypes, self)
        self.published: deque[tuple[str, Any]] = deque(maxlen=EVENTS_KEPT)
        self._publisher: Callable[[str, Any], object] = self._record
        self._coworker: LimeObject | None = None
        self._coworker_was_looked_up = False

    def __repr__(self) -> str:
        return f"<LimeApplication {self.identifier}>"

    @property
    def user_id(self) -> int:
        """The id of the application's user."""
        return self.user.id

    @property
    def connection(self) -> Any:
        """The database's connection (older name of `database.connection`)."""
        return self.database.connection

    @property
    def coworker(self) -> LimeObject | None:
        """The coworker with the user's username; None if there is none."""
        if self._coworker is None and not self._coworker_was_looked_up:
            self._coworker = self._find_coworker()
            self._coworker_was_looked_up = self._coworker is not None
        return self._coworker

    def _find_coworker(self) -> LimeObject | None:
        if "coworker" not in self.limetypes:
            return None
        limetype = self.limetypes.get_limetype("coworker")
        users = [each for each in limetype.own_properties if each.type == "user"]
        users.sort(key=lambda each: each.name != "username")
        if not users:
            return None
        is_user = Filter(EqualsOperator(users[0].name, self.user_id))
        return next(iter(limetype.get_all(filter=is_user, limit=1)), None)

    @property
    def files(self) -> Files:
        """The stored files."""
        return Files(self.database)

    def unit_of_work(self) -> UnitOfWork:
        """Return a new unit of work."""
        return UnitOfWork(self)

    def for_user(self, user: LimeUser, acl: Any = None) -> "LimeApplication":
        """Return the same application, as seen by another user."""
        made = LimeApplication(
            self.identifier,
            limetypes=self.limetypes,
            database=self.database,
            user=user,
            acl=acl or self.acl,
            app_config=self.app_config,
        )
        made.runtime_config = self.runtime_config
        return made

    def publish(self, identifier: str, message: Any) -> None:
        """Publish an event under a routing key; the stand-in records it."""
        self._publisher(identifier, message)

    def _record(self, identifier: str, message: Any) -> None:
        self.published.append((identifier, message))


Application = LimeApplication
"""The name of the class in docstrings of packages."""


def get_application(name: str, session: Any = None, acl: Any = None) -> LimeApplication:
    """Return the open application of this name, as the session's user.

    Raises:
        lime_errors.NotFoundError: The application or the user does not exist.
    """
    application = _applications.get(name)
    if application is None:
        names = ", ".join(_applications) or "none"
        raise NotFoundError(
            f'there is no application "{name}"; open applications: {names}'
        )
    if session is None and acl is None:
        return application
    user = application.user
    if session is not None and session.username != user.username:
        user = application.database.directory.user(session.username)
    return application.for_user(user, acl)


def list_applications(*_: Any, **__: Any) -> list[str]:
    """Return the names of the open applications (arguments are provisional)."""
    return list(_applications)


def register_application(application: LimeApplication) -> None:
    """Make an application available to `get_application`."""
    _applications[application.identifier] = application
