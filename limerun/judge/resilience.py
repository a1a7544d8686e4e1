"""Judge what disturbed runs of a task left: reruns, kills, failures and bad rows. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from limerun.records import (
    Attempt,
    Finding,
    Level,
    Location,
    Resilience,
    Run,
    Scenario,
    Task,
    Verdict,
)
from limerun.records.rules import make_finding, place_of

_SHOWN = 3
_RERUN, _KILL, _ERRORS = "resilience.rerun", "resilience.kill", "resilience.errors"
_EXCEPTIONS = "log.exceptions"
_LOOK_UP = (
    "Look up what exists before you create it: fetch the keys that exist once into a "
    "set, and create only what is not in it."
)
_SET_VALUES = (
    "Calculate the new value from the input alone, instead of adding to the old value: "
    "then a second run sets the same value again."
)
_TOGETHER = (
    "Commit in batches of about 50 objects. If the task stores how far it is, put that "
    "into the same unit of work as the rows, so that both are committed or neither."
)
_GO_ON = (
    "Check each row by itself: catch the error of a bad row, log it with "
    "logger.exception() and the row's id, and go on with the next row."
)
_ONE_BY_ONE = (
    "Leave out only the bad row: check each row before it is added to the batch, or "
    "commit the rows of a failed batch one by one."
)
_RETRY = (
    "Try a failed call again a few times, each time after a longer wait. If it still "
    "fails, log it with logger.exception() and let the error end the task."
)
_ONCE = "Add the key of each new row to the set of known keys, and skip a known key."
"""Advice, fitted to what was found."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What a finding says, apart from the scenarios that show it."""

    rule: str
    level: Level
    title: str
    advice: str


_REPAIR = _Case(
    _KILL, "error", "After a kill, a second run does not complete the work", _TOGETHER
)
_PARTIAL = _Case(
    _KILL,
    "error",
    "A kill leaves rows of a transaction that was not committed",
    _TOGETHER,
)
_UNREPAIRED = _Case(
    _ERRORS,
    "warning",
    "After a failed call, a second run does not complete the work",
    _TOGETHER,
)
_ENDLESS = _Case(
    _ERRORS, "warning", "After a failed call, the task does not end", _RETRY
)
_UNNOTICED = _Case(_ERRORS, "warning", "A failed call loses rows unnoticed", _RETRY)
_STOPPED = _Case(_ERRORS, "warning", "One bad row ends the task", _GO_ON)
_OTHERS_LOST = _Case(_ERRORS, "warning", "One bad row loses other rows", _ONE_BY_ONE)
_SKIPPED = _Case(_ERRORS, "warning", "A bad row is left out unnoticed", _GO_ON)
_TWICE = _Case(_ERRORS, "warning", "A row that comes twice is stored twice", _ONCE)


def resilience_verdict(resilience: Resilience) -> Verdict:
    """Return the verdict if no finding is an error.

    It is inconclusive if equal runs differ, if there is nothing to compare, or if there
    was no time for some scenarios.
    """
    changed = resilience.created + resilience.updated + resilience.deleted
    is_cut = any(each.is_cut for each in resilience.not_run)
    if resilience.unrepeatable or not changed or is_cut or not resilience.scenarios:
        return Verdict.INCONCLUSIVE
    return Verdict.PASSED


