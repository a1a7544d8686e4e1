"""Keep secrets out of messages and records. Pure."""

import re
from collections.abc import Mapping

MASK = "***"
_SECRET_INSIDE = re.compile(
    r"passw|passphrase|pwd|token|secret|credential|api_?key", re.IGNORECASE
)
_KEY_WORD = re.compile(r"(?:^|_)keys?(?:$|_)", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PASSWORD_IN_URL = re.compile(r"(://[^/\s:@]*:)[^/\s]+@")
_DATABASE_PASSWORD = re.compile(r"(://[^/:@]*:).*@|((?:[?&]|^)password=)[^&]*")


def looks_secret(name: str) -> bool:
    """Tell whether a value of this name is better not shown."""
    words = _HUMP.sub("_", name).replace("-", "_")
    return bool(_SECRET_INSIDE.search(words) or _KEY_WORD.search(words))


def mask(value: object) -> object:
    """Return a value with what looks secret in it replaced by `***`, at any depth.

    What is under a name that looks secret is masked whole; so is the password
    inside a URL.
    """
    if isinstance(value, Mapping):
        return {
            name: MASK if looks_secret(str(name)) else mask(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask(each) for each in value]
    if isinstance(value, str):
        return _PASSWORD_IN_URL.sub(rf"\1{MASK}@", value)
    return value


def mask_at(path: tuple[str | int, ...], value: object) -> object:
    """Return the config's value at a key path as it may be shown."""
    if path[:1] == ("environment_variables",):
        if isinstance(value, Mapping):
            return dict.fromkeys(value, MASK)
        return MASK
    if path[:1] == ("parameters",):
        secret = any(looks_secret(part) for part in path[1:] if isinstance(part, str))
        return MASK if secret else mask(value)
    return _without_passwords(value)


def _without_passwords(value: object) -> object:
    """Return a value with the passwords in its URLs masked, at any depth."""
    if isinstance(value, Mapping):
        return {name: _without_passwords(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_passwords(each) for each in value]
    if isinstance(value, str) and "://" in value:
        # Greedy: one that was not escaped may hold a slash or another @.
        return _DATABASE_PASSWORD.sub(_masked, value)
    return value


def _masked(match: re.Match[str]) -> str:
    return f"{match[1]}{MASK}@" if match[1] else f"{match[2]}{MASK}"
