# mypy: ignore-errors
import logging
from datetime import datetime, timezone

import pytest
from solution_acme import helpers
from solution_acme.limeobject_classes.company import Company
from solution_acme.tasks import get_task_modules, register_scheduled_tasks, tasks

import lime_task
from lime_errors import NotFoundError
from lime_type import create_limeobjects_from_dsl


def commit(app, *limeobjects):
    uow = app.unit_of_work()
    places = [uow.add(each) for each in limeobjects]
    result = uow.commit()
    return [result.get(place) for place in places]


def test_objects_are_instances_of_their_class(lime_app, acme):
    assert isinstance(acme, Company)
    assert isinstance(lime_app.limetypes.company.get(acme.id), Company)
    assert acme.properties.country.value == "Sweden"


def test_the_coworker_is_an_instance_of_the_class_in_the_package(
    lime_app, loaded_plugins
):
    assert lime_app.coworker is None
    lime_app._coworker = lime_app.limetypes.coworker(firstname="Ann")
    assert lime_app.coworker.greeting() == "Hello Ann"


def test_the_coworker_is_found_by_the_current_user(lime_app, loaded_plugins):
    commit(lime_app, lime_app.limetypes.coworker(firstname="Eva", _from_row=True))
    coworker = lime_app.limetypes.coworker(
        firstname="Ann", username=lime_app.user_id, _from_row=True
    )
    commit(lime_app, coworker)
    assert lime_app.coworker.greeting() == "Hello Ann"
    (deal,) = commit(lime_app, lime_app.limetypes.deal(name="Big"))
    assert deal.properties.coworker.descriptive == lime_app.coworker.descriptive


def test_winning_a_deal_calls_every_hook(lime_app, acme):
    events = []
    lime_app._publisher = lambda key, body: events.append((key, body))
    (deal,) = commit(
        lime_app, lime_app.limetypes.deal(name="Big", value=200, company=acme)
    )
    assert events[0][0] == "acme.deal.new.v1"
    assert events[0][1]["id"] == deal.id
    deal = lime_app.limetypes.deal.get(deal.id)
    deal.properties.probability.value = 50
    deal.properties.dealstatus.set_by_key("agreement")
    commit(lime_app, deal)
    assert events[1] == (
        "acme.deal.status.v1",
        {"id": deal.id, "was": "contact", "is": "agreement", "has_idx": True},
    )
    stored = lime_app.limetypes.deal.get(deal.id)
    assert stored.properties.weightedvalue.value == 100
    assert stored.properties.closeddate.value <= datetime.now(timezone.utc)
    (history,) = list(stored.properties.history.fetch())
    assert history.properties.type.value.key == "autolog"
    company = stored.properties.company.fetch()
    assert company.properties.buyingstatus.value.key == "active"
    assert company.won_value() == 200
    assert stored.compare_to(history.properties.deal.fetch())


def test_deleting_a_company_deletes_its_history(lime_app, acme):
    commit(lime_app, lime_app.limetypes.history(note="x", company=acme.id))
    uow = lime_app.unit_of_work()
    uow.delete(lime_app.limetypes.company.get(acme.id))
    uow.commit()
    assert list(lime_app.limetypes.history.get_all()) == []
    with pytest.raises(NotFoundError):
        lime_app.limetypes.company.get(acme.id)


def test_helpers_walk_relations_filters_and_pages(lime_app, loaded_plugins):
    made = create_limeobjects_from_dsl(
        lime_app.limetypes,
        """
        deal:
          big: {name: Big deal, value: 10, company: acme, person: ann}
          small: {name: Small deal, dealstatus: tender}
        company:
          acme: {name: Acme, buyingstatus: active}
        person:
          ann: {firstname: Ann, lastname: Holm, name: Ann Holm, company: acme}
        """,
    )
    acme = lime_app.limetypes.company.get(1)
    assert made["acme"].id == 1
    assert helpers.first_person(acme).properties.name.value == "Ann Holm"
    data = helpers.to_dict(acme)
    assert data["deal"] == [made["big"].id]
    assert data["buyingstatus"] == "active"
    assert helpers.to_dict(made["big"])["company"] == "Acme"
    assert len(helpers.search(lime_app, "deal", "deal")) == 2
    assert len(helpers.search(lime_app, "deal", "DEAL", ["tender"])) == 1
    assert helpers.by_name(lime_app, "deal", "Big deal").id == made["big"].id
    assert helpers.by_name(lime_app, "deal", "No such") is None
    assert helpers.names_of(lime_app, "deal") == {1: "Big deal", 2: "Small deal"}
    assert [len(page) for page in helpers.pages(lime_app, "deal", 1)] == [1, 1]


def test_deals_of_the_users_office_are_found(lime_app, loaded_plugins):
    create_limeobjects_from_dsl(
        lime_app.limetypes,
        """
        office: {lund: {name: Lund}, malmo: {name: Malmö}}
        coworker:
          me: {firstname: Ann, username: 1, office: lund}
          other: {firstname: Eva, office: malmo}
        deal:
          mine: {name: Mine, coworker: me}
          theirs: {name: Theirs, coworker: other}
        """,
    )
    assert helpers.my_office_deals(lime_app) == ["Mine"]


def test_tasks_run_when_called_directly_and_when_sent(
    lime_app, loaded_plugins, task_engine
):
    assert tasks.import_companies(lime_app, ["A", "B"]) == {"created": 2}
    assert tasks.import_companies(lime_app, ["A", "C"]) == {"created": 1}
    commit(lime_app, lime_app.limetypes.deal(name="Old", dealstatus="onhold"))
    status = lime_task.send_task(tasks.close_old_deals, lime_app, 10)
    assert status.to_dict() == {"id": status.id, "status": "PENDING", "result": None}
    first, second = task_engine.run_queued()
    assert (first.status, first.result) == ("SUCCESS", "done")
    assert second.result == {"created": 1}


def test_the_package_declares_its_tasks(loaded_plugins):
    assert get_task_modules() == [tasks]
    (scheduled,) = register_scheduled_tasks()
    assert scheduled.task is tasks.close_old_deals
    assert scheduled.schedule.hour == 3
    assert tasks.BATCH_SIZE == 25


def test_an_administrator_and_a_standard_user_have_different_users(
    lime_app, lime_app_non_admin, create_user
):
    assert lime_app.user.username == "admin"
    assert lime_app_non_admin.user.username == "standard"
    assert create_user("ann") > 1000


def test_a_failed_task_has_the_reason_in_its_status(lime_app, task_engine, caplog):
    with caplog.at_level(logging.CRITICAL):
        status = lime_task.send_task(tasks.close_old_deals, lime_app)
        task_engine.run_queued()
    assert status.status == "FAILURE"
    assert "limit" in status.result
