"""Register the secret values of this process, and mask them in everything it writes.

A secret of at least eight characters is masked everywhere. A shorter one, or one of
digits only, is masked as a whole word. Secrets of under four characters and
placeholders such as "test" are masked only where the config sets them: masking every
occurrence would make reports unreadable.
"""

import dataclasses
import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Literal, TypeVar, cast, get_args, get_origin
from urllib.parse import quote, quote_plus

from limerun.config.masking import (
    MASK,
    CutSecrets,
    credentials_of,
    scrub,
    secrets_in,
    secrets_of,
    surely_secret,
)

SHORTEST = 4
LONG = 8
_PLACEHOLDERS = frozenset(
    {"test", "testing", "tests", "dummy", "example", "sample", "demo", "secret"}
    | {"password", "token", "none", "null", "true", "false", "debug", "info"}
    | {"warning", "error", "local", "localhost", "default", "production", "prod"}
    | {"staging", "development", "changeme"}
)
_LAST_WORD = re.compile(r"([\w-]+)\W{1,6}(?:(?:is|was)\W{1,3})?$")
_FOLDERS = ("PWD", "OLDPWD")
_FIXED = frozenset(
    {"schema", "method", "file", "path", "name", "rule", "unit", "command"}
    | {"platform", "locale", "fingerprint", "guide", "limetype"}
    | {"limerun_version", "started_at", "provenance", "python", "os"}
)
"""Record fields that never contain text from the task."""
_USER_DATA = frozenset({"result", "examples", "parameters"})
"""Fields in which keys and numbers may be secrets too."""
_COUNTS = frozenset({"by_level", "by_logger", "sent_tasks"})
"""Fields with counts by a name from the task."""

R = TypeVar("R")


class SecretValues:
    """A set of secrets, each in all the spellings in which text may contain it."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._cut = CutSecrets(())

    def add(self, secrets: Iterable[str], shown: Iterable[str] = ()) -> None:
        """Add secrets, except those that are too short or too common.

        Args:
            secrets: The values.
            shown: Text that is shown anyway, such as paths. A value that occurs in it
                is not added.
        """
        paths = list(shown)
        for secret in secrets:
            self._values.update(_values_in(secret, paths))
        self._pattern = None

    def conceal(self, text: str) -> str:
        """Mask every known secret in a text, and everything that looks like one."""
        pattern = self._known_pattern()
        if pattern is not None:
            text = pattern.sub(MASK, text)
        return self._cut.conceal(scrub(text))

    def _known_pattern(self) -> re.Pattern[str] | None:
        if self._pattern is None and self._values:
            texts = {form for value in self._values for form in _forms(value)}
            self._pattern, self._cut = _pattern_of(texts), CutSecrets(texts)
        return self._pattern

    def concealed(self, record: R) -> R:
        """Return a record with the secrets in all its text masked."""
        return cast("R", self._concealed(record))

    def _concealed(self, value: object) -> object:
        if isinstance(value, str):
            return self.conceal(value)
        if isinstance(value, tuple | list):
            return type(value)(self._concealed(each) for each in value)
        if isinstance(value, Mapping):
            return {name: self._concealed(each) for name, each in value.items()}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            changed = {
                field.name: self._concealed_field(field.name, content)
                for field in dataclasses.fields(value)
                if field.name in _USER_DATA or not _is_fixed(field)
                for content in [getattr(value, field.name)]
            }
            return dataclasses.replace(value, **changed)
        return value

    def _concealed_field(self, name: str, content: object) -> Any:
        if name in _USER_DATA:
            return self._concealed_data(content)
        if name in _COUNTS and isinstance(content, Mapping):
            return self._concealed_counts(content)
        return self._concealed(content)

    def _concealed_counts(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        concealed: dict[str, int] = {}
        for name, count in counts.items():
            name = self.conceal(name)
            concealed[name] = concealed.get(name, 0) + count
        return concealed

    def _concealed_data(self, value: object) -> object:
        if isinstance(value, list | tuple):
            return type(value)(self._concealed_data(each) for each in value)
        if isinstance(value, Mapping):
            return {
                self.conceal(str(name)): self._concealed_data(each)
                for name, each in value.items()
            }
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and str(value) in self._values:
            return MASK
        return self._concealed(value)


class Credentials:
    """Secrets that no log may contain, each with the name of what holds it.

    A secret of under eight characters may be in a text by chance. It counts if the word
    before it announces a secret, as in "password: abc1", or beside another short one.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        """By spelling."""
        self._pattern: re.Pattern[str] | None = None

    def add(self, named: Iterable[tuple[str, str]], shown: Iterable[str] = ()) -> None:
        """Add secrets with their names; `shown` is as for `SecretValues`."""
        paths = list(shown)
        for name, secret in named:
            for value in _values_in(secret, paths):
                for form in _forms(value):
                    self._names.setdefault(form, name)
        self._pattern = None

    def names_in(self, text: str) -> frozenset[str]:
        """Return the names of the secrets that a text contains."""
        if self._pattern is None and self._names:
            self._pattern = _pattern_of(self._names)
        if self._pattern is None:
            return frozenset()
        certain: set[str] = set()
        short: set[str] = set()
        for match in self._pattern.finditer(text):
            name = self._names[match[0]]
            is_certain = len(match[0]) >= LONG or _is_announced(match)
            (certain if is_certain else short).add(name)
        return frozenset(certain | short if len(short) > 1 else certain)


