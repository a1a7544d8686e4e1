"""Pairs of tasks: those that do the same have the same effect, all others are told apart.

The tasks run with the stand-in in this process, each on a copy of the same database.
"""

import itertools
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from limerun.dataset.design.dataset_schema import design_of
from limerun.effects.changes import DatabaseChange
from limerun.effects.differences import difference_of, varying_between
from limerun.effects.snapshot import Snapshot, SnapshotSchema, read_snapshot
from limerun.judge.effect_difference import effect_difference
from limerun.lime.install import install
from limerun.records import DatasetPlan, LimetypeEffect

assert install() == "stand-in"

from limerun.lime.opening import open_application  # noqa: E402  # after install

LIMETYPES: Mapping[str, Mapping[str, object]] = {
    "company": {
        "name": {"type": "string"},
        "employees": {"type": "integer"},
        "parent": {"type": "belongsto", "related": "company", "backref": "children"},
        "children": {"type": "hasmany", "related": "company", "backref": "parent"},
        "deals": {"type": "hasmany", "related": "deal", "backref": "company"},
    },
    "deal": {
        "name": {"type": "string"},
        "value": {"type": "decimal"},
        "stage": {"type": "option", "options": ["open", "won", "lost"]},
        "closed": {"type": "date"},
        "token": {"type": "string"},
        "company": {"type": "belongsto", "related": "company", "backref": "deals"},
        "campaign": {
            "type": "hasandbelongstomany",
            "related": "campaign",
            "backref": "deal",
        },
    },
    "campaign": {
        "name": {"type": "string"},
        "deal": {
            "type": "hasandbelongstomany",
            "related": "deal",
            "backref": "campaign",
        },
    },
}
MODEL = SnapshotSchema.of(
    design_of(
        DatasetPlan(
            seed=1,
            locale="sv_SE",
            limetypes=LIMETYPES,
            rows={"company": 8, "deal": 12, "campaign": 3},
            properties={},
        ),
        {},
    ).schema
)
Task = Callable[[Any], object]
Row = dict[str, Any]

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ROWS: list[Row] = [
    {
        "name": f"deal {number}",
        "value": number * 1.255,
        "stage": ("open", "won", "lost")[number % 3],
        "closed": DAY + timedelta(days=number),
        "token": "",
        "company": number % 4 + 1,
    }
    for number in range(10)
]


# --- tasks ---------------------------------------------------------------------------


def add_deal(app: Any, uow: Any, row: Row) -> Any:
    values = {name: each for name, each in row.items() if name != "stage"}
    deal = app.limetypes.deal(**values)
    deal.properties.stage.set_by_key(row["stage"])
    return uow.add(deal)


def create(rows: Iterable[Row], batch: int = 100) -> Task:
    """Return a task that imports rows, in batches."""

    def task(app: Any) -> None:
        waiting = iter(rows)
        while some := list(itertools.islice(waiting, batch)):
            uow = app.unit_of_work()
            for row in some:
                add_deal(app, uow, row)
            uow.commit()

    return task


def changed(number: int, **values: Any) -> list[Row]:
    """Return the rows with other values in one of them."""
    rows = [dict(row) for row in ROWS]
    rows[number] |= values
    return rows


def swapped(name: str) -> list[Row]:
    """Return the rows with the values of two of them swapped."""
    return [
        row | {name: ROWS[{2: 5, 5: 2}.get(number, number)][name]}
        for number, row in enumerate(ROWS)
    ]


def sql(*statements: str) -> Task:
    """Return a task that sends statements of its own."""

    def task(app: Any) -> None:
        with app.database.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    return task


def create_with_ids(app: Any) -> None:
    """Import the rows with plain SQL, and ids chosen by the task."""
    with app.database.engine.begin() as connection:
        for number, row in enumerate(ROWS):
            closed = row["closed"].replace(tzinfo=None).isoformat(" ", "microseconds")
            connection.exec_driver_sql(
                "INSERT INTO deal (id, name, value, stage, closed, token, company) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    900 - number,
                    *(row["name"], row["value"], row["stage"]),
                    *(closed, row["token"], row["company"]),
                ),
            )


