"""Import contracts with a class."""

import json
import logging

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


class Importer:
    """Imports the rows of a file."""

    def __init__(self, application):
        self.application = application
        self.created = 0
        self.skipped = 0

    def run(self, path):
        """Import all rows."""
        for row in self.read(path):
            company = self.find_company(row["customer"])
            if company is None:
                self.skipped += 1
                continue
            contract = self.application.limetypes.contract(
                number=row["number"], name=row["name"]
            )
            contract.properties.company.attach(company)
            self.save(contract)
            self.created += 1

    def read(self, path):
        """Return the rows."""
        rows = []
        with open(path, encoding="utf-8") as file:
            for line in file:
                rows.append(json.loads(line))
        return rows

    def find_company(self, number):
        """Return the company with a registration number."""
        condition = Filter(EqualsOperator("registrationno", number))
        return next(
            iter(self.application.limetypes.company.get_all(filter=condition)), None
        )

    def save(self, limeobject):
        """Save one object."""
        uow = self.application.unit_of_work()
        uow.add(limeobject)
        uow.commit()


@task
def run(application: LimeApplication, path: str) -> dict[str, int]:
    importer = Importer(application)
    importer.run(path)
    logger.info("Created %d contracts", importer.created)
    return {"created": importer.created, "skipped": importer.skipped}
