"""Import with a normalized key."""

import json
import logging

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> int:
    """Connect contracts with companies."""
    connected = 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            number = (row["customer"] or "").strip()
            company = None
            if number:
                company = find_company(application, number)
            contract = application.limetypes.contract(
                number=row["number"], name=row["name"]
            )
            if company:
                contract.properties.company.attach(company)
                connected += 1
            uow = application.unit_of_work()
            uow.add(contract)
            uow.commit()
    logger.info("Connected %d contracts", connected)
    return connected


def find_company(application, number):
    company_filter = Filter(EqualsOperator("registrationno", number))
    companies = list(application.limetypes.company.get_all(filter=company_filter))
    return companies[0] if companies else None
