import logging
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

import lime_task
from lime_application import LimeApplication
from lime_errors import InvalidValueError, NotFoundError
from lime_task import is_task, send_task, task, task_name
from lime_task.schedule import CronTab, ScheduledTask, TaskSession
from lime_task.sending import LocalEngine, engine
from lime_type.iso_times import UTC

calls: list[Any] = []


@task
def greet(app: LimeApplication, name: str, *, polite: bool = False) -> dict[str, Any]:
    """Greet someone."""
    calls.append((app.identifier, name, polite))
    return {"greeted": name}


@task(qos="background")
def greet_twice(app: LimeApplication, name: str) -> str:
    for _ in range(2):
        send_task(greet, app, name)
    return "sent"


@task
def fail(app: LimeApplication) -> None:
    raise ValueError("no such thing")


@task
def return_an_object(app: LimeApplication) -> object:
    return object()


@pytest.fixture
def local() -> Iterator[LocalEngine]:
    calls.clear()
    engine.clear()
    yield engine
    engine.clear()


def test_a_task_remains_a_plain_function_that_can_be_called(
    app: LimeApplication, local: LocalEngine
) -> None:
    assert greet(app, "Ann") == {"greeted": "Ann"}
    assert greet.__doc__ == "Greet someone."
    assert is_task(greet)
    assert not is_task(test_a_task_remains_a_plain_function_that_can_be_called)


def test_the_decorator_works_without_arguments_and_with_qos() -> None:
    marks = [vars(each)["lime_task"] for each in (greet, greet_twice)]
    assert marks == [{"qos": None}, {"qos": "background"}]


def test_an_unknown_option_of_the_decorator_is_an_error() -> None:
    decorator: Any = task
    with pytest.raises(TypeError, match="retries"):
        decorator(retries=3)


def test_sending_a_task_only_queues_it(
    app: LimeApplication, local: LocalEngine
) -> None:
    status = send_task(greet, app, "Ann")
    assert calls == []
    assert len(local) == 1
    assert status.to_dict() == {"id": status.id, "status": "PENDING", "result": None}


def test_sent_tasks_and_the_tasks_that_they_send_run_in_order(
    app: LimeApplication, local: LocalEngine
) -> None:
    send_task(greet_twice, app, "Bo")
    send_task(greet, app, name="Ann", polite=True)
    done = local.run_queued()
    assert [name for _, name, _ in calls] == ["Ann", "Bo", "Bo"]
    assert [each.status for each in done] == ["SUCCESS"] * 4
    assert done[0].result == "sent"


def test_the_status_of_a_running_task_is_started(
    app: LimeApplication, local: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    @task
    def record_status(app: LimeApplication) -> None:
        seen.append(local.status(status.id).status)

    status = send_task(record_status, app)
    local.run_queued()
    assert (seen, status.status) == (["STARTED"], "SUCCESS")


@pytest.mark.parametrize("name", [f"{__name__}.greet", f"{__name__}:greet"])
def test_a_task_can_be_sent_by_dotted_name_with_the_name_of_the_application(
    app: LimeApplication, local: LocalEngine, name: str
) -> None:
    send_task(name, app.identifier, "Ann")
    local.run_queued()
    assert calls == [(app.identifier, "Ann", False)]
    assert task_name(greet) == f"{__name__}.greet"


def test_arguments_can_be_a_list_and_a_mapping(
    app: LimeApplication, local: LocalEngine
) -> None:
    send_task(greet, app, args=["Ann"], kwargs={"polite": True})
    local.run_queued()
    assert calls == [(app.identifier, "Ann", True)]


def test_a_task_that_raises_has_the_status_failure(
    app: LimeApplication, local: LocalEngine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        status = send_task(fail, app)
        local.run_queued()
    assert status.to_dict() == {
        "id": status.id,
        "status": "FAILURE",
        "result": "ValueError: no such thing",
    }


def test_a_task_with_a_result_that_is_not_json_has_the_status_failure(
    app: LimeApplication, local: LocalEngine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        status = send_task(return_an_object, app)
        local.run_queued()
    assert status.status == "FAILURE"
    assert "JSON" in status.result


def test_arguments_that_are_not_json_are_an_error(
    app: LimeApplication, local: LocalEngine
) -> None:
    send_task(greet, app, datetime.now(UTC))
    with pytest.raises(InvalidValueError, match="must be JSON"):
        send_task(greet, app, app.limetypes.company())


def test_an_object_that_cannot_be_sent_is_an_error(
    app: LimeApplication, local: LocalEngine
) -> None:
    with pytest.raises(InvalidValueError, match="decorated with @task"):
        send_task(len, app)
    with pytest.raises(NotFoundError, match="no_such_module"):
        send_task("no_such_module.task", app)
    with pytest.raises(InvalidValueError, match="needs the application"):
        send_task(greet, "Ann")
    with pytest.raises(NotFoundError, match="no task with the id"):
        local.status("7")


def test_send_task_can_be_replaced_in_tests(
    app: LimeApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = SimpleNamespace(id="1", status="PENDING", result=None)
    monkeypatch.setattr(lime_task, "send_task", lambda *_, **__: replaced)
    assert lime_task.send_task(greet, app, "Ann").id == "1"


def test_a_scheduled_task_has_a_task_a_session_and_a_schedule() -> None:
    scheduled = ScheduledTask(
        task=greet,
        session=TaskSession(user_name="admin", language="sv"),
        args=["Ann"],
        schedule=CronTab(hour=3, minute=30, day_of_week="1-5"),
    )
    assert (scheduled.schedule.hour, scheduled.schedule.day_of_month) == (3, "*")
    assert scheduled.session.language == "sv"
