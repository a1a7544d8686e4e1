"""Say things to the user: results on stdout, talk on stderr."""

import sys

from rich.markup import escape
from rich.text import Text


def complain(message: str, *, label: str = "error") -> None:
    """Print a problem on stderr, whatever it holds."""
    from limerun.report.terminal import make_console

    console = make_console(stderr=True, no_color=False)
    text = Text.from_markup(f"[bold red]{escape(label)}:[/] ")
    text.append(message)
    console.print(text, soft_wrap=True)


def say(text: str) -> None:
    """Print a line of result on stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
