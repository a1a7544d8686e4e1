"""Import contracts in one function."""

import json
import logging

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


@task
def run(application: LimeApplication, path: str) -> dict[str, int]:
    created = 0
    updated = 0
    with open(path, encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    logger.info("Read %d rows", len(rows))
    for row in rows:
        # one transaction per contract, so nothing is half done
        uow = application.unit_of_work()
        found = list(
            application.limetypes.contract.get_all(
                filter=Filter(EqualsOperator("number", row["number"]))
            )
        )
        if found:
            contract = found[0]
            contract.properties.comment.value = f"{row['name']}, imported"
            updated += 1
        else:
            contract = application.limetypes.contract(
                number=row["number"], name=row["name"]
            )
            created += 1
        uow.add(contract)
        uow.commit()
    logger.info("Created %d, updated %d", created, updated)
    return {"created": created, "updated": updated}
