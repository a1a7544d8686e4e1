"""Try all fixes on a copy of a task, one after the other, and keep those that help."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from limerun import interruption
from limerun.errors import TaskError
from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code
from limerun.improve.fixes import FIXES, Fix
from limerun.improve.unseen_effects import unseen_effect
from limerun.judge.improvement import gains_of, improved_figures, newly_exceeded
from limerun.records import (
    AppliedChange,
    Improvement,
    Location,
    Plan,
    Record,
    RejectedChange,
)
from limerun.runs.improve.proof import ImprovementProof, Unprovable
from limerun.runs.improve.task_copy import (
    TaskPlace,
    names_in_other_files,
    patch_root,
    place_of,
    read_source,
    unified_diff,
    write_copy,
)
from limerun.runs.preparation import RunContext
from limerun.scratch import scratch_folder

Measure = Callable[[Plan], Record]
"""Runs a plan's task at the dataset's size, and judges it."""
_MOST_TRIES = 60
_USELESS = "nothing is better with it"


@contextmanager
def improved(
    plan: Plan, context: RunContext, base: Record, measure: Measure
) -> Iterator[tuple[Improvement, Record, Callable[[str], str]]]:
    """Yield what was improved, the record of the improved task, and a path's original.

    Args:
        plan: The plan of the original task.
        context: Where to run it.
        base: The original's record.
        measure: Measures a changed task.
    """
    with scratch_folder(context.cache / "runs") as folder:
        search = _Search(plan, context, base, measure, folder)
        try:
            search.run()
        except Unprovable as why:
            search.why = str(why)
        yield search.improvement(), search.record, search.original_path


@dataclass(slots=True)
class _Search:
    plan: Plan
    context: RunContext
    base: Record
    measure: Measure
    folder: Path
    why: str | None = None
    record: Record = field(init=False)
    _place: TaskPlace = field(init=False)
    _before: dict[Path, str] = field(default_factory=dict)
    _now: dict[Path, str] = field(default_factory=dict)
    _applied: list[AppliedChange] = field(default_factory=list)
    _rejected: list[RejectedChange] = field(default_factory=list)
    _tried: set[tuple[Path, str, str]] = field(default_factory=set)
    _useless: set[tuple[Path, str, str]] = field(default_factory=set)
    _tests: tuple[str, ...] = ()
    _commits_vary: bool = False
    _logs: list[str] = field(default_factory=list)
    _copies: int = 0

    def __post_init__(self) -> None:
        self.record = self.base
        self._place = place_of(self.plan.task, self.base.task.file)

    def run(self) -> None:
        """Try every fix that a finding calls for.

        Raises:
            Unprovable: The original task does nothing that could be compared.
        """
        found = {each.rule for each in self.base.findings}
        fixes = [each for each in FIXES if each.rules & found]
        if not fixes:
            raise Unprovable("no finding has a mechanical fix")
        for file in self._files():
            self._before[file] = self._now[file] = read_source(file)
            unseen = unseen_effect(Code(self._now[file], self._function(file)))
            if unseen is not None:
                raise Unprovable(
                    f"the task {unseen}, and the proof compares only the database, the "
                    "result and the log"
                )
        with ImprovementProof.open(self.plan, self.context) as proof:
            self._tests = proof.tests
            applied = -1
            while applied < len(self._applied):  # one change may make another useful
                applied = len(self._applied)
                for fix in fixes:
                    for file in self._before:
                        self._try_fix(fix, file, proof)
                if applied < len(self._applied):
                    self._tried -= self._useless
                    self._rejected = [x for x in self._rejected if x.why != _USELESS]

    def _files(self) -> Iterator[Path]:
        """Yield the task's file, and those of its package with a finding."""
        yield self._place.file
        places = [each.location for each in self.base.findings if each.location]
        for file in dict.fromkeys(Path(each.file) for each in places):
            is_own = file.is_relative_to(self._place.package) and file.is_file()
            if is_own and file != self._place.file and file.suffix == ".py":
                yield file

    def _function(self, file: Path) -> str | None:
        return (
            self._place.function.rpartition(".")[2]
            if file == self._place.file
            else None
        )

    def _try_fix(self, fix: Fix, file: Path, proof: ImprovementProof) -> None:
        """Apply a fix at each place in a file, as long as that helps."""
        limetypes = self.plan.dataset.limetypes if self.plan.dataset else {}
        facts = Facts(
            limetypes=limetypes,
            named_elsewhere=names_in_other_files(self._place, file),
        )
        for _ in range(_MOST_TRIES):
            code = Code(self._now[file], self._function(file))
            change = self._next(fix, file, code, facts)
            if change is None:
                return
            why = self._try_change(fix, file, change, proof)
            if why is not None:
                self._reject(change.what, file, change.line, why)
            if why == _USELESS:
                self._useless.add((file, fix.name, change.place))

    def _next(self, fix: Fix, file: Path, code: Code, facts: Facts) -> Change | None:
        """Return the next change of a fix that was not tried yet."""
        for found in fix.search(code, facts):
            key = (file, fix.name, found.place)
            if key in self._tried:
                continue
            self._tried.add(key)
            if isinstance(found, Declined):
                self._reject(fix.title, file, found.line, found.why)
            else:
                return found
        return None

    def _reject(self, what: str, file: Path, line: int, why: str) -> None:
        location = self._location(file, line)
        self._rejected.append(RejectedChange(what=what, location=location, why=why))

    def _location(self, file: Path, line: int) -> Location:
        """Return a line's place in the original file; line 0 if it is not there."""
        now = self._now[file].splitlines()
        text = now[line - 1]
        same = [
            number
            for number, each in enumerate(self._before[file].splitlines(), 1)
            if each.strip() == text.strip()
        ]
        nearest = min(same, key=lambda number: abs(number - line), default=0)
        return Location(file=str(file), line=nearest)

    def _try_change(
        self, fix: Fix, file: Path, change: Change, proof: ImprovementProof
    ) -> str | None:
        """Apply a change if it is proven and helps; return why it was not applied."""
        if interruption.exit_code() is not None:
            raise Unprovable("limerun was interrupted")
        why = _USELESS
        for source in change.sources:
            self.context.progress.phase("prove", change.what)
            task = self._copy(file, source)
            commits_vary = self._commits_vary or fix.changes_commits
            difference = proof.why_not(
                task,
                commits_vary=commits_vary,
                logs=[*self._logs, *change.logs],
            )
            if difference is not None:
                why = difference
                continue
            record = self.measure(replace(self.plan, task=task))
            gains, worse = self._judged(fix, record)
            if worse or not gains:
                why = f"{', '.join(worse)} exceeds its budget" if worse else why
                continue
            location = self._location(file, change.line)
            self._applied.append(
                AppliedChange(
                    what=change.what,
                    location=location,
                    gains=gains,
                    figures=improved_figures(record.runs[0]),
                )
            )
            self._now[file], self.record = source, record
            self._commits_vary = commits_vary
            self._logs += change.logs
            return None
        return why

    def _judged(
        self, fix: Fix, record: Record
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what is better with a change, and which checks fail only with it."""
        before = self.record
        gains = gains_of(
            improved_figures(before.runs[0]),
            improved_figures(record.runs[0]),
            (before.findings, record.findings),
            fix.rules,
        )
        return gains, newly_exceeded(before.checks, record.checks)

    def _copy(self, file: Path, source: str) -> str:
        self._copies += 1
        folder = self.folder / str(self._copies)
        changed = {
            each: text
            for each, text in {**self._now, file: source}.items()
            if text != self._before[each]
        }
        return write_copy(self._place, changed, folder)

    def original_path(self, text: str) -> str:
        """Return a text in which the paths of copies are those of the originals."""
        for number in range(self._copies, 0, -1):
            text = text.replace(str(self.folder / str(number)), str(self._place.root))
        return text

    def improvement(self) -> Improvement:
        """Return what was changed, and the patch."""
        root = patch_root(self._place.file)
        changed = {
            file: (before, self._now[file])
            for file, before in self._before.items()
            if self._now[file] != before
        }
        for file in changed:
            if not file.is_relative_to(root):
                raise TaskError(f"{file}: is outside {root}")
        return Improvement(
            before=improved_figures(self.base.runs[0]),
            applied=tuple(self._applied),
            rejected=tuple(self._rejected),
            tests=self._tests,
            patch=unified_diff(
                {
                    file.relative_to(root).as_posix(): texts
                    for file, texts in changed.items()
                }
            ),
            patch_folder=str(root) if changed else None,
            why=self.why,
        )
