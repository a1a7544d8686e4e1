"""Mark contracts with the country of their company."""

import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication) -> int:
    logger.info("Marking contracts")
    changed = 0
    uow = application.unit_of_work()
    for contract in application.limetypes.contract.get_all():
        company = contract.properties.company.fetch()
        if company is None:
            continue
        contract.properties.comment.value = company.properties.country.value
        uow.add(contract)
        changed += 1
    uow.commit()
    logger.info("Marked %d contracts", changed)
    return changed
