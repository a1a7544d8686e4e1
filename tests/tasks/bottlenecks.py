"""Tasks with one flaw each, which is marked by a comment."""

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task
from lime_type import LimeObject
from limerun import segment

BATCH_SIZE = 50


@task
def asks_for_each_row(application: LimeApplication, path: str) -> int:
    found = 0
    for row in read_rows(path):
        found += find_contract(application, row["number"]) is not None
    return found


def find_contract(application: LimeApplication, number: str) -> LimeObject | None:
    by_number = Filter(EqualsOperator("number", number))
    for contract in application.limetypes.contract.get_all(filter=by_number):  # N+1
        return contract
    return None


@task
def asks_again_and_commits_each(application: LimeApplication, path: str) -> int:
    created = 0
    for row in read_rows(path):
        company = application.limetypes.company.get(1)  # duplicate
        uow = application.unit_of_work()
        uow.add(application.limetypes.contract(number=row["number"]))
        uow.commit()  # too few
        created += company.id is not None
    return created


@task
def keeps_every_row(application: LimeApplication, path: str) -> int:
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]  # large
    return len(rows)


@task
def keeps_every_object(application: LimeApplication, path: str) -> int:
    contracts = []
    for row in read_rows(path):
        contract = application.limetypes.contract(number=row["number"])
        contracts.append(contract)  # kept
    return len(contracts)


@task
def commits_all_at_once(application: LimeApplication, path: str) -> int:
    created = 0
    uow = application.unit_of_work()
    for row in read_rows(path):
        uow.add(application.limetypes.contract(number=row["number"]))
        created += 1
    uow.commit()  # too many
    return created


@task
def searches_a_list(application: LimeApplication, path: str) -> int:
    seen = []
    for row in read_rows(path):
        if row["number"] not in seen:  # slow
            seen.append(row["number"])
    return len(seen)


@task
def does_nothing_wrong(application: LimeApplication, path: str) -> int:
    created = 0
    uow = application.unit_of_work()
    for row in segment("read", read_rows(path)):
        with segment("build"):
            uow.add(application.limetypes.contract(number=row["number"]))
        created += 1
        if created % BATCH_SIZE == 0:
            with segment("save"):
                uow.commit()
            uow = application.unit_of_work()
    uow.commit()
    return created


@task
def sets_a_profiler(application: LimeApplication, path: str, how: str) -> int:
    kept = [b"\x01" * 1_000_000 for _ in range(20)]  # beside a profiler
    if how == "hook":
        sys.setprofile(None)
        kept += [b"\x01" * 1_000_000 for _ in range(40)]  # after the hook
        sys.modules[__name__].__dict__["kept"] = kept  # until the last look
        return len(kept)
    import memray

    with memray.Tracker(os.path.join(tempfile.mkdtemp(), "own.bin")):
        kept.append(b"")
    return len(kept) - 1


def read_rows(path: str) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


# --- those that do not come to their end ----------------------------------------


@task
def ends_half_way(application: LimeApplication, path: str, how: str) -> None:
    kept = []
    with segment("before the end"):
        for number, row in enumerate(read_rows(path)):
            find_contract(application, row["number"])
            kept.append(b"\x01" * 40_000)  # alive
            if number == 200:
                ENDS[how](kept)


def grow(kept: list[bytes]) -> None:
    while True:
        kept.append(b"\x01" * 1_000_000)  # grows
        time.sleep(0.001)


def fail(_: list[bytes]) -> None:
    raise ValueError("half-way")


def crash(_: list[bytes]) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


ENDS: dict[str, Callable[[list[bytes]], None]] = {
    "raise": fail,
    "grow": grow,
    "crash": crash,
}


def hides_bad_rows(path: str) -> int:
    done = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                done += int(json.loads(line)["number"][2:]) % 2 or int("even")
            except ValueError:  # swallowed
                continue
    return done
