"""Set a status, and return how many contracts were changed."""

import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication) -> int:
    """Set a comment on each contract without one."""
    changed = []
    uow = application.unit_of_work()
    for contract in application.limetypes.contract.get_all():
        contract.properties.comment.value = "checked"
        uow.add(contract)
        changed.append(contract)
    uow.commit()
    logger.info("Changed %d contracts", len(changed))
    return len(changed)