def _is_announced(match: re.Match[str]) -> bool:
    """Return whether the word before a match means a secret, or it is in a URL."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    if before.endswith(":") and match.string[match.end() : match.end() + 1] == "@":
        return True
    word = _LAST_WORD.search(before)
    return word is not None and surely_secret(word[1])


known = SecretValues()
"""The secrets of this process, for its errors, progress and records."""


credentials = Credentials()
"""Those of them that no log may contain."""


def learn(
    values: Mapping[str, object], environ: Mapping[str, str], shown: Iterable[str]
) -> None:
    """Register the secrets of a config, and those of the environment by name."""
    of_environment = [
        (f"environment variable {name}", text)
        for name, text in environ.items()
        if surely_secret(name) and name not in _FOLDERS
    ]
    paths = list(shown)
    known.add((*secrets_of(values), *(text for _, text in of_environment)), paths)
    credentials.add((*credentials_of(values), *of_environment), paths)


def learn_arguments(arguments: Iterable[str]) -> None:
    """Register the passwords in the URLs of a command line."""
    known.add(each for text in arguments if "://" in text for each in secrets_in(text))


def _values_in(secret: str, shown: Iterable[str]) -> Iterator[str]:
    """Yield a secret and its lines; not what is too short, too common or shown anyway."""
    for value in (secret, *secret.splitlines()):
        value = value.strip()
        if _is_worth_hiding(value) and not any(value in path for path in shown):
            yield value


def _is_worth_hiding(value: str) -> bool:
    return (
        len(value) >= SHORTEST
        and len(set(value)) > 1
        and value.lower() not in _PLACEHOLDERS
        and not value.startswith("${")
        and value != MASK
    )


def _pattern_of(texts: Iterable[str]) -> re.Pattern[str]:
    parts = []
    for text in sorted(texts, key=len, reverse=True):
        part = re.escape(text)
        whole = len(text) < LONG or text.replace(".", "").isdigit()
        parts.append(rf"(?<!\w){part}(?!\w)" if whole else part)
    return re.compile("|".join(parts))


def _forms(value: str) -> Iterator[str]:
    """Yield a value as it is, and as in JSON, Python, URLs, Base64, HTML and reports."""
    written = {value, " ".join(value.split()), *_escaped(value)}
    for form in tuple(written):
        written |= _escaped(form)
    data = value.encode("utf-8", "replace")
    for url in (quote(data, safe=""), quote(data), quote_plus(data)):
        written |= {url, re.sub("%..", lambda match: match[0].lower(), url)}
    if len(data) >= LONG:
        written |= _base64(data)
    written |= {
        html.escape(form, quote=each) for form in written for each in (False, True)
    }
    return iter(written)


def _base64(data: bytes) -> set[str]:
    """Return a value in Base64, also inside longer data such as "user:password".

    Six bits make a character, so there are three ways, by the length of what comes before
    the value; characters that contain other bits are left out.
    """
    forms = set()
    for before in range(3):
        encoded = b64encode(bytes(before) + data).decode()
        whole = encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        forms |= {whole, whole.replace("+", "-").replace("/", "_")}
    return forms


def _escaped(text: str) -> set[str]:
    return {
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr(text)[1:-1],
        repr(text.encode("utf-8", "replace"))[2:-1],
    }


def _is_fixed(field: "dataclasses.Field[object]") -> bool:
    """Return whether a field cannot contain a secret: a path, or one of fixed words."""
    return field.name in _FIXED or not field.init or _is_choice(field.type)


def _is_choice(hint: object) -> bool:
    if get_origin(hint) is Literal or (
        isinstance(hint, type) and issubclass(hint, Enum)
    ):
        return True
    return any(_is_choice(each) for each in get_args(hint))
