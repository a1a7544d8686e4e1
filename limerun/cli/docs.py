"""limerun docs: the documentation, as it lies in the package."""

import re
from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.console import say

FOLDER = Path(__file__).parents[1] / "docs"
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\.md[^)]*\)")
_COMMENT = re.compile(r"^<!--.*-->\n", re.MULTILINE)


def docs(
    topic: Annotated[
        str | None, typer.Argument(help="What to read about.", show_default=False)
    ] = None,
    no_color: options.NoColor = False,
) -> None:
    """Show the documentation.

    Without a topic, list the topics. In a pipe, print it as Markdown.

    Example: limerun docs config
    """
    if topic is None:
        width = max(len(name) for name in topics())
        say("\n".join(f"{name:{width}}  {title}" for name, title in topics().items()))
        return
    show_markdown(read_topic(topic), no_color=no_color)


def topics() -> dict[str, str]:
    """Return each topic's name and title, by name."""
    return {
        path.stem: path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        for path in sorted(FOLDER.glob("*.md"))
    }


def read_topic(name: str) -> str:
    """Return a topic's Markdown.

    Raises:
        ConfigError: there is no such topic.
    """
    name = name.lower().removesuffix(".md")
    check_name(name, list(topics()), "a topic", "limerun docs")
    return _COMMENT.sub("", (FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def check_name(name: str, names: list[str], what: str, command: str) -> None:
    """Refuse a name that is not in the list, with the nearest one that is.

    Raises:
        ConfigError: it is not in the list.
    """
    if name in names:
        return
    from limerun.errors import ConfigError
    from limerun.nearest_name import did_you_mean

    advice = did_you_mean(name, names) or f'; "{command}" lists them'
    raise ConfigError(f'"{name}" is not {what}{advice}')


def show_markdown(text: str, *, no_color: bool) -> None:
    """Print Markdown: laid out on a terminal, as it is in a pipe."""
    from rich.markdown import Markdown

    from limerun.report.terminal.screen import make_console

    console = make_console(stderr=False, no_color=no_color)
    if not console.is_terminal:
        say(text)
        return
    # A link to another page leads nowhere from a terminal: its text is the topic.
    console.print(Markdown(_LINK.sub(r"\1", text), code_theme="ansi_dark"))
