"""Good and bad tasks over companies and their notes."""

import itertools
from typing import Any

import lime_query
from lime_application import LimeApplication
from lime_type import LimeObject
from lime_type.limetypes import register_class


def asks_in_the_loop(application: LimeApplication) -> int:
    return sum(
        len(list(company.properties.note.fetch()))
        for company in application.limetypes.company.get_all()
    )


def asks_for_each_of_a_list(application: LimeApplication) -> int:
    total = 0
    companies = list(application.limetypes.company.get_all())
    for company in companies:
        total += count_notes(company)
    return total


def count_notes(company: Any) -> int:
    return len(list(company.properties.note.fetch()))


class Company(LimeObject):
    def after_update(self, unsaved_self: LimeObject, **kwargs: Any) -> None:
        list(self.properties.note.fetch())


def asks_in_a_hook(application: LimeApplication) -> int:
    register_class("company", Company)
    done = 0
    companies = iter(application.limetypes.company.get_all())
    while batch := list(itertools.islice(companies, 50)):
        done += rate(application, batch)
    return done


def rate(application: LimeApplication, companies: list[Any]) -> int:
    uow = application.unit_of_work()
    for company in companies:
        company.properties.rating.value = (company.properties.rating.value or 0) + 1
        uow.add(company)
    uow.commit()
    return len(companies)


def pages_and_commits_in_batches(application: LimeApplication) -> int:
    done = 0
    for offset in itertools.count(0, 10):
        page = lime_query.execute_query(
            {
                "limetype": "note",
                "responseFormat": {"object": {"_id": None}},
                "limit": 10,
                "offset": offset,
            },
            application.database.connection,
            application.limetypes,
            application.acl,
            application.user,
        )["objects"]
        if not page:
            break
        done += len(page)
    companies = iter(application.limetypes.company.get_all())
    while batch := list(itertools.islice(companies, 50)):
        done += rate(application, batch)
    return done


def commits_each_with_its_note(application: LimeApplication) -> int:
    done = 0
    for company in application.limetypes.company.get_all():
        note = application.limetypes.note(text="seen")
        note.properties.company.attach(company)
        company.properties.rating.value = (company.properties.rating.value or 0) + 1
        uow = application.unit_of_work()
        uow.add(company)
        uow.add(note)
        uow.commit()
        done += 1
    return done


def iterates_twice(application: LimeApplication) -> None:
    companies = (each for each in application.limetypes.company.get_all())
    sum(1 for _ in companies)
    for company in companies:
        rate(application, [company])


def iterates_twice_and_counts(application: LimeApplication) -> int:
    companies = (each for each in application.limetypes.company.get_all())
    count = sum(1 for _ in companies)
    uow = application.unit_of_work()
    for company in companies:
        company.properties.name.value = "rated"
        uow.add(company)
    uow.commit()
    return count


def only_counts(application: LimeApplication) -> int:
    return sum(1 for _ in application.limetypes.company.get_all())


def writes_a_report(application: LimeApplication, path: str) -> None:
    with open(path, "w") as file:
        for company in application.limetypes.company.get_all():
            file.write(f"{company.properties.name.value}\n")
