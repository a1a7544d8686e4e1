"""Translated texts of packages, from their `.po` or JSON files."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from lime_plugins import loaded_packages
from lime_translation.po_files import read_po

FALLBACK = "en_us"


def get_text(language: Any, key: str, **values: Any) -> str:
    """Return a translated text with its placeholders filled; the key if there is none.

    Args:
        language: A language such as "sv", or an application, to use its language.
        key: A dotted key such as "solution_acme.deal.won".
        **values: The values of placeholders such as "{name}".
    """
    wanted = str(getattr(language, "language", language))
    for name in (wanted, FALLBACK):
        for package in loaded_packages():
            text = _text_of(package, name, key)
            if text is not None:
                return text.format(**values) if values else text
    return key


def _text_of(package: ModuleType, language: str, key: str) -> str | None:
    """Return a package's text; keys in the files may omit the package's name."""
    texts = _translations(package).get(_language(language))
    text = _at(texts, key)
    head, _, rest = key.partition(".")
    if text is None and head == package.__name__:
        text = _at(texts, rest)
    return text


@cache
def _translations(package: ModuleType) -> Mapping[str, Any]:
    """Return a package's texts by language.

    They come from the package's hook, which returns them or their folder, or by default
    from its folder `translations`.
    """
    register = getattr(package, "register_translations", None)
    registered = register() if register is not None else None
    if isinstance(registered, Mapping):
        return {_language(name): texts for name, texts in registered.items()}
    if registered is not None:
        return _read_folder(Path(registered))
    if package.__file__ is None:
        return {}
    return _read_folder(Path(package.__file__).with_name("translations"))


def _read_folder(folder: Path) -> Mapping[str, Any]:
    """Return the texts of a folder's files by language."""
    texts: dict[str, dict[str, Any]] = {}
    for file, language in _files(folder):
        lines = file.read_text(encoding="utf-8")
        found = (
            json.loads(lines) if file.suffix == ".json" else read_po(lines.splitlines())
        )
        texts.setdefault(_language(language), {}).update(found)
    return texts


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files with their languages: `sv.po`, or `sv/LC_MESSAGES/any.po`."""
    for suffix in ("po", "json"):
        for file in sorted(folder.glob(f"*.{suffix}")):
            yield file, file.stem
        for file in sorted(folder.glob(f"*/**/*.{suffix}")):
            yield file, file.relative_to(folder).parts[0]


def _language(name: str) -> str:
    return name.lower().replace("-", "_")


def _at(texts: Any, key: str) -> str | None:
    """Return the text at a dotted key; the texts may be nested or flat."""
    if not isinstance(texts, Mapping):
        return None
    if isinstance(texts.get(key), str):
        return str(texts[key])
    head, _, rest = key.partition(".")
    return _at(texts.get(head), rest) if rest else None
