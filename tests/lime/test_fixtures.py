"""The pytest plugin, on a solution that was not written for limerun."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOREIGN = Path(__file__).parent / "foreign"
ENTRY_POINTS = "[lime_plugins]\nsolution_acme = solution_acme\n"


def run_pytest(
    folder: Path, *arguments: str, paths: tuple[Path, ...] = (), alone: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run pytest with the plugin, in a folder without limerun.

    Unless `alone` is set, all other installed plugins are loaded too.
    """
    others = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if alone else {}
    search = os.pathsep.join(str(path) for path in (*paths, ROOT))
    options = ("-p", "limerun.lime.fixtures", "-q", "-p", "no:cacheprovider")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": search, **others},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_solutions_own_tests_pass_with_the_stand_in(tmp_path: Path) -> None:
    info = tmp_path / "site" / "solution_acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: solution_acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    configuration = tmp_path / "pytest.ini"
    configuration.write_text("[pytest]\npython_files = *_test.py\n")
    ran = run_pytest(
        FOREIGN,
        "-c",
        str(configuration),
        f"--rootdir={FOREIGN}",
        str(FOREIGN / "tests"),
        paths=(tmp_path / "site", FOREIGN),
        alone=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "passed" in ran.stdout


OWN_TESTS = """
import itertools
import pytest
from lime_config import AppConfig, get_app_config
from lime_type import LimeObject, create_limetypes_from_dsl


def test_the_default_limetypes_are_the_core_limetypes(lime_types, lime_app):
    assert "helpdesk" in [each.name for each in lime_types]
    assert lime_app.limetypes.company.get_all().count == 0


def test_the_database_is_in_memory_and_contains_its_users(database, lime_app):
    assert str(database.engine.url) == "sqlite://"
    assert (lime_app.user.username, lime_app.user.is_admin) == ("admin", True)
    assert lime_app.coworker is None
    assert lime_app.language == "en_us"


def test_tables_are_created_when_a_limetype_is_first_used(lime_app, connection):
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    assert connection.exec_driver_sql(tables).fetchall() == []
    connection.rollback()
    lime_app.limetypes.office.get_all().count
    assert connection.exec_driver_sql(tables).fetchall() == [("office",)]


def test_saving_one_object_returns_an_iterable_object(lime_app, save_lime_objects):
    saved = save_lime_objects(lime_app.limetypes.office(name="Lund"))
    assert isinstance(saved, LimeObject)
    assert saved.properties.name.value == "Lund"
    assert next(iter(save_lime_objects(lime_app.limetypes.office()))).id == 2
    coworker = save_lime_objects(lime_app.limetypes.coworker(office=saved))
    assert coworker.properties.office.fetch().id == saved.id


def test_saving_several_objects_returns_a_list(lime_app, save_lime_objects):
    office, company = save_lime_objects(
        lime_app.limetypes.office(), lime_app.limetypes.company(), application=lime_app
    )
    assert (office.limetype.name, company.id) == ("office", 1)


def test_fixtures_create_users_and_groups(
    create_user, create_group, administrators_group, users_group
):
    assert create_user("ann", fullname="Ann") == 1001
    assert create_user("bo", _return_entity=True).username == "bo"
    assert create_group("testers") > 1000
    assert create_group("more", _return_entity=True).name == "more"
    assert [user.username for user in administrators_group.users] == ["admin"]
    names = [user.username for user in users_group.users]
    assert names == ["standard", "standard_2"]


def test_other_fixtures_use_the_same_application(
    lime_app, core_app, lime_app_non_admin, lime_app_other_non_admin, save_lime_objects
):
    save_lime_objects(lime_app.limetypes.office(name="Lund"))
    assert core_app is lime_app
    for other in (lime_app_non_admin, lime_app_other_non_admin):
        assert other.limetypes.office.get(1).properties.name.value == "Lund"
    assert lime_app_other_non_admin.user.username == "standard_2"


def test_an_administrator_is_rejected_as_a_non_admin_user(database, request):
    database.directory.user("standard").is_admin = True
    with pytest.raises(ValueError, match="is an administrator"):
        request.getfixturevalue("lime_app_non_admin")


class TestOverridden:
    @pytest.fixture
    def lime_types(self):
        return create_limetypes_from_dsl({"ship": {"name": {"type": "string"}}})

    @pytest.fixture
    def lime_db_app_config(self):
        return AppConfig(config={"erp": 1})

    @pytest.fixture
    def lime_app_acl(self):
        return "an acl of one's own"

    def test_a_project_overrides_fixtures(self, lime_app, lime_databases, database):
        assert lime_app.limetypes.ship(name="x").limetype.name == "ship"
        assert get_app_config(lime_app, "config.erp") == 1
        assert lime_app.acl == "an acl of one's own"
        assert lime_databases == [database]


from lime_test.common.fixtures import database as old_database


def test_fixtures_can_be_imported_from_the_older_module(old_database):
    assert old_database.connection is not None
"""


@pytest.mark.slow
def test_the_documented_fixtures_behave_as_documented(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(OWN_TESTS)
    ran = run_pytest(tmp_path, "-W", "error")
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("real", ["lime_test", "lime_application"])
def test_the_plugin_does_nothing_if_the_real_framework_is_installed(
    tmp_path: Path, real: str
) -> None:
    site = tmp_path / "site"
    (site / real).mkdir(parents=True)
    (site / real / "__init__.py").touch()
    (tmp_path / "test_own.py").write_text("def test_it(lime_app): pass")
    ran = run_pytest(tmp_path, "test_own.py", paths=(site,))
    assert ran.returncode == 1
    assert "fixture 'lime_app' not found" in ran.stdout
