"""Imports of contracts: those that survive every fault, and those with one weakness."""

import json
import logging
import os
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)
Row = dict[str, Any]
BATCH = 10


def lines_of(path: str) -> Iterator[Row]:
    """Yield the rows of a file; one that is no JSON is logged."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                logger.exception("A line is no JSON: %s", line[:20])


def checked(row: Row) -> Row:
    """Return a row as Lime wants it.

    Raises:
        ValueError: It is not as agreed.
    """
    if not row["number"] or not row["name"] or len(row["name"]) > 64:
        raise ValueError("number or name is bad")
    return {"number": row["number"], "name": row["name"], "value": float(row["value"])}


def good_rows(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows that are as agreed; log the others."""
    for row in rows:
        try:
            yield checked(row)
        except (ValueError, TypeError):
            logger.exception("Contract %s is left out", row["number"])


def numbers(app: LimeApplication) -> set[str]:
    return {each.properties.number.value for each in app.limetypes.contract.get_all()}


def create(app: LimeApplication, rows: list[Row]) -> None:
    uow = app.unit_of_work()
    for row in rows:
        uow.add(app.limetypes.contract(**row))
    uow.commit()


def unknown(rows: Iterator[Row], known: set[str]) -> Iterator[Row]:
    for row in rows:
        if row["number"] not in known:
            known.add(row["number"])
            yield row


# --- they survive ---------------------------------------------------------------------


@task
def looks_up_first(app: LimeApplication, path: str) -> None:
    rows = unknown(good_rows(lines_of(path)), numbers(app))
    while batch := list(islice(rows, BATCH)):
        create(app, batch)


@task
def rewrites_everything(app: LimeApplication, path: str) -> None:
    uow = app.unit_of_work()
    for contract in list(app.limetypes.contract.get_all()):
        uow.delete(contract)
    for row in unknown(good_rows(lines_of(path)), set()):
        uow.add(app.limetypes.contract(**row))
    uow.commit()


@task
def keeps_a_checkpoint(app: LimeApplication, path: str) -> None:
    rows = enumerate(good_rows(lines_of(path)), 1)
    known = numbers(app)
    [place] = list(app.limetypes.checkpoint.get_all()) or [app.limetypes.checkpoint()]
    done = int(place.properties.done.value or 0)
    while batch := list(islice(rows, BATCH)):
        uow = app.unit_of_work()
        for row in unknown((row for at, row in batch if at > done), known):
            uow.add(app.limetypes.contract(**row))
        place.properties.done.value = max(done, batch[-1][0])
        uow.add(place)
        uow.commit()


@task
def commits_once(app: LimeApplication, path: str) -> None:
    create(app, list(unknown(good_rows(lines_of(path)), numbers(app))))


@task
def updates_by_key(app: LimeApplication, path: str) -> None:
    known = {
        each.properties.number.value: each for each in app.limetypes.contract.get_all()
    }
    rows = good_rows(lines_of(path))
    while batch := list(islice(rows, BATCH)):
        uow = app.unit_of_work()
        for row in batch:
            contract = known.setdefault(
                row["number"], app.limetypes.contract(number=row["number"])
            )
            contract.properties.name.value = row["name"]
            contract.properties.value.value = row["value"]
            uow.add(contract)
        uow.commit()


@task
def tries_each_row(app: LimeApplication, path: str) -> None:
    known = numbers(app)
    for row in lines_of(path):
        try:
            if row["number"] not in known:
                create(app, [checked(row)])
                known.add(row["number"])
        except Exception:
            logger.exception("Contract %s was not imported", row.get("number"))


@task
def fetches_patiently(app: LimeApplication, url: str) -> None:
    known = numbers(app)
    next_url: str | None = url
    while next_url is not None:
        page = fetched(next_url)
        create(app, list(unknown(good_rows(iter(page["items"])), known)))
        next_url = page["next"]


def fetched(url: str) -> Row:
    for _ in range(3):
        try:
            with urlopen(url, timeout=1) as response:
                page: Row = json.load(response)
                return page
        except Exception:
            logger.warning("The API failed; trying again", exc_info=True)
            time.sleep(0.01)
    raise RuntimeError("the API failed three times")


