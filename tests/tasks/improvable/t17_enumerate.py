"""Create deals, with progress in the log."""

import json
import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


def load(path):
    """Return the rows of a file."""
    result = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            row = json.loads(line)
            if row["name"]:
                result.append(row)
    return result


@task
def run(application: LimeApplication, path: str) -> int:
    """Create a deal for each row with a name."""
    rows = load(path)
    number = 0
    unit = application.unit_of_work()
    for number, row in enumerate(rows, 1):
        unit.add(application.limetypes.deal(name=row["name"]))
        if number % 1000 == 0:
            logger.info("%d rows", number)
    unit.commit()
    logger.info("Done: %d", number)
    return number
