"""Count contracts per company in a dict of lists."""

import json
import logging
from collections import defaultdict

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> int:
    """Write the number of rows of each company to its phone property."""
    rows_of = defaultdict(list)
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            rows_of[row["customer"]].append(row)
    logger.info("%d companies", len(rows_of))
    for number, rows in rows_of.items():
        company = company_of(application, number)
        if company is None:
            continue
        company.properties.phone.value = str(len(rows))
        uow = application.unit_of_work()
        uow.add(company)
        uow.commit()
    return len(rows_of)


def company_of(application, number):
    f = Filter(EqualsOperator("registrationno", number))
    return next(iter(application.limetypes.company.get_all(filter=f)), None)