# --- they have one weakness -----------------------------------------------------------


@task
def adds_up(app: LimeApplication, path: str) -> None:
    """Weakness: a second run adds the values a second time."""
    uow = app.unit_of_work()
    total = sum(row["value"] for row in unknown(good_rows(lines_of(path)), set()))
    company = app.limetypes.company.get(1)
    company.properties.turnover.value = (company.properties.turnover.value or 0) + total
    uow.add(company)
    uow.commit()


@task
def saves_its_checkpoint_first(app: LimeApplication, path: str) -> None:
    """Weakness: killed between two commits, it never imports a batch."""
    rows = enumerate(good_rows(lines_of(path)), 1)
    known = numbers(app)
    [place] = list(app.limetypes.checkpoint.get_all()) or [app.limetypes.checkpoint()]
    done = int(place.properties.done.value or 0)
    while batch := list(islice(rows, BATCH)):
        if batch[-1][0] > done:
            uow = app.unit_of_work()
            place.properties.done.value = batch[-1][0]
            uow.add(place)
            uow.commit()
            create(app, list(unknown((row for _, row in batch), known)))


@task
def hides_failures(app: LimeApplication, path: str) -> None:
    """Weakness: a batch that cannot be committed is lost, and nobody knows."""
    rows = unknown(good_rows(lines_of(path)), numbers(app))
    while batch := list(islice(rows, BATCH)):
        try:
            create(app, batch)
        except Exception:
            continue


@task
def stops_at_a_bad_row(app: LimeApplication, path: str) -> None:
    """Weakness: the first bad row ends the task."""
    rows = unknown(map(checked, lines_of(path)), numbers(app))
    while batch := list(islice(rows, BATCH)):
        create(app, batch)


@task
def drops_the_batch(app: LimeApplication, path: str) -> None:
    """Weakness: a bad row takes the others of its batch with it."""
    known = numbers(app)
    rows = lines_of(path)
    while batch := list(islice(rows, BATCH)):
        try:
            create(app, list(unknown(map(checked, batch), set(known))))
            known.update(row["number"] for row in batch)
        except Exception:
            logger.exception(batch)


@task
def skips_silently(app: LimeApplication, path: str) -> None:
    """Weakness: a bad row is left out, and nobody knows."""
    known = numbers(app)
    for row in lines_of(path):
        try:
            good = checked(row)
        except (ValueError, TypeError):
            continue
        create(app, list(unknown(iter([good]), known)))


@task
def takes_a_failed_page_for_the_last(app: LimeApplication, url: str) -> None:
    """Weakness: after a page that fails, the rest is not imported."""
    known = numbers(app)
    next_url: str | None = url
    while next_url is not None:
        try:
            with urlopen(next_url, timeout=1) as response:
                page = json.load(response)
        except Exception:
            break
        create(app, list(unknown(good_rows(iter(page["items"])), known)))
        next_url = page["next"]


# --- they cannot be compared ----------------------------------------------------------


@task
def fails_always(app: LimeApplication, path: str) -> None:
    raise RuntimeError(path)


def reads_only(path: str) -> int:
    return sum(1 for _ in lines_of(path))


@task
def creates_one_more_each_time(app: LimeApplication, path: str) -> None:
    with open(os.environ["COUNTER"], "a+", encoding="utf-8") as file:
        file.write("x")
        file.seek(0)
        create(app, [{"number": str(n)} for n, _ in enumerate(file.read())])


@task
def notes_who_created_it(app: LimeApplication, path: str) -> None:
    rows = unknown(good_rows(lines_of(path)), numbers(app))
    create(app, [{**row, "name": f"by {uuid4()}"} for row in rows])


@task
def changes_nothing(app: LimeApplication, path: str) -> None:
    list(lines_of(path))


@task
def reads_all_rows_at_once(app: LimeApplication, path: str) -> None:
    with open(path, encoding="utf-8") as file:
        rows = [checked(json.loads(line)) for line in file.read().splitlines()]
    known = numbers(app)
    for at in range(0, len(rows), BATCH):
        create(app, list(unknown(iter(rows[at : at + BATCH]), known)))
