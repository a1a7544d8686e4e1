"""The platform's test framework: fixtures for pytest, and older helper functions.

Older projects use the helper functions after a plain `import lime_test`.
"""

from lime_test import app, db, web_app
from lime_test.core_db import dsl

__all__ = ["app", "db", "dsl", "web_app"]
