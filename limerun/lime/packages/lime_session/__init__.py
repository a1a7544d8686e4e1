"""Sessions: the logged-in user and the language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LimeSession:
    """The user and language for `lime_application.get_application`."""

    database: str
    username: str
    language: str


def create_session(
    database: str, username: str, password: str = "", language: str = "en_us"
) -> LimeSession:
    """Return a session; the stand-in neither checks nor stores passwords."""
    return LimeSession(database=database, username=username, language=language)
