"""Prove that a changed task does the same as the original, on small datasets."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from limerun.effects.changes import DatabaseChange, Varying
from limerun.effects.differences import difference_of, varying_between
from limerun.errors import LimerunError
from limerun.records import LimetypeDifference, Plan, Run
from limerun.runs.improve.observed_run import (
    LogLines,
    Observation,
    ObservingRunner,
    quiet,
)
from limerun.runs.improve.small_datasets import SmallDataset, small_datasets
from limerun.runs.preparation import RunContext

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SMALL_TIMEOUT = 60.0
"""The original must end within this time on a small dataset."""
_SLOWEST_FACTOR, _LEAST_TIMEOUT = 20.0, 30.0
"""A changed task that takes this many times longer than the original has failed."""


class Unprovable(Exception):
    """The original task does nothing that could be compared; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeatable:
    """What is the same whenever the original task runs on the same data."""

    varying: Varying
    """Properties that are not."""
    result: bool
    log: Literal["same", "numbers vary", "varies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the original task does on one dataset."""

    about: str
    runner: ObservingRunner
    first: Observation
    repeatable: Repeatable


class ImprovementProof:
    """Compares changed versions of a task with the original."""

    def __init__(self, expected: list[Expected]) -> None:
        self._expected = expected

    @classmethod
    @contextmanager
    def open(cls, plan: Plan, context: RunContext) -> Iterator["ImprovementProof"]:
        """Yield a proof, after running the original on each small dataset.

        Raises:
            Unprovable: It does not do the same twice, or nothing that can be compared.
        """
        with ExitStack() as opened:
            expected: list[Expected] = []
            for small in small_datasets(plan):
                known = expected[0].repeatable if expected else None
                found = _expected(small, context, opened, known)
                if found is not None:
                    expected.append(found)
            _check_observed([each.first for each in expected])
            yield cls(expected)

    @property
    def tests(self) -> tuple[str, ...]:
        """The small datasets."""
        return tuple(each.about for each in self._expected)

    def why_not(
        self, task: str, *, commits_vary: bool, logs: Sequence[str] = ()
    ) -> str | None:
        """Return how a changed task differs from the original; None if it does not.

        Args:
            task: The changed task.
            commits_vary: Whether it commits at other places, so that a run that raises
                may have committed other rows.
            logs: Regular expressions of messages that may differ.
        """
        ignored = re.compile("|".join(f"(?:{each})" for each in logs) or r"(?!)", re.S)
        for each in self._expected:
            before = each.first.run.duration_seconds or 0.0
            timeout = max(_SLOWEST_FACTOR * before, _LEAST_TIMEOUT)
            try:
                found = each.runner.observe(task, timeout)
            except LimerunError as error:
                return str(error)
            why = _why_not(each, found, ignored, commits_vary=commits_vary)
            if why is not None:
                return f"{why} ({each.about})"
        return None


def _expected(
    small: SmallDataset,
    context: RunContext,
    opened: ExitStack,
    known: Repeatable | None,
) -> Expected | None:
    """Return what the original does; None if this dataset cannot be made.

    Args:
        small: The dataset.
        context: Where to run the task.
        opened: Closes the runner.
        known: What is the same in each run; None: run the task twice to find out.
    """
    task, about = small.plan.task, small.about
    small_context = replace(quiet(context), design=small.design)
    runner = opened.enter_context(ObservingRunner.open(small.plan, small_context))
    try:
        first = runner.observe(task, _SMALL_TIMEOUT)
        second = runner.observe(task, _SMALL_TIMEOUT) if known is None else None
    except LimerunError:
        return None
    if first.run.ending not in ("returned", "raised"):
        raise Unprovable(f"the task {_end(first)} ({about})")
    if second is not None:
        known = repeatable_of(first, second, about)
    assert known is not None
    return Expected(about=about, runner=runner, first=first, repeatable=known)


def repeatable_of(first: Observation, second: Observation, about: str) -> Repeatable:
    """Return what is the same in two runs on the same data.

    Raises:
        Unprovable: Their ends or effects differ.
    """
    if _end(first) != _end(second):
        raise Unprovable(f"the task {_end(first)}, and then {_end(second)} ({about})")
    varying: Varying = {}
    if first.change is not None and second.change is not None:
        varying = varying_between(first.change, second.change)
        one, two = first.change.without(varying), second.change.without(varying)
        if difference_of(one, two):
            raise Unprovable(f"two runs of the task have different effects ({about})")
    log: Literal["same", "numbers vary", "varies"] = "same"
    if first.log != second.log:
        same = _masked(first.log) == _masked(second.log)
        log = "numbers vary" if same else "varies"
    return Repeatable(varying=varying, result=first.result == second.result, log=log)


def _check_observed(observed: list[Observation]) -> None:
    """Check that some run returned, and did something that can be compared.

    Raises:
        Unprovable: No run did.
    """
    returned = [each for each in observed if each.run.is_done]
    if not returned:
        raise Unprovable("the task does not return on any of the small datasets")
    for each in returned:
        if not _changes_nothing(each.change):
            return
        if each.run.result not in (None, 0, [], {}):
            return
    raise Unprovable("the task has no effect or result that could be compared")


def _why_not(
    expected: Expected,
    found: Observation,
    ignored: re.Pattern[str],
    *,
    commits_vary: bool,
) -> str | None:
    first, repeatable = expected.first, expected.repeatable
    if _end(found) != _end(first):
        return f"it {_end(found)}, the original {_end(first)}"
    is_partial = not first.run.is_done and commits_vary
    if not is_partial:
        why = _other_effect(first.change, found.change, repeatable.varying)
        if why is not None:
            return f"another effect: {why}"
    if repeatable.result and found.result != first.result:
        return f"another result: {found.result[:80]} instead of {first.result[:80]}"
    if repeatable.log != "varies" and not is_partial:
        logs = [_without(each.log, ignored) for each in (first, found)]
        if repeatable.log == "numbers vary":
            logs = [_masked(each) for each in logs]
        if logs[0] != logs[1]:
            return f"another log: {_log_difference(*logs)}"
    return None


def _other_effect(
    base: DatabaseChange | None, new: DatabaseChange | None, varying: Varying
) -> str | None:
    """Return in words how an effect differs; None if it does not."""
    if base is None or new is None:
        is_nothing = _changes_nothing(base) and _changes_nothing(new)
        return None if is_nothing else "only one of both changes the database"
    different = difference_of(base.without(varying), new.without(varying))
    return _difference(different[0]) if different else None


def _changes_nothing(change: DatabaseChange | None) -> bool:
    effects = change.effect().values() if change is not None else ()
    return not any(each.created or each.updated or each.deleted for each in effects)


def _end(observed: Observation) -> str:
    """Return in words how a run ended."""
    run: Run = observed.run
    if run.ending == "raised" and run.error is not None:
        return f"raised {run.error.type}"
    return run.not_run or {"timeout": "did not end", "returned": "returned"}.get(
        run.ending, f"was {run.ending}"
    )


def _difference(difference: LimetypeDifference) -> str:
    parts = [
        f"{count} {what}"
        for count, what in (
            (difference.missing, "missing"),
            (difference.added, "more"),
        )
        if count
    ]
    parts += [f"{name} differs in {n}" for name, n in difference.properties.items()]
    return f"{difference.limetype}: {', '.join(parts)}"


def _masked(log: LogLines) -> LogLines:
    """Return a log whose numbers are all equal: durations vary from run to run."""
    masked: LogLines = Counter()
    for (level, logger, message), count in log.items():
        masked[level, logger, _NUMBER.sub("#", message)] += count
    return masked


def _without(log: LogLines, ignored: re.Pattern[str]) -> LogLines:
    kept = {key: count for key, count in log.items() if not ignored.fullmatch(key[2])}
    return Counter(kept)


def _log_difference(expected: LogLines, found: LogLines) -> str:
    changed = [*(expected - found), *(found - expected)]
    return repr(changed[0][2][:80])
