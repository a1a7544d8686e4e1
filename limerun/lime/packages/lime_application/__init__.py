"""The Lime application, through which a task reaches everything else."""

from lime_application.application import (
    LimeApplication,
    get_application,
    list_applications,
)

__all__ = ["LimeApplication", "get_application", "list_applications"]
