import sys
from pathlib import Path

import pytest

import lime_plugins
import lime_type.limetypes
from lime_type import LimeObject

PACKAGE = """
from lime_type.limeobjects import LimeObject

class Company(LimeObject):
    pass

def register_limeobject_classes(register_class):
    register_class("company", Company)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages; no class is registered."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(lime_type.limetypes, "limeobject_classes", {})
    monkeypatch.delitem(sys.modules, "limepkg_one", raising=False)
    return tmp_path


def install_package(site: Path, name: str, text: str) -> None:
    (site / f"{name}.py").write_text(text)
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[lime_plugins]\n{name} = {name}\n")


def test_packages_are_found_by_their_entry_point(site: Path) -> None:
    install_package(site, "limepkg_one", PACKAGE)
    loaded = lime_plugins.load_plugins(config={})
    assert "limepkg_one" in [module.__name__ for module in loaded]
    registered = lime_type.limetypes.limeobject_classes["company"]
    assert issubclass(registered, LimeObject)


def test_a_package_without_an_entry_point_can_be_named(site: Path) -> None:
    (site / "limepkg_one.py").write_text(PACKAGE)
    lime_plugins.load_plugins(packages=["limepkg_one"])
    assert "company" in lime_type.limetypes.limeobject_classes


def test_a_package_without_classes_is_loaded(site: Path) -> None:
    (site / "limepkg_one.py").write_text("")
    assert lime_plugins.load_plugins(packages=["limepkg_one"])
    assert lime_type.limetypes.limeobject_classes == {}


def test_a_package_that_cannot_be_imported_is_named_in_the_error(site: Path) -> None:
    install_package(site, "limepkg_one", "import no_such_module")
    with pytest.raises(ImportError) as raised:
        lime_plugins.load_plugins()
    assert "limepkg_one" in raised.value.__notes__[0]
