"""Parts of the platform that public packages use: each works or explains its error."""

import builtins
import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import lime_plugins
import lime_test
from lime_acl import AlwaysAllowAcl
from lime_admin.plugins import (
    AdminPlugin,
    ConfigMigration,
    NotFoundError,
    ValueError,
)
from lime_application import LimeApplication
from lime_application.application import Application
from lime_config import config
from lime_config.app_config import RuntimeConfigs
from lime_core.dependencies import inject
from lime_endpoints import endpoints, factory
from lime_errors import UnsupportedError
from lime_event_handler.worker import Worker
from lime_translation import get_text
from lime_webserver import webserver
from limerun.lime.install import PACKAGES

Save = Callable[..., Any]
PO = """
# The header.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

#: deal.py:12
msgid "limepkg_po.won"
msgstr "{name} "
"vanns"

msgid "lost"
msgstr "F\\"orlorad\\""
#, fuzzy
msgid "limepkg_po."
"long"
msgstr "L\u00e5ng"

msgid "limepkg_po.untranslated"
msgstr ""
#~ msgid "limepkg_po.old"
#~ msgstr "Gammal"
"""


class RuntimeConfig(AdminPlugin):
    """A plugin as packages write it."""

    name = "limepkg_erp"

    def get_config(self) -> Any:
        try:
            return super().get_config()
        except NotFoundError:
            return {"page_size": 50}

    def set_config(self, config: Any) -> None:
        if config["page_size"] < 1:
            raise ValueError("page_size must be positive")
        super().set_config(config=config)


# --- runtime configuration ---------------------------------------------------------


def test_without_a_runtime_config_a_plugin_can_return_its_defaults(
    app: LimeApplication,
) -> None:
    assert RuntimeConfig(application=app).get_config() == {"page_size": 50}
    with pytest.raises(NotFoundError, match=r"runtime_config: \{limepkg_erp: "):
        AdminPlugin.get_config(RuntimeConfig(app))


def test_the_runtime_config_is_stored_and_returned_as_a_copy(
    app: LimeApplication,
) -> None:
    plugin = RuntimeConfig()
    plugin.application = app
    given = {"page_size": 10, "map": {"a": 1}}
    plugin.set_config(given)
    given["map"] = {}
    plugin.get_config()["page_size"] = 0
    again = RuntimeConfig(app.for_user(app.user))
    assert again.get_config() == {"page_size": 10, "map": {"a": 1}}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, None),
        ({"page_size": 5, "map": {"a": 1}}, {"page_size": 5, "map": {"a": 1}}),
        ({"limepkg_erp": {"page_size": 5}}, {"page_size": 5}),
        ({"limepkg_other": {"page_size": 5}}, None),
    ],
)
def test_the_runtime_config_applies_to_one_plugin_or_is_keyed_by_plugin_name(
    app: LimeApplication, given: dict[str, Any], found: object
) -> None:
    app.runtime_config = RuntimeConfigs(given)
    expected = {"page_size": 50} if found is None else found
    assert RuntimeConfig(app).get_config() == expected


def test_lime_admin_has_the_errors_and_migrations_that_packages_expect(
    app: LimeApplication,
) -> None:
    with pytest.raises(builtins.ValueError):
        RuntimeConfig(app).set_config({"page_size": 0})
    migration = type("ToTwo", (ConfigMigration,), {})(version=2)
    assert migration.kwargs == {"version": 2}


def test_a_plugin_without_an_application_or_a_schema_reports_what_is_missing() -> None:
    with pytest.raises(ValueError, match="has no application"):
        RuntimeConfig().get_config()
    with pytest.raises(UnsupportedError, match="RuntimeConfig defines no get_schema"):
        RuntimeConfig().get_schema()


# --- translations --------------------------------------------------------------------


