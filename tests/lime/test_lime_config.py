import json
import sys
from pathlib import Path

import pytest

import lime_config
from lime_application import LimeApplication
from lime_config import AppConfig, Config, get_app_config
from lime_errors import UnsupportedError

PACKAGE = """
from {name} import settings

def default_config():
    return {{"url": "https://erp.invalid", "retry": {{"times": 3}}}}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package whose module reads its configuration while it is imported."""
    name = "limepkg_for_config"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text(PACKAGE.format(name=name))
    (folder / "settings.py").write_text(
        f"import lime_config\nTIMES = lime_config.config.plugins.{name}.retry.times\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for module in (name, f"{name}.settings"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    return name


def test_config_keys_are_items_and_attributes_at_any_depth() -> None:
    config = Config({"a": {"b": [{"c": 1}]}})
    assert config.a.b[0].c == config["a"]["b"][0]["c"] == 1
    config.a.d = {"e": 2}
    assert config["a"]["d"].e == 2
    assert json.loads(json.dumps(config)) == {"a": {"b": [{"c": 1}], "d": {"e": 2}}}


def test_an_unknown_key_is_an_attribute_error() -> None:
    assert not hasattr(Config(name=1), "nam")
    with pytest.raises(AttributeError, match='did you mean "name"'):
        _ = Config(name=1).nam


def test_the_default_config_of_a_package_is_available_even_during_its_import(
    package: str,
) -> None:
    assert lime_config.config["plugins"][package].url == "https://erp.invalid"
    assert lime_config.config["packages"][package]["retry"]["times"] == 3
    assert sys.modules[f"{package}.settings"].TIMES == 3


def test_a_missing_package_has_no_configuration() -> None:
    with pytest.raises(KeyError):
        lime_config.config["plugins"]["no_such_package"]
    assert lime_config.config["plugins"].get("no_such_package", 5) == 5


def test_the_config_file_of_a_service_overrides_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIME_CONFIG_FOLDER", str(tmp_path))
    path = Path(lime_config.config_file_path("taskhandler"))
    defaults = {"broker": {"host": "localhost", "port": 5672}}
    assert lime_config.load_config("taskhandler", [defaults]).broker.port == 5672
    path.write_text("broker: {port: 5673}")
    found = lime_config.load_config("taskhandler", defaults)
    assert found == {"broker": {"host": "localhost", "port": 5673}}


def test_an_application_has_a_separate_configuration_and_secrets(
    app: LimeApplication,
) -> None:
    app.app_config = AppConfig(config={"erp": {"url": "u"}}, secrets={"key": "s"})
    assert get_app_config(app, "config.erp").url == "u"
    assert get_app_config(app, "config.erp.url") == "u"
    assert get_app_config(app, "secrets.key") == "s"
    assert get_app_config(app, "config.no.such") is None


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(AppConfig(secrets={"key": "hush"}))


def test_a_config_path_outside_config_and_secrets_is_an_error(
    app: LimeApplication,
) -> None:
    with pytest.raises(UnsupportedError, match="roots config and secrets"):
        get_app_config(app, "settings.erp")
