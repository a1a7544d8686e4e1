"""`${sources.NAME}` in a task's parameters: the files that limerun makes for it. Pure.

`$${` stands for a plain `${`.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from limerun.config.problems import KeyPath
from limerun.errors import ConfigError
from limerun.nearest_name import right_names

_FORM = re.compile(r"\$\$\{|\$\{(?P<inner>[^{}]*)\}|\$\{")
_SOURCE = "sources."


def fill(
    parameters: Mapping[str, object], sources: Mapping[str, str]
) -> dict[str, object]:
    """Return the parameters with the path of each source in its place.

    Args:
        parameters: As in the config; lists and mappings are gone through.
        sources: The path of each source's file, by the source's name.

    Raises:
        ConfigError: A placeholder names no source, or is of no known form.
    """
    return {name: _filled(value, sources) for name, value in parameters.items()}


def check(value: object, sources: Collection[str]) -> Iterator[tuple[KeyPath, str]]:
    """Yield where a placeholder cannot be filled, and why."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from ((((key, *path)), text) for path, text in check(each, sources))
    elif isinstance(value, list | tuple):
        for i, each in enumerate(value):
            yield from (((i, *path), text) for path, text in check(each, sources))
    elif isinstance(value, str):
        for found in _FORM.finditer(value):
            if text := _wrong(found, sources):
                yield (), text


def _wrong(found: re.Match[str], sources: Collection[str]) -> str | None:
    if found.group() == "$${":
        return None
    inner = found["inner"]
    if inner is None:
        return '"${" is not closed; write ${sources.NAME}, or $${ for a plain ${'
    if not inner.startswith(_SOURCE):
        hint = "write ${sources.NAME}, or $${ for a plain ${"
        return f"${{{inner}}} is not known; {hint}"
    name = inner.removeprefix(_SOURCE)
    if name in sources:
        return None
    if not sources:
        return f'there is no source "{name}": the config has no sources'
    return f'there is no source "{name}"{right_names(name, sources)}'


def _filled(value: object, sources: Mapping[str, str]) -> object:
    if isinstance(value, Mapping):
        return {key: _filled(each, sources) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(each, sources) for each in value]
    if isinstance(value, str):
        return _FORM.sub(lambda found: _replacement(found, sources), value)
    return value


def _replacement(found: re.Match[str], sources: Mapping[str, str]) -> str:
    if text := _wrong(found, sources):
        raise ConfigError(f"parameters: {text}")
    if found.group() == "$${":
        return "${"
    return sources[found["inner"].removeprefix(_SOURCE)]
