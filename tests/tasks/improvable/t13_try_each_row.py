"""Import rows, and go on after a bad one."""

import json
import logging

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> dict[str, int]:
    """Import rows; bad rows are logged and skipped."""
    created = failed = 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            try:
                company = find_company(application, row["customer"])
                contract = application.limetypes.contract(
                    number=row["number"], name=row["name"], company=company
                )
                uow = application.unit_of_work()
                uow.add(contract)
                uow.commit()
                created += 1
            except Exception:
                logger.exception("Row %s failed", row.get("number"))
                failed += 1
    return {"created": created, "failed": failed}


def find_company(application, number):
    wanted = Filter(EqualsOperator("registrationno", number))
    for company in application.limetypes.company.get_all(filter=wanted):
        return company
    return None
