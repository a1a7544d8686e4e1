"""limerun rule: one rule of the guide, explained."""

from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.console import say
from limerun.cli.docs import check_name, show_markdown
from limerun.report.content.rule_sections import rule_sections


def rule(
    id: Annotated[
        str | None,
        typer.Argument(help="A rule, such as memory.task.", show_default=False),
    ] = None,
    no_color: options.NoColor = False,
) -> None:
    """Explain one rule, with examples.

    Without an id, list the rules.

    Example: limerun rule memory.task
    """
    sections = rule_sections()
    if id is None:
        width = max(map(len, sections))
        titles = {name: text.split("*", 2)[1] for name, text in sections.items()}
        say("\n".join(f"{name:{width}}  {title}" for name, title in titles.items()))
        return
    check_name(id.lower(), list(sections), "a rule", "limerun rule")
    show_markdown(sections[id.lower()], no_color=no_color)
