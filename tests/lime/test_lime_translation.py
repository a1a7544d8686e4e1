import json
import sys
from pathlib import Path

import pytest

import lime_plugins
from lime_application import LimeApplication
from lime_translation import get_text


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with texts in two languages."""
    folder = tmp_path / "limepkg_texts"
    (folder / "translations").mkdir(parents=True)
    (folder / "__init__.py").touch()
    texts = {
        "en_us": {"limepkg_texts": {"won": "{name} was won", "lost": "Lost"}},
        "sv": {"limepkg_texts.won": "{name} vanns"},
    }
    for language, said in texts.items():
        file = folder / "translations" / f"{language}.json"
        file.write_text(json.dumps(said))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(lime_plugins, "_loaded", {})
    monkeypatch.delitem(sys.modules, "limepkg_texts", raising=False)
    return folder


def test_a_text_is_found_in_the_given_language_or_that_of_the_application(
    app: LimeApplication, package: Path
) -> None:
    lime_plugins.load_plugins(packages=["limepkg_texts"])
    assert get_text("sv", "limepkg_texts.won", name="Big") == "Big vanns"
    assert get_text(app, "limepkg_texts.won", name="Big") == "Big was won"
    assert get_text("sv", "limepkg_texts.lost") == "Lost"
    assert get_text("sv", "limepkg_texts.drawn") == "limepkg_texts.drawn"


def test_a_package_can_register_its_texts_as_a_mapping(package: Path) -> None:
    (package / "__init__.py").write_text(
        "def register_translations():\n    return {'sv': {'hello': 'Hej'}}\n"
    )
    lime_plugins.load_plugins(packages=["limepkg_texts"])
    assert get_text("sv", "hello") == "Hej"
