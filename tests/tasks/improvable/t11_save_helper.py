"""Create deals with a helper that saves each."""

import csv
import json
import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> int:
    """Create a deal for each row of a file."""
    created = 0
    for row in _rows(path):
        deal = application.limetypes.deal(name=row["name"])
        deal.properties.value.value = row["value"] or 0
        _save(application, deal)
        created += 1
    logger.info("Created %d deals", created)
    return created


def _rows(path):
    with open(path, encoding="utf-8") as file:
        if path.endswith(".csv"):
            yield from csv.DictReader(file)
        else:
            yield from map(json.loads, file)


def _save(application, limeobject):
    uow = application.unit_of_work()
    uow.add(limeobject)
    uow.commit()
