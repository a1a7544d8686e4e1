"""Create companies and their contracts."""

import json
import logging

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> dict[str, int]:
    companies = contracts = 0
    uow = application.unit_of_work()
    with open(path, encoding="utf-8") as source:
        rows = [json.loads(line) for line in source]
    for row in rows:
        company = _company(application, row["customer"])
        if company is None:
            company = application.limetypes.company(
                name=row["name"], registrationno=row["customer"]
            )
            uow.add(company)
            companies += 1
        contract = _contract(application, row["number"])
        if contract is None:
            contract = application.limetypes.contract(
                number=row["number"], name=row["name"]
            )
            contracts += 1
        contract.properties.company.attach(company)
        uow.add(contract)
    uow.commit()
    logger.info("Created %d companies and %d contracts", companies, contracts)
    return {"companies": companies, "contracts": contracts}


def _company(application, number):
    wanted = Filter(EqualsOperator("registrationno", number))
    return next(iter(application.limetypes.company.get_all(filter=wanted)), None)


def _contract(application, number):
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(application.limetypes.contract.get_all(filter=wanted)), None)