def resilience_findings(
    task: Task, resilience: Resilience, run: Run, suspected: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Return the findings about the scenarios, each weakness once.

    Args:
        task: The task.
        resilience: The scenarios.
        run: The clean run, for the lines that create and commit.
        suspected: The findings in the code, for the lines that swallow exceptions.
    """
    return tuple(_Judge(task, resilience, run, suspected).findings())


class _Judge:
    def __init__(
        self,
        task: Task,
        resilience: Resilience,
        run: Run,
        suspected: Sequence[Finding],
    ) -> None:
        self._scenarios = resilience.scenarios
        self._run = run
        self._task = place_of(task)
        self._swallows = next(
            (each.location for each in suspected if each.rule == _EXCEPTIONS), None
        )

    def findings(self) -> Iterator[Finding]:
        rerun = [
            each
            for each in self._of("rerun")
            if each.fault == "rerun" and not each.run.is_same
        ]
        for scenario in rerun:
            yield self._twice_run(scenario.run)
        unrepaired = [
            each
            for each in self._scenarios
            if each.rerun is not None and not each.rerun.is_same
        ]
        # If already a second run of the finished task fails, only lost rows are another
        # weakness.
        if rerun:
            unrepaired = [
                each for each in unrepaired if each.rerun and each.rerun.missing
            ]
        killed = [each for each in unrepaired if each.kind == "kill"]
        yield from self._about(_REPAIR, killed, self._commit_of(killed))
        partial = [each for each in self._of("kill") if each.partial]
        yield from self._about(_PARTIAL, partial, self._commit_of(partial))
        if not killed:
            yield from self._about(_UNREPAIRED, unrepaired, self._commit_of(unrepaired))
        yield from self._failures()
        yield from self._bad_rows()

    def _of(self, *kinds: str) -> list[Scenario]:
        return [each for each in self._scenarios if each.kind in kinds]

    def _twice_run(self, second: Attempt) -> Finding:
        finding = make_finding(
            _RERUN,
            "error",
            "A second run with the same input leaves another state",
            f"{second.outcome}.",
            self._creating(second) or self._run.commit_location or self._task,
        )
        if second.ending != "returned":
            return replace(finding, location=second.error_location or self._task)
        advice = _LOOK_UP if second.added else _SET_VALUES
        return replace(finding, advice=advice)

    def _failures(self) -> Iterator[Finding]:
        failed = self._of("database", "source")
        endless = [each for each in failed if each.run.ending == "timeout"]
        yield from self._about(_ENDLESS, endless, self._line_of(endless))
        unnoticed = [
            each
            for each in failed
            if each.run.ending == "returned"
            and each.run.differences
            and each.notice is None
        ]
        yield from self._about(_UNNOTICED, unnoticed, self._line_of(unnoticed))
        yield from self._swallowed(unnoticed, _RETRY)

    def _bad_rows(self) -> Iterator[Finding]:
        bad = self._of("bad row")
        stopped = [each for each in bad if each.run.ending != "returned"]
        ended_at = next(
            (each.run.error_location for each in stopped if each.run.error_location),
            self._task,
        )
        yield from self._about(_STOPPED, stopped, ended_at)
        done = [each for each in bad if each not in stopped]
        single = [each for each in done if each.fault != "duplicate"]
        lost = [each for each in single if each.run.differences]
        yield from self._about(_OTHERS_LOST, lost, self._line_of(lost))
        skipped = [
            each
            for each in single
            if each not in lost and not each.stored and each.notice is None
        ]
        yield from self._about(_SKIPPED, skipped, self._line_of(skipped))
        yield from self._swallowed(skipped, _GO_ON)
        twice = [each for each in done if each.fault == "duplicate" and each.run.added]
        place = self._creating(twice[0].run) if twice else None
        yield from self._about(_TWICE, twice, place or self._task)

    def _swallowed(
        self, scenarios: Sequence[Scenario], advice: str
    ) -> Iterator[Finding]:
        """Yield a finding if the handler that hid the faults is known."""
        place = next((each.handler for each in scenarios if each.handler), None)
        place = place or self._swallows
        if not scenarios or place is None:
            return
        names = ", ".join(each.name for each in scenarios[:_SHOWN])
        finding = make_finding(
            _EXCEPTIONS,
            "warning",
            "An exception is swallowed",
            f"The task returned, and its log has no line at level WARNING or above "
            f"about this: {names}.",
            place,
        )
        yield replace(finding, advice=advice)

    def _about(
        self, case: _Case, scenarios: Sequence[Scenario], place: Location | None
    ) -> Iterator[Finding]:
        if scenarios:
            detail = _detail(scenarios, of_rerun=case in (_REPAIR, _UNREPAIRED))
            finding = make_finding(case.rule, case.level, case.title, detail, place)
            yield replace(finding, advice=case.advice)

    # --- lines of code ---------------------------------------------------------------

    def _creating(self, attempt: Attempt) -> Location | None:
        """Return the line that creates the objects of which there are too many."""
        for difference in attempt.differences:
            for statement in self._run.statements if difference.added else ():
                head = statement.text.partition("(")[0].replace('"', "").split()
                if head[:2] == ["INSERT", "INTO"] and difference.limetype in head:
                    return statement.location
        return None

    def _commit_of(self, scenarios: Sequence[Scenario]) -> Location | None:
        at_commits = (
            each.place for each in scenarios if each.at in ("commit", "committed")
        )
        return next(at_commits, None) or self._run.commit_location or self._task

    def _line_of(self, scenarios: Sequence[Scenario]) -> Location | None:
        known = (
            each.handler or (each.notice.location if each.notice else None)
            for each in scenarios
        )
        return next(filter(None, known), None) or self._swallows or self._task


def _detail(scenarios: Sequence[Scenario], *, of_rerun: bool) -> str:
    """Return what some scenarios left, and how many others there are."""
    shown = [_sentence(each, of_rerun=of_rerun) for each in scenarios[:_SHOWN]]
    more = len(scenarios) - len(shown)
    return " ".join([*shown, *([f"{more} more."] if more else [])])


def _sentence(scenario: Scenario, *, of_rerun: bool) -> str:
    name = scenario.name[:1].upper() + scenario.name[1:]
    if of_rerun and scenario.rerun is not None:
        return f"{name}, then run again: {scenario.rerun.outcome}."
    if scenario.partial:
        written = f"{scenario.objects_written:,} objects were written"
        return f"{name}: {written}, but fewer were committed."
    if not scenario.run.is_same:
        return f"{name}: {scenario.run.outcome}."
    return f"{name}: the row is missing, and the log does not say so."
