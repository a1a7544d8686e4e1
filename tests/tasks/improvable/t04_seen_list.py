"""Create each contract of a file once."""

import json
import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> int:
    seen = []
    created = 0
    uow = application.unit_of_work()
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["number"] in seen:
                continue
            seen.append(row["number"])
            uow.add(
                application.limetypes.contract(number=row["number"], name=row["name"])
            )
            created += 1
    uow.commit()
    logger.info("Created %d contracts", created)
    return created
