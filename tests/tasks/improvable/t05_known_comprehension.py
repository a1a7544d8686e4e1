"""Create what is missing; the known numbers are in a list."""

import json
import logging

from lime_application import LimeApplication
from lime_task import task

log = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> dict[str, int]:
    """Create the contracts that do not exist."""
    known = [
        c.properties.number.value for c in application.limetypes.contract.get_all()
    ]
    log.info("%d contracts exist", len(known))
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    new = [row for row in rows if row["number"] not in known]
    uow = application.unit_of_work()
    for row in new:
        uow.add(application.limetypes.contract(number=row["number"], name=row["name"]))
    uow.commit()
    log.info("Created %d contracts", len(new))
    return {"created": len(new)}
