"""Tasks that look up an object for each row; what they do with it differs."""

import json
from collections.abc import Iterator
from typing import Any

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task
from lime_type import LimeObject


@task
def counts_those_that_exist(application: LimeApplication, path: str) -> int:
    found = 0
    for row in read_rows(path):
        if first_contract(application, row["number"]) is not None:
            found += 1
    return found


@task
def creates_what_is_missing(application: LimeApplication, path: str) -> dict[str, int]:
    every = []
    created = 0
    uow = application.unit_of_work()
    for row in read_rows(path):
        contract = find_contract(application, row["number"])
        if contract is None:
            contract = application.limetypes.contract(number=row["number"], name="new")
            uow.add(contract)
            created += 1
        every.append(contract)
    uow.commit()
    return {"created": created, "all": len(every)}


@task
def asks_in_an_expression(application: LimeApplication, path: str) -> int:
    found = 0
    for row in read_rows(path):
        found += 1 + (next_contract(application, row["number"]) is None)
    return found


@task
def asks_in_a_comprehension(application: LimeApplication, path: str) -> list[str]:
    return [
        row["number"]
        for row in read_rows(path)
        if lookup_in_comprehension(application, row["number"]) is None
    ]


@task
def has_a_default(application: LimeApplication, path: str) -> int:
    missing = 0
    for row in read_rows(path):
        if not lookup_with_default(application, row.get("key", "")):
            missing += 1
    return missing


@task
def names_it_in_passing(application: LimeApplication, path: str) -> int:
    missing = 0
    for row in read_rows(path):
        if (contract := lookup_in_passing(application, row["number"])) is None:  # noqa: F841
            missing += 1
    return missing


@task
def passes_by_keyword(application: LimeApplication, path: str) -> int:
    found = 0
    for row in read_rows(path):
        known = lookup_by_keyword(number=row["number"], app=application)
        if known:
            found += 1
        elif not known:
            found += 2
    return found


# --- where the object itself is needed, or a set would grow old --------------------


@task
def attaches_it(application: LimeApplication, path: str) -> int:
    uow = application.unit_of_work()
    made = 0
    for row in read_rows(path):
        company = attached_company(application, row["customer"])
        if company is None:
            continue
        contract = application.limetypes.contract(number=row["number"], name="made")
        contract.properties.company.attach(company)
        uow.add(contract)
        made += 1
    uow.commit()
    return made


@task
def changes_it(application: LimeApplication, path: str) -> int:
    uow = application.unit_of_work()
    changed = 0
    for row in read_rows(path):
        contract = changed_contract(application, row["number"])
        if contract is not None:
            contract.properties.comment.value = "seen"
            uow.add(contract)
            changed += 1
    uow.commit()
    return changed


@task
def reads_it(application: LimeApplication, path: str) -> int:
    total = 0
    for row in read_rows(path):
        contract = read_contract(application, row["number"])
        if contract is not None:
            total += len(contract.properties.name.value)
    return total


@task
def keeps_it_beyond_the_loop(application: LimeApplication, path: str) -> str:
    last = None
    for row in read_rows(path):
        last = last_contract(application, row["number"])
        if last is None:
            continue
    return "none" if last is None else last.properties.name.value


@task
def commits_meanwhile(application: LimeApplication, path: str) -> int:
    created = 0
    for row in [*read_rows(path), *read_rows(path)]:
        if committed_contract(application, row["number"]) is None:
            uow = application.unit_of_work()
            uow.add(application.limetypes.contract(number=row["number"], name="new"))
            uow.commit()
            created += 1
    return created


@task
def has_a_helper_that_does_more(application: LimeApplication, path: str) -> int:
    seen: list[str] = []
    for row in read_rows(path):
        if noted_contract(application, row["number"], seen) is None:
            continue
    return len(seen)


@task
def asks_two_questions(application: LimeApplication, path: str) -> int:
    found = 0
    for row in read_rows(path):
        if active_contract(application, row["number"]) is not None:
            found += 1
    return found


# --- helpers ----------------------------------------------------------------------


def by_number(number: str) -> Filter:
    return Filter(EqualsOperator("number", number))


def first_contract(application: LimeApplication, number: str) -> LimeObject | None:
    """Return the contract with this number, or None."""
    wanted = Filter(EqualsOperator("number", number))
    for contract in application.limetypes.contract.get_all(filter=wanted):
        return contract
    return None


def find_contract(application: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(application.limetypes.contract.get_all(filter=wanted)), None)


def next_contract(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def lookup_in_comprehension(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def lookup_with_default(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def lookup_in_passing(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def lookup_by_keyword(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def attached_company(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("registrationno", number))
    return next(iter(app.limetypes.company.get_all(filter=wanted)), None)


def changed_contract(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def read_contract(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def last_contract(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def committed_contract(app: LimeApplication, number: str) -> LimeObject | None:
    wanted = Filter(EqualsOperator("number", number))
    return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)


def noted_contract(
    app: LimeApplication, number: str, seen: list[str]
) -> LimeObject | None:
    seen.append(number)
    return next(iter(app.limetypes.contract.get_all(filter=by_number(number))), None)


def active_contract(app: LimeApplication, number: str) -> LimeObject | None:
    for contract in app.limetypes.contract.get_all(filter=by_number(number)):
        if contract.properties.status.value.key == "active":
            return contract
    return None


def read_rows(path: str) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
