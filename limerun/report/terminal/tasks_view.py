"""Print the tasks found in a package."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from limerun.records import FoundTask


def render(place: str, found: Sequence[FoundTask], console: Console) -> None:
    """Print each task's name for a config, its signature and its docstring."""
    if not found:
        console.print(f"{place} contains no task", markup=False, highlight=False)
    for task in found:
        console.print(Text.assemble((task.name, "bold"), task.signature))
        facts = [task.kind, *([f"qos {task.qos}"] if task.qos else [])]
        if task.file is not None:
            facts.append(f"{task.file}:{task.line}")
        lines = [Text(", ".join(facts), style="dim")]
        if task.docstring is None:
            lines.append(Text("(no docstring; the guide requires one)"))
        else:
            lines += [Text(line) for line in task.docstring.splitlines()]
        for line in lines:
            console.print(Padding(line, (0, 0, 0, 4)))
        console.print()
