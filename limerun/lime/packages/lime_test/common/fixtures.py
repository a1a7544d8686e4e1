"""Fixtures that older projects import by name."""

from lime_test.plugin import database

__all__ = ["database"]
