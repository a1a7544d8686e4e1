"""Turn violations that ruff reports into findings of the guide's rules. Pure."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from limerun.frozen import frozen
from limerun.lint.functions import Function
from limerun.records import Finding, Level, Location
from limerun.records.rules import make_finding

_SHORTEST = 8
"""Minimum length of a credential; shorter texts are names or placeholders."""
_MOST_LINES = 5


@frozen
class RuffCode:
    """How a ruff code is reported as a finding of one of the guide's rules."""

    rule: str
    level: Level
    title: str
    advice: str = ""
    """If empty, the advice of the guide's rule is used."""


def _codes(
    rule: str, level: Level, title: str, *codes: str, advice: str = ""
) -> dict[str, RuffCode]:
    meaning = RuffCode(rule=rule, level=level, title=title, advice=advice)
    return dict.fromkeys(codes, meaning)


CODES: dict[str, RuffCode] = {
    **_codes(
        "log.flow",
        "note",
        "print() does not reach the log",
        *("T201", "T203"),
        advice="Use a logger: logger = logging.getLogger(__name__).",
    ),
    **_codes(
        "log.flow",
        "note",
        "The log message is formatted even if it is not logged",
        *("G001", "G002", "G003", "G004"),
        advice='Pass the values as arguments: logger.info("Row %s", row_id).',
    ),
    **_codes(
        "log.flow",
        "note",
        "The logger is not used as intended",
        *("G010", "LOG001", "LOG002", "LOG009", "LOG015"),
        advice="Use a logger of the module: logger = logging.getLogger(__name__).",
    ),
    **_codes(
        "log.flow",
        "warning",
        "This log call fails when it runs",
        "G101",
        advice="Rename the key in extra: log records have a field of that name.",
    ),
    **_codes(
        "log.exceptions",
        "note",
        "logger.exception() also logs the traceback",
        *("TRY400", "G201", "G202", "LOG004", "LOG007", "LOG014"),
    ),
    **_codes("log.exceptions", "note", "The handler also catches exits", "E722"),
    **_codes("log.exceptions", "note", "The handler catches every exception", "BLE001"),
    **_codes("log.exceptions", "warning", "An exception is swallowed", "S110", "S112"),
    **_codes(
        "log.sensitive",
        "warning",
        "A credential is written in the code",
        "S105",
        "S106",
    ),
    **_codes("log.sensitive", "warning", "A credential is a default value", "S107"),
    **_codes(
        "docs.docstring",
        "note",
        "A docstring is missing",
        "D100",
        "D101",
        "D102",
        "D103",
    ),
    **_codes("docs.docstring", "note", "A parameter is not described", "D417"),
    **_codes("docs.docstring", "note", "A docstring is empty", "D419"),
    **_codes(
        "docs.types",
        "note",
        "Type annotations are missing",
        *("ANN001", "ANN002", "ANN003", "ANN201", "ANN202", "ANN205", "ANN206"),
    ),
    **_codes("docs.types", "note", "The type Any says nothing", "ANN401"),
    **_codes(
        "chunking.iterators",
        "note",
        "A list is created unnecessarily",
        "PERF101",
        "PERF402",
    ),
    **_codes(
        "speed.lookups", "note", "Only the keys or only the values are used", "PERF102"
    ),
}
"""Not selected: PERF203 and TRY401, which contradict the guide, and matters of style."""
ARGUMENTS = (
    *("check", "--isolated", "--no-cache", "--quiet", "--exit-zero"),
    *("--output-format", "json", "--target-version", "py313"),
    *("--select", ",".join(sorted(CODES))),
    *("--config", 'lint.pydocstyle.convention="google"'),
    *("--config", "lint.flake8-annotations.mypy-init-return=true"),
)
"""Arguments for ruff; the files follow them."""


@frozen
class RuffResult:
    """One violation that ruff reported."""

    code: str
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def rule(self) -> str:
        """The id of the guide's rule that the code belongs to."""
        return CODES[self.code].rule


def read_results(text: str) -> list[RuffResult]:
    """Return ruff's results for the selected codes."""
    return [
        RuffResult(
            code=each["code"],
            message=each["message"],
            path=each["filename"],
            line=each["location"]["row"],
            column=each["location"]["column"],
            end_line=each["end_location"]["row"],
            end_column=each["end_location"]["column"],
        )
        for each in json.loads(text or "[]")
        if each["code"] in CODES
    ]


def findings_of_results(
    results: Iterable[RuffResult],
    functions: Iterable[Function],
    lines_of: Callable[[str], Sequence[str]],
) -> Iterator[Finding]:
    """Yield one finding per file and kind of violation in the given functions.

    Args:
        results: What ruff reported.
        functions: The functions that a task can reach.
        lines_of: Returns the lines of a file.
    """
    places = _Places(functions)
    grouped: dict[tuple[str, str], list[tuple[RuffResult, Function]]] = {}
    for result in results:
        function = places.function_at(result.path, result.line)
        if function is not None and _counts(result, function, lines_of(result.path)):
            grouped.setdefault((result.path, CODES[result.code].title), []).append(
                (result, function)
            )
    for group in grouped.values():
        yield _finding_of(group)


class _Places:
    """Finds functions by file and line."""

    def __init__(self, functions: Iterable[Function]) -> None:
        self._by_path: dict[str, list[Function]] = {}
        for each in functions:
            self._by_path.setdefault(each.path, []).append(each)

    def function_at(self, path: str, line: int) -> Function | None:
        """Return the innermost function at a line."""
        around = [each for each in self._by_path.get(path, ()) if each.contains(line)]
        return max(around, key=lambda each: each.node.lineno, default=None)


_OF_TASKS = frozenset({"D103", "D419", "ANN001", "ANN201", "ANN202", "ANN401"})
"""Codes that limerun's own rules report more precisely in tasks."""


def _counts(result: RuffResult, function: Function, lines: Sequence[str]) -> bool:
    if function.is_task and result.code in _OF_TASKS:
        return False
    if CODES[result.code].rule == "log.sensitive":
        return _is_credential(result, lines)
    return True


def _is_credential(result: RuffResult, lines: Sequence[str]) -> bool:
    """Return whether the text that ruff reports looks like a credential, not a name."""
    within = result.line == result.end_line and result.line <= len(lines)
    text = (
        lines[result.line - 1][result.column - 1 : result.end_column - 1]
        if within
        else ""
    )
    text = text.rpartition("=")[2].strip(" \"'")
    is_mixed = any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    return len(text) >= _SHORTEST and is_mixed and not set(text) & set(" /{<")


def _finding_of(group: Sequence[tuple[RuffResult, Function]]) -> Finding:
    first, function = group[0]
    meaning = CODES[first.code]
    message = first.message.replace("`", "").rstrip(".")
    if meaning.rule == "log.sensitive":
        message = "The code contains what looks like a password or key"
    others = sorted({each.line for each, _ in group} - {first.line})
    also = (
        f" Also in line {', '.join(map(str, others[:_MOST_LINES]))}" if others else ""
    )
    more = len(others) - _MOST_LINES
    also += f" and {more} more" if more > 0 else ""
    finding = make_finding(
        meaning.rule,
        meaning.level,
        meaning.title,
        f"{message} (ruff {first.code}).{also}{'.' if also else ''}",
        Location(file=first.path, line=first.line, function=function.name),
    )
    return replace(finding, advice=meaning.advice or finding.advice)