def update(limetype: str, change: Callable[[Any], None], times: int = 1) -> Task:
    """Return a task that reads all objects and changes them."""

    def task(app: Any) -> None:
        for _ in range(times):
            uow = app.unit_of_work()
            for each in app.limetypes.get_limetype(limetype).get_all():
                change(each)
                uow.add(each)
            uow.commit()

    return task


def set_value(name: str, value: Any, only: str | None = None) -> Callable[[Any], None]:
    def change(each: Any) -> None:
        if only is None or each.properties.name.value == only:
            each.get_property(name).value = value

    return change


def create_tree(
    companies: Iterable[str], parents: Mapping[str, str], deals: Mapping[str, str]
) -> Task:
    """Return a task that creates companies with parents, and deals of them."""

    def task(app: Any) -> None:
        made = {name: app.limetypes.company(name=name) for name in companies}
        uow = app.unit_of_work()
        for name, company in made.items():
            if name in parents:
                company.properties.parent.attach(made[parents[name]])
            uow.add(company)
        for name, owner in deals.items():
            deal = app.limetypes.deal(name=name)
            deal.properties.company.attach(made[owner])
            uow.add(deal)
        uow.commit()

    return task


NAMES = ["A", "B", "C", "D"]
PARENTS = {"B": "A", "C": "B", "D": "C"}
DEALS = {"x": "A", "y": "D", "z": "D"}
tree = create_tree(NAMES, PARENTS, DEALS)


def link(pairs: Iterable[tuple[str, str]]) -> Task:
    """Return a task that adds deals to campaigns."""

    def task(app: Any) -> None:
        campaigns = {
            each.properties.name.value: each
            for each in app.limetypes.campaign.get_all()
        }
        deals = {
            each.properties.name.value: each for each in app.limetypes.deal.get_all()
        }
        for deal, campaign in pairs:
            uow = app.unit_of_work()
            deals[deal].properties.campaign.attach(campaigns[campaign])
            uow.add(deals[deal])
            uow.commit()

    return task


def with_token(make: Callable[[], str], **more: Any) -> Task:
    """Return a task that writes other tokens in each run."""

    def task(app: Any) -> None:
        create([row | {"token": make()} | more for row in ROWS])(app)

    return task


def with_clock(app: Any) -> None:
    create([row | {"closed": datetime.now(UTC)} for row in ROWS])(app)


def nothing(app: Any) -> None:
    assert app.limetypes.deal.get_all().count == 12


def one_after_the_other(*tasks: Task) -> Task:
    def task(app: Any) -> None:
        for each in tasks:
            each(app)

    return task


LINKS = [("old 1", "spring"), ("old 2", "spring"), ("old 2", "autumn")]


def random_token() -> str:
    return uuid.uuid4().hex


SAME: dict[str, tuple[Task, Task]] = {
    "a read": (nothing, sql()),
    "order of inserts": (create(ROWS), create(ROWS[::-1])),
    "a commit per row": (create(ROWS), create(ROWS, batch=1)),
    "batches": (create(ROWS, batch=7), create(ROWS, batch=3)),
    "plain SQL with other ids": (create(ROWS), create_with_ids),
    "order of equal rows": (
        create([*ROWS, ROWS[3], ROWS[3]]),
        create([ROWS[3], *ROWS, ROWS[3]]),
    ),
    "one UPDATE": (
        update("deal", set_value("value", 3.5)),
        sql("UPDATE deal SET value = 3.5"),
    ),
    "written twice": (
        update("deal", set_value("value", 3.5)),
        update("deal", set_value("value", 3.5), times=2),
    ),
    "a value that stays": (nothing, update("company", set_value("employees", 5))),
    "only system columns": (nothing, sql("UPDATE deal SET _timestamp = 'now'")),
    "a whole number": (
        update("deal", set_value("value", 3)),
        update("deal", set_value("value", 3.0)),
    ),
    "a negative zero": (
        sql("UPDATE deal SET value = 0.0"),
        sql("UPDATE deal SET value = -0.0"),
    ),
    "created and deleted": (
        nothing,
        one_after_the_other(create(ROWS), sql("DELETE FROM deal WHERE id > 12")),
    ),
    "a tree in another order": (tree, create_tree(NAMES[::-1], PARENTS, DEALS)),
    "a tree, deals first": (
        tree,
        create_tree(NAMES, PARENTS, dict(reversed(DEALS.items()))),
    ),
    "links in another order": (link(LINKS), link(LINKS[::-1])),
    "random tokens": (with_token(random_token), with_token(random_token)),
    "times of a clock": (with_clock, with_clock),
    "deleted in another order": (
        sql("DELETE FROM deal WHERE id IN (3, 5)"),
        sql("DELETE FROM deal WHERE id = 5", "DELETE FROM deal WHERE id = 3"),
    ),
}

