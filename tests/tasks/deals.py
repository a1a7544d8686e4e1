"""Lime tasks for a database with the limetypes company and deal."""

import signal
from pathlib import Path

from lime_application import LimeApplication
from lime_task import task


@task
def changes_deals(app: LimeApplication) -> int:
    """Change one deal in ten, delete one, and add one with an unusual name."""
    uow = app.unit_of_work()
    changed = 0
    for number, deal in enumerate(app.limetypes.deal.get_all()):
        if number % 10 == 9:
            deal.properties.value.value = number / 3
            uow.add(deal)
            changed += 1
    uow.delete(app.limetypes.deal.get(1))
    uow.add(app.limetypes.deal(name='Å "x", y\n\\.', won=True))
    uow.commit()
    return changed


@task
def says_that_it_began_and_waits(app: LimeApplication, note: str) -> None:
    app.limetypes.deal.get(1)
    Path(note).write_text(str(app.database.engine.url.database), encoding="utf-8")
    signal.pause()


@task
def raises(app: LimeApplication) -> None:
    raise RuntimeError(f"no: {app.limetypes.deal.get(1).id}")


@task
def reads_one_by_one(app: LimeApplication) -> None:
    for number in range(1, 6):
        app.limetypes.deal.get(number)
