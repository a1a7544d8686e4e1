"""Custom classes: the guarantees for their hooks, and their order."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

import lime_type.limetypes
from lime_application import LimeApplication
from lime_type import LimeObject

Register = Callable[..., None]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Register a class made of hooks for a limetype."""

    def register_hooks(limetype: str, **hooks: Any) -> None:
        cls = type(limetype.title(), (LimeObject,), hooks)
        monkeypatch.setitem(lime_type.limetypes.limeobject_classes, limetype, cls)

    return register_hooks


def recording_hook(name: str, calls: list[tuple[Any, ...]]) -> Callable[..., None]:
    """Return a hook that records its name, the object and its id."""

    def hook(self: LimeObject, given: Any, **kwargs: Any) -> None:
        getattr(super(type(self), self), name)(given, **kwargs)
        calls.append((name, self.limetype.name, self.id))

    return hook


def commit(app: LimeApplication, *limeobjects: Any) -> Any:
    uow = app.unit_of_work()
    places = [uow.add(each) for each in limeobjects]
    result = uow.commit()
    return [result.get(place) for place in places]


def test_hooks_run_in_the_documented_order(
    app: LimeApplication, register: Register
) -> None:
    calls: list[tuple[Any, ...]] = []
    names = ("prepare_update", "before_update", "before_delete", "after_update")
    hooks = {name: recording_hook(name, calls) for name in names}
    register("company", **hooks)
    register("person", **hooks)
    company, _ = commit(app, app.limetypes.company(), app.limetypes.person())
    assert calls == [
        ("prepare_update", "company", None),
        ("prepare_update", "person", None),
        ("before_update", "company", None),
        ("before_update", "person", None),
        ("after_update", "company", 1),
        ("after_update", "person", 1),
    ]
    calls.clear()
    uow = app.unit_of_work()
    uow.delete(company)
    uow.commit()
    assert calls == [("before_delete", "company", 1)]


def test_prepare_update_runs_before_the_transaction_and_its_changes_are_saved(
    app: LimeApplication, register: Register
) -> None:
    inside: list[bool] = []

    def prepare_update(self: LimeObject, uow: Any, **kwargs: Any) -> None:
        inside.append(self.application.database.connection.in_transaction())
        self.properties.phone.value = "123"

    def before_update(self: LimeObject, uow: Any, **kwargs: Any) -> None:
        inside.append(self.application.database.connection.in_transaction())
        self.properties.www.value = "acme.invalid"

    register("company", prepare_update=prepare_update, before_update=before_update)
    commit(app, app.limetypes.company(name="Acme"))
    assert inside == [False, True]
    stored = app.limetypes.company.get(1)
    assert stored.properties.phone.value == "123"
    assert stored.properties.www.value == "acme.invalid"


def test_hooks_also_run_for_objects_added_by_hooks(
    app: LimeApplication, register: Register
) -> None:
    calls: list[tuple[Any, ...]] = []

    def before_update(self: LimeObject, uow: Any, **kwargs: Any) -> None:
        person = self.application.limetypes.person(name="Made", company=self)
        uow.add(person)

    register("company", before_update=before_update)
    register(
        "person",
        prepare_update=recording_hook("prepare_update", calls),
        before_update=recording_hook("before_update", calls),
    )
    (company,) = commit(app, app.limetypes.company(name="Acme"))
    assert [name for name, *_ in calls] == ["before_update"]
    (person,) = app.limetypes.person.get_all()
    assert person.properties.company.id == company.id


def test_the_context_includes_objects_added_by_hooks(
    app: LimeApplication, register: Register
) -> None:
    seen: list[str] = []

    def prepare_update(self: LimeObject, uow: Any, **kwargs: Any) -> None:
        uow.add(self.application.limetypes.office(name="Made"))

    def before_update(self: LimeObject, uow: Any, **kwargs: Any) -> None:
        seen.extend(item.unsaved.limetype.name for item in uow.context.get_all())

    register("company", prepare_update=prepare_update, before_update=before_update)
    commit(app, app.limetypes.company(name="Acme"))
    assert seen == ["company", "office"]


def test_hooks_run_only_for_new_and_changed_objects(
    app: LimeApplication, register: Register
) -> None:
    calls: list[tuple[Any, ...]] = []
    company, office = commit(
        app, app.limetypes.company(name="a"), app.limetypes.office(name="b")
    )
    register("company", before_update=recording_hook("before_update", calls))
    register("office", before_update=recording_hook("before_update", calls))
    company = app.limetypes.company.get(company.id)
    office = app.limetypes.office.get(office.id)
    office.properties.name.value = "changed"
    commit(app, company, office)
    assert calls == [("before_update", "office", office.id)]


def test_before_update_runs_for_an_object_that_a_later_hook_changes(
    app: LimeApplication, register: Register
) -> None:
    calls: list[tuple[Any, ...]] = []
    (company,) = commit(app, app.limetypes.company(name="Acme"))

    def before_update(self: LimeObject, uow: Any, **kwargs: Any) -> None:
        related = self.properties.company.fetch()
        related.properties.phone.value = "changed"
        uow.add(related)

    register("company", before_update=recording_hook("before_update", calls))
    register("person", before_update=before_update)
    commit(app, app.limetypes.person(name="Ann", company=company.id))
    assert calls == [("before_update", "company", company.id)]
    assert app.limetypes.company.get(1).properties.phone.value == "changed"


