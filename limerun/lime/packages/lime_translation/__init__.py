"""Translated texts of packages. All of it is provisional, its import path too.

Public material names the hook `register_translations` and the folder
`translations` of a package, and no more.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from lime_plugins import loaded_packages

FALLBACK = "en_us"


def get_translation(language: Any, key: str, **values: Any) -> str:
    """Return a text in a language, its placeholders filled; the key where none is.

    Args:
        language: As "sv", or an application, whose language it is.
        key: Dotted, as "solution_acme.deal.won".
        **values: For the placeholders, as "{name}".
    """
    wanted = getattr(language, "language", language)
    for name in (wanted, FALLBACK):
        for package in loaded_packages():
            text = _at(_translations(package).get(name), key)
            if text is not None:
                return text.format(**values) if values else text
    return key


def _translations(package: ModuleType) -> Mapping[str, Any]:
    """Return a package's texts by language: from its hook, or its JSON files."""
    register = getattr(package, "register_translations", None)
    registered = register() if register is not None else None
    if isinstance(registered, Mapping):
        return registered
    if package.__file__ is None:
        return {}
    files = sorted(Path(package.__file__).with_name("translations").glob("*.json"))
    return {each.stem: json.loads(each.read_text(encoding="utf-8")) for each in files}


def _at(texts: Any, key: str) -> str | None:
    """Return the text at a dotted key, whether the texts are nested or flat."""
    if not isinstance(texts, Mapping):
        return None
    if isinstance(texts.get(key), str):
        return str(texts[key])
    head, _, rest = key.partition(".")
    return _at(texts.get(head), rest) if rest else None
