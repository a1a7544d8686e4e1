"""Print a value and its target on one line."""

from rich.console import Console

console = Console(highlight=False, width=110)


def heading(text: str) -> None:
    """Begin a group of values."""
    console.print(f"\n[bold]{text}[/]")


def figure(what: str, measured: str, target: str, reached: bool | None) -> None:
    """Print a value, its target, and whether it is reached; None: no verdict."""
    mark = {True: "[green]reached[/]", False: "[red]MISSED [/]", None: "       "}[
        reached
    ]
    console.print(f"{mark} {what:<54} {measured:<22} {target}", markup=True)
