"""Copy the names of companies to their deals."""

import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication) -> int:
    """Name each deal after its company."""
    logger.info("Naming deals")
    named = 0
    for deal in application.limetypes.deal.get_all():
        if deal.properties.company.id is None:
            continue
        company = application.limetypes.company.get(deal.properties.company.id)
        deal.properties.name.value = (company.properties.name.value or "")[:60]
        uow = application.unit_of_work()
        uow.add(deal)
        uow.commit()
        named += 1
    logger.info("Named %d deals", named)
    return named
