"""Users, groups, and what they may do."""

from typing import Any


class LimeUser:
    """Someone who logs in."""

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


class AlwaysAllowAcl:
    """Everyone may do everything, as in the platform's own test framework."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: True
