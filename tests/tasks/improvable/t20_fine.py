"""A task that has nothing to mend: batches, one query for each."""

import itertools
import json
import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> int:
    """Create a contract for each row."""
    created = 0
    with open(path, encoding="utf-8") as file:
        rows = map(json.loads, file)
        while batch := list(itertools.islice(rows, 50)):
            uow = application.unit_of_work()
            for row in batch:
                uow.add(
                    application.limetypes.contract(
                        number=row["number"], name=row["name"]
                    )
                )
            uow.commit()
            created += len(batch)
    logger.info("Created %d", created)
    return created
