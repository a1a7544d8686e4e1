"""The application: where a task gets everything from."""

from lime_application.application import (
    LimeApplication,
    get_application,
    list_applications,
)

__all__ = ["LimeApplication", "get_application", "list_applications"]
