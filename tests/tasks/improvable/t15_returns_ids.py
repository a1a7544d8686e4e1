"""Return the ids of all contracts that changed."""

import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication) -> list[int]:
    """Mark long comments."""
    marked = []
    logger.info("Start")
    uow = application.unit_of_work()
    for contract in application.limetypes.contract.get_all():
        if len(contract.properties.comment.value or "") > 10:
            contract.properties.comment.value = "long"
            uow.add(contract)
            marked.append(contract)
    uow.commit()
    logger.info("Marked %d", len(marked))
    return [each.id for each in marked]
