"""Flatten a decided config into what the record shows: key path -> value. Pure."""

from collections.abc import Iterator, Mapping

from limerun.config.masking import mask_at
from limerun.config.problems import KeyPath
from limerun.records import Json


def flatten(values: Mapping[str, object]) -> Iterator[tuple[KeyPath, Json]]:
    """Yield each key path and its value, secrets masked and limetypes by name only.

    A parameter of the task is one value, whatever it holds.

    Args:
        values: The config, nested, sizes in bytes and times in seconds.
    """
    for name, value in values.items():
        yield from _flat((name,), value)


def _flat(path: KeyPath, value: object) -> Iterator[tuple[KeyPath, Json]]:
    if path == ("dataset", "limetypes") and isinstance(value, Mapping):
        yield path, sorted(value)
    elif isinstance(value, Mapping) and value and path[:-1] != ("parameters",):
        for name, each in value.items():
            yield from _flat((*path, str(name)), each)
    else:
        yield path, _plain(mask_at(path, value))


def _plain(value: object) -> Json:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)
