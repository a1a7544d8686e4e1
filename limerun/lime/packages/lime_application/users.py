"""Users and groups; every user may do everything."""

from typing import Any

from lime_errors import NotFoundError

FIRST_NEW_ID = 1001


class LimeUser:
    """A user of the platform."""

    def __init__(
        self,
        id: int,
        username: str,
        *,
        fullname: str | None = None,
        language: str = "en_us",
        is_admin: bool = False,
    ) -> None:
        self.id = id
        self.username = username
        self.fullname = fullname or username
        self.language = language
        self.is_admin = is_admin

    def __repr__(self) -> str:
        return f"<LimeUser {self.id} {self.username}>"


class LimeGroup:
    """A group of users."""

    def __init__(self, id: int, name: str) -> None:
        self.id = id
        self.name = name
        self.users: list[LimeUser] = []

    def __repr__(self) -> str:
        return f"<LimeGroup {self.id} {self.name}>"


class Directory:
    """The users and groups of a database; new ones get ids above 1000."""

    def __init__(self) -> None:
        self.users: list[LimeUser] = []
        self.groups: list[LimeGroup] = []

    def user(self, username: str) -> LimeUser:
        """Return the user of this name."""
        for user in self.users:
            if user.username == username:
                return user
        raise NotFoundError(f'there is no user "{username}"')

    def group(self, name: str) -> LimeGroup:
        """Return the group of this name."""
        for group in self.groups:
            if group.name == name:
                return group
        raise NotFoundError(f'there is no group "{name}"')

    def add_user(self, username: str, **options: Any) -> LimeUser:
        """Add a user; the default id is the next one above 1000."""
        new_id = options.pop("id", None) or self._next_id(self.users)
        user = LimeUser(new_id, username, **options)
        self.users.append(user)
        return user

    def add_group(self, name: str, id: int | None = None) -> LimeGroup:
        """Add a group; the default id is the next one above 1000."""
        group = LimeGroup(id or self._next_id(self.groups), name)
        self.groups.append(group)
        return group

    def _next_id(self, there: Any) -> int:
        return int(max((FIRST_NEW_ID - 1, *(each.id for each in there)))) + 1


class AlwaysAllowAcl:
    """Allows everything, as in the platform's own test framework."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: True
