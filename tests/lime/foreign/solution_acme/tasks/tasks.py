# mypy: ignore-errors
import itertools
import logging

import lime_config
import lime_task
from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)
BATCH_SIZE = lime_config.config["plugins"]["solution_acme"].batch_size


@task
def import_companies(app: LimeApplication, names: list):
    """Create the companies that do not exist yet."""
    existing = {
        company.properties.name.value for company in app.limetypes.company.get_all()
    }
    new = (name for name in names if name not in existing)
    created = 0
    while batch := list(itertools.islice(new, BATCH_SIZE)):
        uow = app.unit_of_work()
        for name in batch:
            uow.add(app.limetypes.company(name=name))
        uow.commit()
        created += len(batch)
    logger.info("Created %s companies", created)
    return {"created": created}


@task(qos="background")
def close_old_deals(application, limit):
    statuses = {
        option.key: option.id
        for option in application.limetypes.deal().properties.dealstatus.options
    }
    old = application.limetypes.deal.get_all(
        filter=Filter(EqualsOperator("dealstatus", statuses["onhold"])), limit=limit
    )
    uow = application.unit_of_work()
    for deal in old:
        deal.properties.dealstatus.set_by_key("rejection")
        uow.add(deal)
    uow.commit()
    lime_task.send_task(import_companies, application, ["Follow-up"])
    return "done"


def not_a_task(app):
    return app
