# mypy: ignore-errors
# ruff: noqa: TID252, F401
import logging

logger = logging.getLogger(__name__)

try:
    from .limeobject_classes import register_limeobject_classes
except ImportError:
    logger.info("solution_acme doesn't implement any custom limeobjects")

try:
    from .tasks import get_task_modules
except ImportError:
    logger.info("solution_acme doesn't implement any tasks")

try:
    from .tasks import register_scheduled_tasks
except ImportError:
    logger.info("solution_acme doesn't implement any scheduled tasks")

try:
    from .endpoints import register_blueprint
except ImportError:
    logger.info("solution_acme doesn't implement any endpoints")


def default_config():
    return {"batch_size": 25, "erp": {"url": "https://erp.invalid", "timeout": 30}}
