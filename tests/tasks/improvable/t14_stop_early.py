"""Import rows until one is not for us."""

import json
import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str, most: int = 100_000) -> int:
    """Create a contract for each row, at most some number."""
    created = 0
    uow = application.unit_of_work()
    for line in open(path, encoding="utf-8"):  # noqa: SIM115 - as people write it
        if created >= most:
            break
        row = json.loads(line)
        uow.add(application.limetypes.contract(number=row["number"], name=row["name"]))
        created += 1
    uow.commit()
    logger.info("Created %d", created)
    return created
