"""Find secrets by the names of values or inside text, and mask them. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

MASK = "***"
_SECRET_INSIDE = re.compile(
    r"passw|passphrase|pwd|token|secret|credential|api_?key|authori[sz]ation|bearer",
    re.IGNORECASE,
)
_SECRET_WORD = re.compile(
    r"(?:^|_)(?:pass|auth|jwt|signature|sig|cookie|pin)(?:$|_)", re.IGNORECASE
)
_KEY_WORD = re.compile(r"(?:^|_)keys?(?:$|_)", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_IN_TEXT = [
    re.compile(pattern)
    for pattern in (
        # A password may contain a slash or another "@"; a port is not a password.
        r"""://[^/\s:@"']*:(?!\d{1,5}[/?#\s"'])(?P<secret>[^\s"'<>]*)@""",
        r"""https?://(?P<secret>[^/\s:@"']{8,})@""",
        r"""[?&](?P<name>[\w.-]+)=(?P<secret>[^&#\s"'<>]+)""",
        r""";\s*(?P<name>[A-Za-z][\w -]*?)\s*=\s*(?P<secret>\{.*?\}(?=;|$)|[^;"'\n]+)""",
        r"""(?i:passw\w*|pwd|secret|token|api[_-]?key)["']?(?:=|:\s?)["']?"""
        r"""(?P<secret>(?=[^\s"',;&]*\d)[^\s"',;&*]{6,})""",
        r"""\bBearer\s+(?P<secret>[\w.~+/=-]{6,})""",
        r"""(?i:authorization)["']?\s*[:=]\s*["']?"""
        r"""(?:(?i:basic|bearer|token|apikey)\s+)?(?P<secret>[^\s"',;]{4,})""",
    )
]
"""Secrets in any text: in URLs, in ODBC's `Pwd=...;`, in headers, and words with a
digit after "token" and the like. Where a pattern has a name, the name must look
secret."""
_IN_VALUE = [
    *_IN_TEXT,
    re.compile(r"(?<!http)(?<!https)://[^/\s:@]*:(?P<secret>.*)@"),
    re.compile(r"^\s*(?P<name>[A-Za-z][\w -]*?)\s*=\s*(?P<secret>\{.*?\}|[^;]+);"),
    re.compile(
        r"(?:^|[?&;\s])(?P<name>[\w.-]+)\s*=\s*"
        r"""(?P<secret>'(?:\\.|[^'])*'|"[^"]*"|[^&;\s]+)"""
    ),
    re.compile(r"^(?i:basic|bearer|token|apikey)\s+(?P<secret>\S{4,})$"),
]
"""Further patterns for values of the config, which are often URLs and connection
strings."""
SHORTEST_PIECE = 4
LONG_PIECE = 6
"""Shortest piece of a secret that is masked; for a short secret, half of it."""

_CUT = re.compile(
    "\ufffd*"  # what remains of a character that was cut in two
    r"\s?\[\.\.\. [\d,]+ (?:more|bytes left out \.\.\.)\]\s?"
    "\ufffd*"
)
_NO_SECRETS = frozenset(
    {"budget", "dataset", "production", "python", "rules", "sources"}
)
"""Config keys under which names are column or rule names, never secrets."""


def looks_secret(name: str) -> bool:
    """Return whether the name of a value suggests a secret."""
    return surely_secret(name) or bool(_KEY_WORD.search(_words(name)))


def surely_secret(name: str) -> bool:
    """Return whether a name certainly means a secret; `key` may also mean a column."""
    words = _words(name)
    return bool(_SECRET_INSIDE.search(words) or _SECRET_WORD.search(words))


def _words(name: str) -> str:
    return _HUMP.sub("_", name).replace("-", "_")


def scrub(text: str) -> str:
    """Mask everything in a text that looks like a password or token."""
    return _masked(text, _IN_TEXT) if "://" in text or "=" in text else _headers(text)


def _headers(text: str) -> str:
    """Mask the secrets of headers in a text that has no URLs or assignments."""
    return _masked(text, _IN_TEXT[-3:]) if " " in text or ":" in text else text


