"""Turn the code that tasks can reach into findings, without duplicates. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from limerun.lint.commit_rules import commit_findings
from limerun.lint.documentation_rules import documentation_findings
from limerun.lint.exception_rules import exception_findings
from limerun.lint.functions import Function
from limerun.lint.iterator_rules import iterator_findings
from limerun.lint.known_values import Values
from limerun.lint.log_rules import log_findings
from limerun.lint.object_rules import object_findings
from limerun.lint.program import Program
from limerun.lint.query_rules import lookup_findings, query_findings
from limerun.lint.ruff_codes import RuffResult, findings_of_results
from limerun.lint.secret_rules import sensitive_findings
from limerun.records import Finding, LintedTask

_RULES: tuple[Callable[[Values], Iterator[Finding]], ...] = (
    log_findings,
    exception_findings,
    sensitive_findings,
    documentation_findings,
    object_findings,
    commit_findings,
    iterator_findings,
    query_findings,
    lookup_findings,
)
STATIC_RULES = frozenset(
    {"log.flow", "log.parameters", "log.exceptions", "log.sensitive"}
    | {"docs.docstring", "docs.types", "memory.objects", "memory.batches"}
    | {"chunking.iterators", "speed.queries", "speed.lookups"}
)
"""The rules that can be checked without running the task."""


def findings_in(
    programs: Sequence[Program],
    results: Iterable[RuffResult],
    lines_of: Callable[[str], Sequence[str]],
) -> tuple[Finding, ...]:
    """Return the findings in the code of all tasks, sorted by file and line.

    Args:
        programs: The functions that each task can reach.
        results: What ruff reported.
        lines_of: Returns the lines of a file.
    """
    found: dict[tuple[object, ...], Finding] = {}
    for program in programs:
        for function in program.functions:
            values = Values(function, program)
            for rule in _RULES:
                for finding in rule(values):
                    found.setdefault(_identity(finding), finding)
    taken = {key[:3] for key in found}
    fresh = [each for each in results if (each.rule, each.path, each.line) not in taken]
    functions = _functions_of(programs)
    own = found.values()
    return tuple(
        sorted((*own, *findings_of_results(fresh, functions, lines_of)), key=_place)
    )


def _identity(finding: Finding) -> tuple[object, ...]:
    return (finding.rule, *_place(finding), finding.title)


def _place(finding: Finding) -> tuple[str, int]:
    place = finding.location
    return ("", 0) if place is None else (place.file, place.line)


def _functions_of(programs: Iterable[Program]) -> list[Function]:
    """Return each function once; a function that is a task stays marked as one."""
    unique: dict[tuple[str, int], Function] = {}
    for program in programs:
        for each in program.functions:
            key = (each.path, each.node.lineno)
            if each.is_task or key not in unique:
                unique[key] = each
    return list(unique.values())


def summary_of(program: Program, findings: Iterable[Finding]) -> LintedTask:
    """Return a task, and the number of findings in the code that it can reach."""
    task = program.task
    reached = {(each.path, each.name) for each in program.functions}
    levels = [
        finding.level
        for finding in findings
        if (place := finding.location) is not None
        and (place.file, place.function) in reached
    ]
    return LintedTask(
        name=task.name,
        file=task.path,
        line=task.node.lineno,
        functions=len(program.functions),
        errors=levels.count("error"),
        warnings=levels.count("warning"),
        notes=levels.count("note"),
    )
