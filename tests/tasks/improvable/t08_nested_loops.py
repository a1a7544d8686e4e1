"""Sum up the contracts of each company, and note the sum on the company."""

import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication) -> dict[str, float]:
    """Note the value of all contracts on each company."""
    logger.info("Start")
    total = 0.0
    companies = list(application.limetypes.company.get_all())
    for company in companies:
        value = 0.0
        for contract in company.properties.contract.fetch():
            value += float(contract.properties.value.value or 0)
        uow = application.unit_of_work()
        company.properties.phone.value = f"{value:.0f}"
        uow.add(company)
        uow.commit()
        total += value
    logger.info("Total %s", total)
    return {"total": round(total, 2)}
