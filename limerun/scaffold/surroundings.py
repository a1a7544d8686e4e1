"""Find a project's interpreter, pipelines and packaging."""

import os
import re
from pathlib import Path
from typing import Literal

from limerun.scaffold.parsed_code import Surroundings

Pipeline = Literal["github", "gitlab", "azure"]

_PLATFORM = ("lime_application", "lime_type", "lime_task", "lime_query")
_PIPELINES: tuple[tuple[Pipeline, str], ...] = (
    ("gitlab", ".gitlab-ci.yml"),
    ("azure", "azure-pipelines.yml"),
)
_SERVERS: tuple[tuple[Pipeline, str], ...] = (
    ("github", "github"),
    ("gitlab", "gitlab"),
    ("azure", "dev.azure.com"),
    ("azure", "visualstudio.com"),
)
"""Parts of the host names of git servers, including self-hosted servers."""
_ADDRESS = re.compile(
    r"^\s*url\s*=\s*(?:\w+://)?(?:[^/@\s]*@)?([^/:\s]+)", re.MULTILINE
)
"""Matches the host of a remote, not its path, because projects may have any name."""


def look_around(folder: Path) -> Surroundings:
    """Collect the facts about a folder that a config and a pipeline need."""
    root = _repository(folder)
    venv = next((each for each in (".venv", "venv") if _python(folder, each)), None)
    packages = _packages(folder / venv) if venv else set()
    has_platform = bool(packages & set(_PLATFORM))
    within = folder.relative_to(root).as_posix()
    return Surroundings(
        folder=folder,
        python=_python(folder, venv) if venv else None,
        has_platform=has_platform,
        lacks_sqlalchemy=bool(venv) and not packages & {"sqlalchemy", *_PLATFORM},
        requirements=_requirements(folder),
        pipelines=_pipelines(root),
        prefix="" if within == "." else f"{within}/",
    )


def _is_there(path: Path) -> bool:
    """Return whether a path exists; False if access is denied."""
    return os.path.exists(path)  # noqa: PTH110


def _repository(folder: Path) -> Path:
    """Return the root of the repository that a folder is in, or the folder itself."""
    above = (folder, *folder.parents)
    return next((each for each in above if _is_there(each / ".git")), folder)


def _python(folder: Path, venv: str) -> str | None:
    """Return the interpreter of a virtual environment, on POSIX or Windows."""
    for within in ("bin/python", "Scripts/python.exe"):
        if _is_there(folder / venv / within):
            return f"{venv}/{within}"
    return None


def _packages(venv: Path) -> set[str]:
    """Return the names in an environment's site-packages."""
    places = (*venv.glob("lib/python*/site-packages"), venv / "Lib" / "site-packages")
    return {
        each.name.lower()
        for place in places
        if place.is_dir()
        for each in place.iterdir()
    }


def _requirements(folder: Path) -> tuple[str, ...]:
    files = {each.name for each in folder.iterdir() if each.is_file()}
    if files & {"setup.py", "setup.cfg"} or _is_package(folder / "pyproject.toml"):
        return (".",)
    return ("-r", "requirements.txt") if "requirements.txt" in files else ()


def _is_package(pyproject: Path) -> bool:
    """Return whether pip can install a project; many only have settings there."""
    import tomllib

    try:
        content = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    poetry = content.get("tool", {}).get("poetry", {})
    return "project" in content or bool(poetry.get("name"))


def _pipelines(root: Path) -> tuple[Pipeline, ...]:
    """Return the pipelines in use, or if there are none, the one of the git server."""
    others = [name for name, file in _PIPELINES if _is_there(root / file)]
    if (root / ".github" / "workflows").is_dir():
        return ("github", *others)
    return tuple(others) or (_server(root),)


def _server(root: Path) -> Pipeline:
    """Return the pipeline of the remote's server; GitHub's if it is unknown."""
    try:
        content = (root / ".git" / "config").read_text("utf-8", "replace")
    except OSError:  # no repository, or its folder is elsewhere
        return "github"
    addresses = _ADDRESS.findall(content)
    found = (
        name
        for address in addresses
        for name, host in _SERVERS
        if host in address.lower()
    )
    return next(found, "github")
