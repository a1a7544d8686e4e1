"""limerun docs, rule and schema: show the documentation and the config's schema."""

import re
from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.console import print_result
from limerun.report.content.rule_sections import rule_sections

FOLDER = Path(__file__).parents[1] / "docs"
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\.md[^)]*\)")
_COMMENT = re.compile(r"^<!--.*-->\n", re.MULTILINE)


def docs(
    topic: Annotated[
        str | None,
        typer.Argument(metavar="TOPIC", help="Topic to show.", show_default=False),
    ] = None,
    no_color: options.NoColor = False,
) -> None:
    """Show the documentation.

    Without a topic, lists the topics. In a pipe, prints plain Markdown.

    Example: limerun docs config
    """
    if topic is None:
        width = max(len(name) for name in topics())
        print_result(
            "\n".join(f"{name:{width}}  {title}" for name, title in topics().items())
        )
        return
    show_markdown(read_topic(topic), no_color=no_color)


def rule(
    id: Annotated[
        str | None,
        typer.Argument(
            metavar="ID", help="A rule, such as memory.task.", show_default=False
        ),
    ] = None,
    no_color: options.NoColor = False,
) -> None:
    """Explain one rule, with examples.

    Without an id, lists the rules.

    Example: limerun rule memory.task
    """
    sections = rule_sections()
    if id is None:
        width = max(map(len, sections))
        titles = {name: text.split("*", 2)[1] for name, text in sections.items()}
        print_result(
            "\n".join(f"{name:{width}}  {title}" for name, title in titles.items())
        )
        return
    check_name(id.lower(), list(sections), "a rule", "limerun rule")
    show_markdown(sections[id.lower()], no_color=no_color)


def schema(no_color: options.NoColor = False) -> None:
    """Print the config's JSON Schema, for editors.

    Example: limerun schema > limerun.schema.json
    """
    from limerun.config.schema import schema_text

    print_result(schema_text())


def topics() -> dict[str, str]:
    """Return each topic's name and title, by name."""
    return {
        path.stem: path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        for path in sorted(FOLDER.glob("*.md"))
    }


def read_topic(name: str) -> str:
    """Return a topic's Markdown.

    Raises:
        ConfigError: No topic has this name.
    """
    name = name.lower().removesuffix(".md")
    check_name(name, list(topics()), "a topic", "limerun docs")
    return _COMMENT.sub("", (FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def check_name(name: str, names: list[str], what: str, command: str) -> None:
    """Raise an error that suggests the nearest name if `name` is not in the list.

    Raises:
        ConfigError: The name is not in the list.
    """
    if name in names:
        return
    from limerun.errors import ConfigError
    from limerun.nearest_name import did_you_mean

    advice = did_you_mean(name, names) or f'; "{command}" lists them'
    raise ConfigError(f'"{name}" is not {what}{advice}')


def show_markdown(text: str, *, no_color: bool) -> None:
    """Print Markdown: formatted on a terminal, unchanged in a pipe."""
    from rich.markdown import Markdown

    from limerun.report.terminal.screen import make_console

    console = make_console(stderr=False, no_color=no_color)
    if not console.is_terminal:
        print_result(text)
        return
    # A link to another page does not work in a terminal: show its text, the topic.
    console.print(Markdown(_LINK.sub(r"\1", text), code_theme="ansi_dark"))
