"""Render a record as one HTML page that opens offline, in any browser."""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from limerun.records import Comparison, Record
from limerun.report.content.history import HEADS, TaskHistory
from limerun.report.content.safe_text import one_line
from limerun.report.webpage.page_content import comparison_view, view_of
from limerun.report.webpage.trend_chart import history_view
from limerun.version import VERSION

_FOLDER = "templates"


def render(record: Record, base: str = "") -> str:
    """Return the page of a record; files are relative to the folder `base`."""
    return render_page("record.html.j2", {"record": view_of(record, base)})


def render_comparison(comparison: Comparison) -> str:
    """Return the page of a comparison."""
    return render_page("comparison.html.j2", {"view": comparison_view(comparison)})


def render_histories(histories: Sequence[TaskHistory], folder: str) -> str:
    """Return the page of the histories of a folder's records."""
    views = [history_view(history) for history in histories]
    content = {"views": views, "heads": HEADS, "folder": one_line(folder, 200)}
    return render_page("history.html.j2", content)


def render_page(template: str, content: dict[str, Any]) -> str:
    """Return a page with its content, style, script and security policy.

    The policy allows only the style and the script with these digests, and forbids
    loading anything else.
    """
    style, script = _part("style.css"), _part("script.js")
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'"
    )
    return (
        _environment()
        .get_template(template)
        .render(content, style=style, script=script, policy=policy, version=VERSION)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inert"] = _inert
    return environment


def _inert(value: object) -> str:
    """Return JSON in which no text can close the HTML element around it."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@cache
def _part(name: str) -> str:
    return (files(__package__) / _FOLDER / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