@pytest.fixture(params=["sv.po", "sv/LC_MESSAGES/messages.po"])
def po_package(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A loaded package that registers the folder of its `.po` files."""
    folder = tmp_path / "limepkg_po"
    file = folder / "texts" / request.param
    file.parent.mkdir(parents=True)
    file.write_text(PO, encoding="utf-8")
    (folder / "__init__.py").write_text(
        "import pathlib\n"
        "def register_translations():\n"
        "    return str(pathlib.Path(__file__).parent / 'texts')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(lime_plugins, "_loaded", {})
    lime_plugins.load_plugins(packages=["limepkg_po"])
    yield
    del sys.modules["limepkg_po"]


@pytest.mark.usefixtures("po_package")
@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("limepkg_po.won", "Big vanns"),
        ("limepkg_po.lost", 'F"orlorad"'),
        ("limepkg_po.long", "L\u00e5ng"),
        ("limepkg_po.untranslated", "limepkg_po.untranslated"),
        ("limepkg_po.old", "limepkg_po.old"),
        ("", ""),
    ],
)
def test_get_text_reads_po_files_in_the_registered_folder(key: str, text: str) -> None:
    assert get_text("sv", key, name="Big") == text


# --- web server, event handler and others -------------------------------------------


def test_endpoints_can_be_declared() -> None:
    blueprint = endpoints.create_blueprint("deals", __name__, url_prefix="/deals")
    api = factory.Api(blueprint)

    class Deals(webserver.LimeResource):
        pass

    show = blueprint.route("/x")(lambda: 5)
    api.add_resource(Deals, "/deals/")
    assert show() == 5
    assert Deals().application is None


def test_an_event_handler_can_be_registered_but_receives_no_events() -> None:
    worker = Worker(connection=None, applications=[], databases=[])
    worker.load_plugins()
    worker.register_event_handler(handler_func=print, key="core.#", queue_name="q")
    assert worker.handlers == [("core.#", print)]
    with pytest.raises(UnsupportedError, match="has no message broker"):
        worker.step()


def test_inject_returns_the_function_unchanged() -> None:
    def double(number: int) -> int:
        return 2 * number

    assert inject(double)(2) == inject()(double)(2) == 4


def test_always_allow_acl_allows_everything() -> None:
    assert AlwaysAllowAcl().may_read("deal") is True


def test_the_alias_application_refers_to_lime_application() -> None:
    assert Application is LimeApplication


def test_an_attribute_of_the_config_can_be_deleted() -> None:
    config.temporary = {"a": 1}
    del config.temporary
    assert "temporary" not in config
    with pytest.raises(AttributeError, match="temporary"):
        del config.temporary


def test_a_plain_import_of_lime_test_provides_its_helpers() -> None:
    ask = (
        "from limerun.lime.install import install; install(); import lime_test; "
        "lime_test.app.create_app, lime_test.db.create_database_with_limetypes, "
        "lime_test.web_app.create_web_app, lime_test.core_db.dsl.dsl"
    )
    subprocess.run([sys.executable, "-c", ask], check=True)
    assert lime_test.__file__.startswith(PACKAGES)


# --- accessors -----------------------------------------------------------------------


def test_accessors_of_the_same_property_of_the_same_object_are_equal(
    app: LimeApplication,
) -> None:
    deal, other = app.limetypes.deal(name="x"), app.limetypes.deal(name="x")
    assert deal.properties.name == deal.get_property("name")
    assert hash(deal.properties.company) == hash(deal.properties.company)
    assert deal.properties.company in {deal.properties.company}
    assert deal.properties.name != deal.properties.value
    assert deal.properties.name != other.properties.name
    assert deal.properties.name != "x"


def test_reading_the_value_of_a_hasmany_loads_only_ids(
    app: LimeApplication, save: Save, statements: list[str]
) -> None:
    company = save(app.limetypes.company(name="x"))
    deals = save(*(app.limetypes.deal(name=n, company=company) for n in "abc"))
    deal_property = app.limetypes.company.get(company.id).properties.deal
    statements.clear()
    assert deal_property.value == deal_property.original_value == [1, 2, 3]
    assert len(statements) == 2
    assert not any("name" in each for each in statements)
    deal_property.detach(deals[1])
    deal_property.attach(app.limetypes.deal(name="d"))
    assert deal_property.value == [1, 3, None]
    assert app.limetypes.company(name="y").properties.deal.value == []


def test_reading_the_value_of_a_hasandbelongstomany_loads_only_ids(
    app: LimeApplication, save: Save, statements: list[str]
) -> None:
    campaigns = save(*(app.limetypes.campaign(name=n) for n in "ab"))
    person = save(app.limetypes.person(name="x", campaign=campaigns))
    statements.clear()
    assert app.limetypes.person.get(person.id).properties.campaign.value == [1, 2]
    assert len(statements) == 2


# --- missing parts --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("import lime_automation", "lime_automation"),
        ("from lime_automation.triggers import Trigger", "lime_automation"),
        ("import lime_type.automation", "lime_type.automation"),
        ("import lime_core.services", "lime_core.services"),
        ("from lime_type import Automation", "lime_type.Automation"),
        ("from lime_type.limeobjects import Nothing", "lime_type.limeobjects.Nothing"),
        ("from lime_data import get_value", "lime_data.get_value"),
        ("import lime_query; lime_query.stream", "lime_query.stream"),
        ("import lime_data; lime_data.read()", "lime_data.read"),
    ],
)
def test_a_missing_part_of_the_platform_is_reported_as_such(
    statement: str, named: str
) -> None:
    with pytest.raises((ImportError, AttributeError)) as raised:
        exec(statement, {})
    assert f"{named} is not in limerun's stand-in for the Lime platform" in str(
        raised.value
    )
    assert "install the platform in the interpreter" in str(raised.value)


def test_code_can_check_whether_a_part_of_the_platform_exists() -> None:
    import lime_type

    assert not hasattr(lime_type, "Automation")
    assert getattr(lime_type, "Automation", None) is None
    with pytest.raises(ModuleNotFoundError) as raised:
        importlib.import_module("lime_automation")
    assert raised.value.name == "lime_automation"
    assert importlib.util.find_spec("lime_automation") is None
    assert importlib.util.find_spec("lime_type.automation") is None


@pytest.mark.parametrize("name", ["limepkg_erp", "limestone", "no_such_package"])
def test_an_unrelated_missing_package_is_not_reported_as_part_of_the_platform(
    name: str,
) -> None:
    with pytest.raises(ModuleNotFoundError) as raised:
        importlib.import_module(name)
    assert str(raised.value) == f"No module named {name!r}"


def test_a_user_package_may_have_a_name_like_a_platform_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lime_mine").mkdir()
    (tmp_path / "lime_mine" / "__init__.py").write_text("VALUE = 5\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert importlib.import_module("lime_mine").VALUE == 5
    with pytest.raises(ModuleNotFoundError) as raised:
        importlib.import_module("lime_mine.missing")
    assert str(raised.value) == "No module named 'lime_mine.missing'"
    del sys.modules["lime_mine"]
