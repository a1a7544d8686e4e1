"""Find the address from which pip can install this limerun elsewhere."""

import json
from configparser import Error, RawConfigParser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

UNKNOWN = "git+https://git.example.com/limerun"
"""A placeholder for an unknown address."""


def limerun_address(version: str) -> str | None:
    """Return the argument of `pip install` for limerun, or None if it is unknown.

    It is the name and version if limerun was installed from an index, or the repository
    if it was installed from one or from a clone. Credentials are left out.
    """
    try:
        text = distribution("limerun").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return address_of(json.loads(text)) if text else f"limerun=={version}"


def address_of(origin: dict[str, object]) -> str | None:
    """Return the address for an installation's origin (PEP 610)."""
    url, vcs = str(origin.get("url", "")), origin.get("vcs_info")
    if isinstance(vcs, dict):
        revision = vcs.get("requested_revision") or vcs.get("commit_id")
        at = f"@{revision}" if revision else ""
        return f"{vcs.get('vcs')}+{_without_credentials(url)}{at}"
    if not url.startswith("file:"):
        return _without_credentials(url) or None
    clone = _remote(Path(unquote(urlsplit(url).path)))
    return f"git+{clone}" if clone else None


def _remote(folder: Path) -> str | None:
    """Return the https address of a clone's remote, if it has one."""
    parser = RawConfigParser(strict=False)
    try:
        parser.read(folder / ".git" / "config", encoding="utf-8")
        url = parser.get('remote "origin"', "url", fallback="")
    except (Error, ValueError):
        return None
    return _without_credentials(url) if url.startswith("https://") else None


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "ssh":
        return url  # the user is not a secret
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
