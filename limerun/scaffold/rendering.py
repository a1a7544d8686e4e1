"""Render the templates of a first config and of CI steps."""

import re
import shlex
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from limerun.scaffold.address import UNKNOWN
from limerun.scaffold.parsed_code import Surroundings

CONFIG = "limerun.yaml"
LIMETYPES = "lime-types.yaml"
SCHEMA = "limerun.schema.json"
_STAND_IN = "sqlalchemy>=1.4.52,<3"
_PLAIN = re.compile(r"[\w./-]*", re.ASCII)
_STEPS = {
    "github": (".github/workflows/limerun.yml", "limerun.github.yml"),
    "gitlab": ("limerun.gitlab-ci.yml", "limerun.gitlab-ci.yml"),
    "azure": ("limerun.azure-pipelines.yml", "limerun.azure-pipelines.yml"),
}
"""Paths of the step: at a repository's root, and in a folder inside it."""


def render_config(content: Mapping[str, Any]) -> str:
    """Return the config's text."""
    return (
        _environment().get_template("limerun.yaml.j2").render(schema=SCHEMA, **content)
    )


def part(name: str, **values: str) -> str:
    """Return the text of a template file with these values."""
    return _environment().get_template(name).render(**values)


def can_render_steps(around: Surroundings) -> bool:
    """Return whether the folder's name needs no quoting in shells and YAML."""
    return _PLAIN.fullmatch(around.prefix) is not None


def render_step(
    pipeline: Literal["github", "gitlab", "azure"],
    around: Surroundings,
    address: str | None,
    *,
    is_lime: bool,
) -> tuple[str, str]:
    """Return the path of a pipeline's step, from the folder, and its text.

    Args:
        pipeline: The CI service.
        around: The project's surroundings.
        address: The address of limerun for pip; if None, the step has a placeholder.
        is_lime: True if the task may need the stand-in.
    """
    at_root, within = _STEPS[pipeline]
    place = within if around.prefix else at_root
    template = _environment().get_template(f"{pipeline}.yml.j2")
    moved = around.python is not None and "Scripts" in around.python
    text = template.render(
        prefix=around.prefix,
        place=around.prefix + place,
        address=address or UNKNOWN,
        known=address is not None,
        hashed=[around.prefix + name for name in (CONFIG, LIMETYPES)],
        config=around.prefix + CONFIG,
        python_option=f" --set python={_venv(around)}/bin/python" if moved else "",
        install=_install(around, is_lime=is_lime),
    )
    return place, text


def _venv(around: Surroundings) -> str:
    return str(around.python).partition("/")[0]


def _install(around: Surroundings, *, is_lime: bool) -> list[str]:
    """Return the shell commands that install limerun and the task's packages."""
    needs = [_moved(each, around.prefix) for each in around.requirements]
    limerun = 'python -m pip install "$LIMERUN"'
    if around.python is None:
        return [" ".join([limerun, *needs])]
    venv = around.prefix + _venv(around)
    if is_lime and not around.has_platform:
        needs.append(shlex.quote(_STAND_IN))
    install = f"{venv}/bin/python -m pip install {' '.join(needs)}"
    return [limerun, f"python -m venv {venv}", *([install] if needs else [])]


def _moved(requirement: str, prefix: str) -> str:
    if not prefix or requirement.startswith("-"):
        return requirement
    return f"./{prefix}" if requirement == "." else prefix + requirement


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("limerun.scaffold"),
        autoescape=False,  # YAML and Python, no HTML
        undefined=StrictUndefined,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = "'{}'".format
    return environment
