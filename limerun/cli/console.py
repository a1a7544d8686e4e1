"""Say things to the user: results on stdout, talk on stderr."""

import sys


def complain(message: str, *, label: str = "error") -> None:
    """Print a problem on stderr, whatever it holds."""
    from rich.text import Text

    from limerun.report.terminal import make_console

    console = make_console(stderr=True, no_color=False)
    text = Text.assemble((f"{label}: ", "bold red"), message)
    console.print(text, soft_wrap=True)


def say(text: str) -> None:
    """Print a line of result on stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
