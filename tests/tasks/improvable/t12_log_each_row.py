"""Update contracts, and log each of them."""

import json
import logging

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> int:
    """Write the comments of a file to the contracts."""
    logger.info("Reading %s", path)
    changed = 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            by_number = Filter(EqualsOperator("number", row["number"]))
            contract = next(
                iter(application.limetypes.contract.get_all(filter=by_number)), None
            )
            if contract is None:
                continue
            logger.info("Updating contract %s", row["number"])
            contract.properties.comment.value = f"{row['name']}, imported"
            uow = application.unit_of_work()
            uow.add(contract)
            uow.commit()
            changed += 1
    logger.info("Updated %d contracts", changed)
    return changed
