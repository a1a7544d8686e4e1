"""The Lime application, which gives a task access to everything else."""

from lime_application.application import (
    LimeApplication,
    get_application,
    list_applications,
)

__all__ = ["LimeApplication", "get_application", "list_applications"]
