"""Sessions: who is logged in, and in which language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LimeSession:
    """What `lime_application.get_application` is told of the user."""

    database: str
    username: str
    language: str


def create_session(
    database: str, username: str, password: str = "", language: str = "en_us"
) -> LimeSession:
    """Return a session; the stand-in checks no password and keeps none."""
    return LimeSession(database=database, username=username, language=language)
