# mypy: ignore-errors
import pytest

import lime_config
import lime_plugins
import lime_type.limetypes


@pytest.fixture
def no_registered_limeobjects(monkeypatch):
    monkeypatch.setattr(lime_type.limetypes, "limeobject_classes", {})


@pytest.fixture
def loaded_plugins(no_registered_limeobjects):
    return lime_plugins.load_plugins(config=lime_config.config)


@pytest.fixture
def acme(lime_app, loaded_plugins, save_lime_objects):
    return next(iter(save_lime_objects(lime_app.limetypes.company(name="Acme"))))
