"""Count the exceptions of a run that the task's code swallowed."""

import ast
from collections import defaultdict
from dataclasses import replace

from limerun.errors import TaskError
from limerun.lint.swallowed_exceptions import swallowed_in
from limerun.records import HandledException, Outcome, Run
from limerun.runs.code_reading import CodeReader


def with_swallowed(run: Run, outcome: Outcome) -> Run:
    """Return a run with the exceptions that were swallowed, if they were counted."""
    if outcome.handled is None:
        return run
    by_file: dict[str, list[HandledException]] = defaultdict(list)
    for each in outcome.handled:
        by_file[each.file].append(each)
    found = [
        each
        for file, exceptions in by_file.items()
        for each in swallowed_in(_tree_of(file), exceptions)
    ]
    found.sort(key=lambda each: -each.count)
    return replace(run, swallowed=tuple(found))


def _tree_of(file: str) -> ast.Module:
    """Return a file's syntax tree; an empty one if it cannot be read."""
    try:
        tree = CodeReader().tree_of(file)
    except TaskError:
        tree = None
    return tree or ast.Module(body=[], type_ignores=[])