Expected = dict[str, tuple[int, int, dict[str, int]]]
"""Missing and added rows, and the properties that differ, by limetype."""


def deals(*, missing: int = 0, added: int = 0, **properties: int) -> Expected:
    return {"deal": (missing, added, properties)}


DIFFERENT: dict[str, tuple[Task, Task, Expected]] = {
    "a row less": (create(ROWS), create(ROWS[1:]), deals(missing=1)),
    "a row twice": (create(ROWS), create([*ROWS, ROWS[0]]), deals(added=1)),
    "another row twice": (
        create([*ROWS, ROWS[1]]),
        create([*ROWS, ROWS[0]]),
        deals(missing=1, added=1, name=1, value=1, stage=1, closed=1, company=1),
    ),
    "a name": (create(ROWS), create(changed(4, name="other")), deals(name=1)),
    "a trailing space": (
        create(ROWS),
        create(changed(4, name="deal 4 ")),
        deals(name=1),
    ),
    "a capital letter": (
        create(ROWS),
        create(changed(4, name="Deal 4")),
        deals(name=1),
    ),
    "an option": (create(ROWS), create(changed(4, stage="lost")), deals(stage=1)),
    "a day": (
        create(ROWS),
        create(changed(4, closed=DAY + timedelta(days=5))),
        deals(closed=1),
    ),
    "a microsecond": (
        create(ROWS),
        create(changed(4, closed=ROWS[4]["closed"] + timedelta(microseconds=1))),
        deals(closed=1),
    ),
    "the last bit of a number": (
        create(changed(4, value=0.3)),
        create(changed(4, value=0.1 + 0.2)),
        deals(value=1),
    ),
    "rounding": (
        create([row | {"value": round(row["value"], 2)} for row in ROWS]),
        create([row | {"value": int(row["value"] * 100) / 100} for row in ROWS]),
        deals(
            value=sum(
                round(each["value"], 2) != int(each["value"] * 100) / 100
                for each in ROWS
            )
        ),
    ),
    "null instead of an empty text": (
        sql("UPDATE deal SET token = ''"),
        sql("UPDATE deal SET token = NULL"),
        deals(token=12),
    ),
    "a large whole number": (
        sql(f"UPDATE company SET employees = {2**53}"),
        sql(f"UPDATE company SET employees = {2**53 + 1}"),
        {"company": (0, 0, {"employees": 8})},
    ),
    "swapped values of new rows": (
        create(ROWS),
        create(swapped("value")),
        deals(value=2),
    ),
    "swapped relations of new rows": (
        create(ROWS),
        create(swapped("company")),
        deals(company=2),
    ),
    "swapped values of old rows": (
        nothing,
        sql("UPDATE deal SET name = 'old ' || (3 - id) WHERE id IN (1, 2)"),
        deals(name=2),
    ),
    "one row of many updated": (
        sql("UPDATE deal SET value = 3.5"),
        sql("UPDATE deal SET value = 3.5 WHERE id <> 7"),
        deals(value=1),
    ),
    "two properties of old rows": (
        nothing,
        sql("UPDATE deal SET value = 3.5, token = 'x' WHERE id > 9"),
        deals(value=3, token=3),
    ),
    "another row deleted": (
        sql("DELETE FROM deal WHERE id = 3"),
        sql("DELETE FROM deal WHERE id = 4"),
        deals(missing=1, added=1),
    ),
    "deleted and created again": (
        nothing,
        sql(
            "CREATE TABLE kept AS SELECT * FROM deal WHERE id = 12",
            "DELETE FROM deal WHERE id = 12",
            "INSERT INTO deal SELECT 13, name, value, stage, closed, token, company, "
            "_createdtime, _createduser, _timestamp, _updateduser FROM kept",
        ),
        deals(missing=1, added=1),
    ),
    "a relation to another old row": (
        create(ROWS),
        create(changed(4, company=7)),
        deals(company=1),
    ),
    "a relation to another new row": (
        tree,
        create_tree(NAMES, PARENTS, DEALS | {"y": "C"}),
        deals(company=1),
    ),
    "another parent of a new row": (
        create_tree(NAMES, {"B": "A", "C": "A"}, {}),
        create_tree(NAMES, {"B": "A", "C": "B"}, {}),
        {"company": (0, 0, {"parent": 1})},
    ),
    "a link less": (link(LINKS), link(LINKS[1:]), {"campaign": (0, 0, {"deal": 1})}),
    "a link to another row": (
        link([("old 1", "spring")]),
        link([("old 3", "spring")]),
        {"campaign": (0, 0, {"deal": 1})},
    ),
    "random tokens and a name": (
        with_token(random_token),
        with_token(random_token, name="other"),
        deals(name=10),
    ),
}


