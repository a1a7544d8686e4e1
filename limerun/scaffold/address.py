"""Find where pip can get this very limerun from, for a pipeline elsewhere."""

import json
from configparser import Error, RawConfigParser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

UNKNOWN = "git+https://git.example.com/limerun"
"""Stands for an address that is not known; pip finds nothing there."""


def limerun_address(version: str) -> str | None:
    """Return what `pip install` takes for limerun; None: that cannot be known.

    An installation from an index is its name and version; one from a repository,
    or from a clone of one, that repository. Credentials are left out.
    """
    try:
        said = distribution("limerun").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return address_of(json.loads(said)) if said else f"limerun=={version}"


def address_of(origin: dict[str, object]) -> str | None:
    """Return the address that an installation's origin (PEP 610) stands for."""
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
    """Return the https address that a clone was made from."""
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
        return url  # its user is no secret
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
