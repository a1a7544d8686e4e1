"""Mappings whose keys are also attributes, at any depth."""

from collections.abc import Mapping
from typing import Any

from lime_errors import UnknownNameError


class Config(dict[str, Any]):
    """A mapping whose keys are also attributes, including those of nested mappings."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__()
        for key, value in dict(*args, **values).items():
            self[key] = value

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, as_config(value))

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise UnknownNameError("config key", name, self) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise UnknownNameError("config key", name, self) from None

    def merge(self, other: Mapping[str, Any]) -> None:
        """Update from another mapping; nested mappings are merged."""
        for key, value in other.items():
            mine = self.get(key)
            if isinstance(mine, Config) and isinstance(value, Mapping):
                mine.merge(value)
            else:
                self[key] = value


def as_config(value: Any) -> Any:
    """Convert the mappings in a value, at any depth, to `Config`."""
    if isinstance(value, Mapping) and not isinstance(value, Config):
        return Config(value)
    if isinstance(value, list | tuple):
        return [as_config(each) for each in value]
    return value
