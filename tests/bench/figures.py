"""A figure beside its target, in one line."""

from rich.console import Console

console = Console(highlight=False, width=110)


def heading(text: str) -> None:
    """Begin a group of figures."""
    console.print(f"\n[bold]{text}[/]")


def figure(what: str, measured: str, target: str, reached: bool | None) -> None:
    """Print a figure, its target, and whether it is reached; None: only told."""
    mark = {True: "[green]reached[/]", False: "[red]MISSED [/]", None: "       "}[
        reached
    ]
    console.print(f"{mark} {what:<54} {measured:<22} {target}", markup=True)