def test_after_update_receives_ids_dirty_state_and_original_values(
    app: LimeApplication, register: Register
) -> None:
    seen: list[tuple[Any, ...]] = []

    def after_update(self: LimeObject, unsaved_self: Any, **kwargs: Any) -> None:
        status = unsaved_self.properties.dealstatus
        seen.append(
            (
                self.id,
                unsaved_self.is_new,
                self.is_new,
                status.is_dirty(),
                status.original_value.key,
                self.properties.dealstatus.value.key,
                self.properties.dealstatus.is_dirty(),
            )
        )

    register("deal", after_update=after_update)
    (deal,) = commit(app, app.limetypes.deal(name="x"))
    deal.properties.dealstatus.set_by_key("tender")
    commit(app, deal)
    assert seen == [
        (1, True, False, False, "contact", "contact", False),
        (1, False, False, True, "contact", "tender", False),
    ]


def test_changes_to_self_in_after_update_are_not_saved(
    app: LimeApplication, register: Register
) -> None:
    def after_update(self: LimeObject, unsaved_self: Any, **kwargs: Any) -> None:
        self.properties.phone.value = "lost"

    register("company", after_update=after_update)
    commit(app, app.limetypes.company(name="Acme"))
    assert app.limetypes.company.get(1).properties.phone.value == ""


def test_a_nested_unit_of_work_in_after_update_sees_the_outer_rows(
    app: LimeApplication, register: Register
) -> None:
    seen: list[Any] = []

    def after_update(self: LimeObject, unsaved_self: Any, **kwargs: Any) -> None:
        company = self.properties.company.fetch()
        seen.append(company.properties.person.value)
        company.properties.phone.value = "inner"
        uow = self.application.unit_of_work()
        idx = uow.add(company)
        seen.append(uow.commit().get(idx).properties.phone.value)

    register("person", after_update=after_update)
    company = app.limetypes.company(name="Acme")
    commit(app, app.limetypes.person(name="Ann", company=company))
    assert seen == [[1], "inner"]
    assert app.limetypes.company.get(1).properties.phone.value == "inner"


def test_a_failing_nested_unit_of_work_rolls_back_only_its_own_changes(
    app: LimeApplication, register: Register
) -> None:
    def fail(self: LimeObject, uow: Any, **kwargs: Any) -> None:
        raise RuntimeError("no")

    def after_update(self: LimeObject, unsaved_self: Any, **kwargs: Any) -> None:
        for name in ("kept", "undone"):
            uow = self.application.unit_of_work()
            uow.add(self.application.limetypes.office(name=name))
            if name == "undone":
                uow.add(self.application.limetypes.deal(name=name))
            with contextlib.suppress(RuntimeError):
                uow.commit()

    register("company", after_update=after_update)
    register("deal", before_update=fail)
    commit(app, app.limetypes.company(name="Acme"))
    offices = app.limetypes.office.get_all()
    assert [each.properties.name.value for each in offices] == ["kept"]
    assert app.limetypes.company.get_all().count == 1


def test_a_nested_unit_of_work_is_rolled_back_with_the_outer_unit_of_work(
    app: LimeApplication, register: Register
) -> None:
    def after_update(self: LimeObject, unsaved_self: Any, **kwargs: Any) -> None:
        uow = self.application.unit_of_work()
        uow.add(self.application.limetypes.office(name="inner"))
        uow.commit()
        raise RuntimeError("no")

    register("company", after_update=after_update)
    with pytest.raises(RuntimeError):
        commit(app, app.limetypes.company(name="Acme"))
    assert app.limetypes.office.get_all().count == 0
    assert app.limetypes.company.get_all().count == 0


@pytest.mark.parametrize("hook", ["prepare_update", "before_update", "after_update"])
def test_an_error_in_a_hook_rolls_back_everything_and_names_the_hook(
    app: LimeApplication, register: Register, hook: str
) -> None:
    def fail(self: LimeObject, given: Any, **kwargs: Any) -> None:
        raise RuntimeError("no")

    register("person", **{hook: fail})
    company, person = app.limetypes.company(name="Acme"), app.limetypes.person()
    with pytest.raises(RuntimeError) as raised:
        commit(app, company, person)
    assert app.limetypes.company.get_all().count == 0
    assert (company.id, company.is_new, company.createdtime) == (None, True, None)
    (note,) = raised.value.__notes__
    assert f"in {hook} of person" in note
    assert "Acme" not in note


def test_an_object_whose_commit_failed_can_be_saved_again(
    app: LimeApplication, register: Register
) -> None:
    attempts: list[int] = []

    def before_update(self: LimeObject, uow: Any, **kwargs: Any) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise RuntimeError("the first time")

    register("company", before_update=before_update)
    company = app.limetypes.company(name="Acme")
    with pytest.raises(RuntimeError):
        commit(app, company)
    (saved,) = commit(app, company)
    assert saved.id == 1
