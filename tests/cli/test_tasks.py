"""The tasks of a package, and the error if a package is used as a task."""

from pathlib import Path

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with the layout of the platform's generator."""
    tasks = tmp_path / "limepkg_erp" / "tasks"
    tasks.mkdir(parents=True)
    (tasks.parent / "__init__.py").write_text("")
    (tasks / "__init__.py").write_text(
        "from . import imports\n\ndef get_task_modules():\n    return [imports]\n"
    )
    (tasks / "imports.py").write_text(
        "from lime_task import task\n\n"
        "@task(qos='background')\n"
        "def import_contracts(application, path: str) -> dict:\n"
        '    """Import the contracts of an export."""\n\n'
        "@task\ndef import_persons(app): ...\n\n"
        "def helper(): ...\n"
    )
    return tasks.parent


def test_tasks_lists_the_tasks_that_a_package_declares(
    limerun: Limerun, package: Path
) -> None:
    said = limerun("tasks", "limepkg_erp").expect(
        out=r"limepkg_erp.tasks.imports:import_contracts\(application, path: str\)"
    )
    assert "qos background" in said.out
    assert "Import the contracts of an export." in said.out
    assert "import_persons" in said.out
    assert "helper" not in said.out


def test_a_package_given_as_a_task_is_an_error_that_lists_its_tasks(
    limerun: Limerun, package: Path, tmp_path: Path
) -> None:
    path = tmp_path / "limerun.yaml"
    path.write_text("task: limepkg_erp\n")
    limerun("capacity-test", path).expect(
        code=2, err="name one of its tasks:\n  task: limepkg_erp.tasks.imports:import_c"
    )


def test_a_missing_package_exits_with_2(limerun: Limerun) -> None:
    limerun("tasks", "no_such_package").expect(code=2, err="no_such_package")


def test_a_package_that_does_not_declare_its_tasks_is_searched(
    limerun: Limerun, package: Path
) -> None:
    (package / "tasks" / "__init__.py").write_text("")
    (package / "tasks" / "imports_test.py").write_text("raise SystemExit\n")
    limerun("tasks", "limepkg_erp/").expect(out="tasks.imports:import_contracts")


def test_an_object_that_raises_when_inspected_does_not_hide_other_tasks(
    limerun: Limerun, package: Path
) -> None:
    with (package / "tasks" / "imports.py").open("a") as file:
        file.write(
            "\nclass Unbound:  # as a web framework's proxies are out of a request\n"
            "    def __getattribute__(self, name):\n"
            "        raise RuntimeError(name)\n\n"
            "request = Unbound()\n"
        )
    limerun("tasks", "limepkg_erp").expect(out="imports:import_contracts")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of Celery tasks: a package, plain folders, tests, a broken file."""
    files = {
        "shop/__init__.py": "",
        "shop/celery_app.py": (
            "from celery import Celery\napp = Celery('shop', set_as_current=False)\n"
            "@app.task\ndef debug(): ...\n"
        ),
        "shop/tasks/__init__.py": "",
        "shop/tasks/orders.py": (
            "from celery import shared_task\nfrom shop.celery_app import app\n"
            "@shared_task(bind=True)\ndef close(self, days: int): ...\n"
            "@app.task(autoretry_for=(OSError,))\n"
            "def sync(limit):\n    'Sync the orders.'\n"
        ),
        "scripts/nightly.py": "from lime_task import task\n@task\ndef clean(app): ...\n",
        "scripts/export.py": (
            "from celery import Celery\napp = Celery('export')\n"
            "@app.task\ndef dump(): ...\n"
        ),
        "named/json.py": "raise SystemExit('nobody may import this')  # celery\n",
        "scripts/broken.py": "from lime_task import task\nimport not_installed_here\n",
        "scripts/delete_all.py": "raise SystemExit('a script ran, for its task')\n",
        "tests/test_orders.py": "raise SystemExit('a task of tests')\n",
        "empty/notes.txt": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


SHOP = {
    "shop.celery_app:debug",
    "shop.tasks.orders:close",
    "shop.tasks.orders:sync",
}
SCRIPTS = {"scripts/nightly.py:clean", "scripts/export.py:dump"}


def names_in(out: str) -> set[str]:
    lines = [line for line in out.splitlines() if line[:1].strip()]
    return {line.partition("(")[0] for line in lines}


@pytest.mark.parametrize(
    ("place", "names"),
    [
        (".", SHOP | SCRIPTS),
        ("shop", SHOP),
        ("shop/", SHOP),
        ("shop.tasks", SHOP - {"shop.celery_app:debug"}),
        ("./shop/tasks/", SHOP - {"shop.celery_app:debug"}),
        ("shop/celery_app.py", {"shop.celery_app:debug"}),
        ("shop.celery_app", {"shop.celery_app:debug"}),
        ("scripts", SCRIPTS),
        ("scripts/export.py", {"scripts/export.py:dump"}),
        ("empty", {"empty contains no task"}),
    ],
)
def test_tasks_are_listed_for_every_way_to_name_a_module_or_folder(
    limerun: Limerun, project: Path, place: str, names: set[str]
) -> None:
    said = limerun("tasks", place).expect(code=0)
    assert names_in(said.out) == names
    assert "Traceback" not in said.err
    assert "a script ran" not in said.err
    assert ("not_installed_here" in said.err) == (place in (".", "scripts"))


def test_a_config_accepts_every_listed_name(limerun: Limerun, project: Path) -> None:
    (project / "limerun.yaml").write_text("task: scripts/export.py:dump\n")
    limerun("run", "limerun.yaml").expect(code=0)
    (project / "limerun.yaml").write_text("task: shop.celery_app:debug\n")
    limerun("run", "limerun.yaml").expect(code=0)


def test_every_task_found_by_init_is_listed(limerun: Limerun, project: Path) -> None:
    limerun("init").expect(code=0)
    listed = names_in(limerun("tasks", ".").out)
    text = (project / "limerun.yaml").read_text()
    for line in text.splitlines():
        place, colon, name = line.lstrip("# ").partition("task: ")[2].partition(":")
        if colon:
            dotted = place.removesuffix(".py").replace("/", ".")
            assert {f"{place}:{name}", f"{dotted}:{name}"} & listed, line


def test_a_missing_folder_or_file_exits_with_2(limerun: Limerun) -> None:
    limerun("tasks", "nowhere/").expect(
        code=2, err="not a folder, a Python file or a module"
    )
    said = limerun("tasks", "nowhere.py").expect(code=2)
    assert "Traceback" not in said.err