def _masked(text: str, patterns: list[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(_with_mask, text)
    return text


def _with_mask(match: re.Match[str]) -> str:
    if not _is_secret(match):
        return match[0]
    start, end = (at - match.start() for at in match.span("secret"))
    return match[0][:start] + MASK + match[0][end:]


def _is_secret(match: re.Match[str]) -> bool:
    name = match.groupdict().get("name")
    return name is None or looks_secret(name)


def mask(value: object) -> object:
    """Replace everything in a value that looks secret by `***`, at any depth.

    If its name looks secret, the whole value is masked; in a URL, only the password.
    """
    if isinstance(value, Mapping):
        return {
            name: MASK if looks_secret(str(name)) else mask(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask(each) for each in value]
    return _masked(value, _IN_VALUE) if isinstance(value, str) else value


def mask_at(path: tuple[str | int, ...], value: object) -> object:
    """Mask the secrets in the config's value at a key path."""
    if path[:1] == ("environment_variables",):
        if isinstance(value, Mapping):
            return dict.fromkeys(value, MASK)
        return MASK
    if path and path[0] in _NO_SECRETS:
        return value
    secret = any(looks_secret(part) for part in path[1:] if isinstance(part, str))
    return MASK if secret else mask(value)


def secrets_of(values: Mapping[str, object]) -> Iterator[str]:
    """Yield the secret values of a config, found by name or inside text."""
    for key, value in values.items():
        if key == "environment_variables":
            yield from _leaves(value)
        elif key not in _NO_SECRETS:
            yield from (secret for _, secret in _secrets(key, value))


def credentials_of(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield a config's keys and values that are certainly secret, by name or content.

    Other environment variables, such as the address of a server, may be logged.
    """
    for key, value in values.items():
        if key not in _NO_SECRETS:
            yield from _secrets(key, value)


def _secrets(key: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            inner = f"{key}.{name}"
            if surely_secret(str(name)):
                yield from ((inner, leaf) for leaf in _leaves(each))
            elif looks_secret(str(name)):
                yield from ((inner, leaf) for leaf in _leaves(each) if _is_random(leaf))
            else:
                yield from _secrets(inner, each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _secrets(key, each)
    elif isinstance(value, str):
        yield from ((key, secret) for secret in secrets_in(value))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    elif value is not None and not isinstance(value, bool):
        text = str(value)
        yield text
        yield from secrets_in(text)


def secrets_in(text: str) -> Iterator[str]:
    """Yield the passwords and tokens inside a value, as written and decoded."""
    for written in dict.fromkeys((text, unquote(text))):
        for pattern in _IN_VALUE:
            for match in pattern.finditer(written):
                if _is_secret(match):
                    secret = match["secret"].strip()
                    yield from {secret, unquote(secret), secret.strip("{}\"'")}


def _is_random(text: str) -> bool:
    """Return whether the value of a `key` looks like an access key, not like a word."""
    return len(text) >= 12 or not text.replace("_", "").isalpha()


class CutSecrets:
    """Masks pieces of secrets next to the positions where a text was shortened.

    Args:
        forms: All spellings of the secrets.
    """

    def __init__(self, forms: Iterable[str]) -> None:
        forms = list(forms)
        self._beginnings = _Beginnings(forms)
        self._endings = _Beginnings(form[::-1] for form in forms)

    def conceal(self, text: str) -> str:
        """Mask the pieces on both sides of each cut."""
        if "[... " not in text:
            return text
        cuts = [match[0] for match in _CUT.finditer(text)]
        parts = _CUT.split(text)
        for at in range(len(cuts)):
            parts[at] = self._mask_beginning(parts[at])
            length = self._endings.length_at_end(parts[at + 1][::-1])
            if length:
                parts[at + 1] = MASK + parts[at + 1][length:]
        return "".join(part + cut for part, cut in zip(parts, [*cuts, ""], strict=True))

    def _mask_beginning(self, text: str) -> str:
        length = self._beginnings.length_at_end(text)
        if length:
            return text[:-length] + MASK
        return scrub(f"{text}@")[:-1]  # the "@" after a URL's password may be cut off


class _Beginnings:
    def __init__(self, forms: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = defaultdict(list)
        self._longest = 0
        for form in forms:
            self._by_start[form[:SHORTEST_PIECE]].append(form)
            self._longest = max(self._longest, len(form))

    def length_at_end(self, text: str) -> int:
        """Return how many characters at a text's end are the beginning of a secret."""
        for length in range(min(self._longest, len(text)), SHORTEST_PIECE - 1, -1):
            piece = text[-length:]
            for form in self._by_start.get(piece[:SHORTEST_PIECE], ()):
                if form.startswith(piece) and length >= _least(form):
                    return length
        return 0


def _least(form: str) -> int:
    return max(SHORTEST_PIECE, min(LONG_PIECE, len(form) // 2))
