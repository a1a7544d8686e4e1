"""Replace `${sources.NAME}` in a task's parameters by the source's path or URL. Pure.

`$${` stands for a literal `${`.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from limerun.config.problems import KeyPath
from limerun.errors import ConfigError
from limerun.nearest_name import right_names

_PLACEHOLDER = re.compile(r"\$\$\{|\$\{(?P<inner>[^{}]*)\}|\$\{")
_SOURCE = "sources."


def fill(
    parameters: Mapping[str, object], sources: Mapping[str, str]
) -> dict[str, object]:
    """Replace the placeholders in parameters, also inside lists and mappings.

    Args:
        parameters: The parameters from the config.
        sources: The path or URL of each source, by name.

    Raises:
        ConfigError: A placeholder names an unknown source, or has another form.
    """
    return {name: _filled(value, sources) for name, value in parameters.items()}


def check(value: object, sources: Collection[str]) -> Iterator[tuple[KeyPath, str]]:
    """Yield the path of each placeholder that cannot be replaced, and why."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from ((((key, *path)), text) for path, text in check(each, sources))
    elif isinstance(value, list | tuple):
        for i, each in enumerate(value):
            yield from (((i, *path), text) for path, text in check(each, sources))
    elif isinstance(value, str):
        for found in _PLACEHOLDER.finditer(value):
            if text := _fault(found, sources):
                yield (), text


def _fault(found: re.Match[str], sources: Collection[str]) -> str | None:
    if found.group() == "$${":
        return None
    inner = found["inner"]
    if inner is None:
        return '"${" is not closed; write ${sources.NAME}, or $${ for a literal ${'
    if not inner.startswith(_SOURCE):
        hint = "write ${sources.NAME}, or $${ for a literal ${"
        return f"unknown placeholder ${{{inner}}}; {hint}"
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
        return _PLACEHOLDER.sub(lambda found: _replacement(found, sources), value)
    return value


def _replacement(found: re.Match[str], sources: Mapping[str, str]) -> str:
    if text := _fault(found, sources):
        raise ConfigError(f"parameters: {text}")
    if found.group() == "$${":
        return "${"
    return sources[found["inner"].removeprefix(_SOURCE)]
