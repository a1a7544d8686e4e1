"""Create deals for a fixed coworker, who is looked up for every row."""

import json
import logging

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


def find_coworker(application, email):
    """Return the coworker with an address."""
    wanted = Filter(EqualsOperator("email", email))
    return next(iter(application.limetypes.coworker.get_all(filter=wanted)), None)


@task
def run(application: LimeApplication, path: str, email: str = "nobody") -> int:
    """Create a deal for each row."""
    logger.info("Creating deals for %s", email)
    created = 0
    uow = application.unit_of_work()
    for line in open(path, encoding="utf-8"):  # noqa: SIM115 - as people write it
        row = json.loads(line)
        coworker = find_coworker(application, email)
        deal = application.limetypes.deal(name=row["name"], value=row["value"])
        if coworker is not None:
            deal.properties.coworker.attach(coworker)
        uow.add(deal)
        created += 1
        if created % 50 == 0:
            uow.commit()
            uow = application.unit_of_work()
    uow.commit()
    logger.info("Created %d deals", created)
    return created
