"""Import contracts with helpers for each step."""

import json
import logging
from typing import Any

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task
from lime_type import LimeObject

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> int:
    """Import contracts and connect them with their companies."""
    logger.info("Start: %s", path)
    rows = read_rows(path)
    count = 0
    for row in rows:
        if import_row(application, row):
            count += 1
    logger.info("Imported %d rows", count)
    return count


def read_rows(path: str) -> list[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def import_row(application: LimeApplication, row: dict[str, Any]) -> bool:
    company = get_company(application, row["customer"])
    if company is None:
        return False
    contract = application.limetypes.contract(
        number=row["number"], name=row["name"], value=row["value"]
    )
    contract.properties.company.attach(company)
    save(application, contract)
    return True


def get_company(application: LimeApplication, number: str) -> LimeObject | None:
    for company in application.limetypes.company.get_all(
        filter=Filter(EqualsOperator("registrationno", number))
    ):
        return company
    return None


def save(application: LimeApplication, limeobject: LimeObject) -> None:
    uow = application.unit_of_work()
    uow.add(limeobject)
    uow.commit()