# --- the database ------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the database with which each task starts."""
    path = tmp_path_factory.mktemp("base") / "database.sqlite"

    def fill(app: Any) -> None:
        uow = app.unit_of_work()
        for number in range(8):
            uow.add(app.limetypes.company(name=f"old {number}", employees=5))
        uow.commit()
        uow = app.unit_of_work()
        for number in range(12):
            row = {"name": f"old {number + 1}", "company": number % 8 + 1}
            uow.add(app.limetypes.deal(value=number / 4, **row))
        for name in ("spring", "autumn", "never"):
            uow.add(app.limetypes.campaign(name=name))
        uow.commit()

    run_on(path, fill)
    return path


def run_on(path: Path, task: Task) -> None:
    app = open_application(database_url=f"sqlite:///{path}", limetypes=LIMETYPES)
    try:
        task(app)
    finally:
        app.database.close()


@pytest.fixture(scope="module")
def before(base: Path) -> Snapshot:
    return read_snapshot(base, MODEL)


@pytest.fixture
def change_of(
    base: Path, before: Snapshot, tmp_path: Path
) -> Callable[[Task], DatabaseChange]:
    numbers = itertools.count()

    def changed_by(task: Task) -> DatabaseChange:
        path = tmp_path / f"{next(numbers)}.sqlite"
        shutil.copyfile(base, path)
        run_on(path, task)
        return DatabaseChange(before, read_snapshot(path, MODEL))

    return changed_by


Effects = tuple[DatabaseChange, DatabaseChange]


def without_varying(first: DatabaseChange, second: DatabaseChange) -> DatabaseChange:
    return first.without(varying_between(first, second))


def saved(change: DatabaseChange) -> Mapping[str, LimetypeEffect]:
    return change.effect()


# --- the pairs ---------------------------------------------------------------------


def test_there_are_at_least_30_pairs() -> None:
    assert len(SAME) + len(DIFFERENT) >= 30


@pytest.mark.parametrize("name", SAME)
def test_tasks_that_do_the_same_have_the_same_effect(
    name: str, change_of: Callable[[Task], DatabaseChange]
) -> None:
    one, two = (
        without_varying(change_of(task), change_of(task)) for task in SAME[name]
    )
    assert difference_of(one, two) is None
    assert saved(one) == saved(two)
    assert effect_difference(saved(one), saved(two)) == ()


@pytest.mark.parametrize("name", DIFFERENT)
def test_tasks_that_do_something_else_are_told_apart(
    name: str, change_of: Callable[[Task], DatabaseChange]
) -> None:
    base, new, expected = DIFFERENT[name]
    one, two = (
        without_varying(change_of(task), change_of(task)) for task in (base, new)
    )
    found = difference_of(one, two) or ()
    assert {
        each.limetype: (each.missing, each.added, dict(each.properties))
        for each in found
    } == expected
    estimated = effect_difference(saved(one), saved(two))
    assert estimated
    named = {each.limetype: {*each.properties} for each in estimated}
    if not any(each.missing or each.added for each in found):
        assert named == {each.limetype: {*each.properties} for each in found}


def test_only_what_varies_is_left_out(
    change_of: Callable[[Task], DatabaseChange],
) -> None:
    task = with_token(random_token)
    one, two = change_of(task), change_of(task)
    assert varying_between(one, two) == {"deal": ("token",)}
    assert "token" not in saved(one.without({"deal": ("token",)}))["deal"].fingerprint
