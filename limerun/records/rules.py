"""The guide's rules: id, title, the guide's section and its advice, in one table.

A rule is added here in the same change as the code that checks it.
"""

from limerun.frozen import frozen
from limerun.records import Finding, Level, Location, Task


@frozen
class GuideRule:
    """One rule of "Best practices when creating tasks", in limerun's words."""

    id: str
    title: str
    section: str
    advice: str
    level: Level = "warning"
    """The default level; a finding may have a lower one."""


_ESTIMATE = "1. Estimate the task duration"
_MEMORY = "2. Estimate expected memory usage"
_CHUNKING = "2. Data chunking"
_OBJECTS = "2. Reduce memory usage when working with Lime objects"
_BOTTLENECKS = "3. Identify the bottlenecks"
_QUERIES = "3. Trim down those database queries!"
_LOG_FLOW = "4. Use logs to track the execution flow"
_LOG_INPUT = "4. Log input parameters"
_LOG_EXCEPTIONS = "4. Log exception details"
_DOCUMENTATION = "5. Write good documentation for the task"

_RULES = (
    GuideRule(
        id="duration.size",
        title="The dataset is at least as large as production's",
        section=_ESTIMATE,
        advice="Run the capacity test with at least as many rows as production has.",
    ),
    GuideRule(
        id="duration.budget",
        title="Duration within budget",
        section=_ESTIMATE,
        advice="Start with the slowest part.",
        level="error",
    ),
    GuideRule(
        id="duration.growth",
        title="Duration grows no faster than the rows",
        section=_ESTIMATE,
        advice="Look for a search or a query inside the loop over the rows.",
    ),
    GuideRule(
        id="limits.task",
        title="The time limits of the task and its handler are met",
        section=_ESTIMATE,
        advice=(
            "Let the task do less work at a time, raise its limit, or make it save its "
            "state when SoftTimeLimitExceeded is raised."
        ),
        level="error",
    ),
    GuideRule(
        id="memory.task",
        title="Task memory within budget",
        section=_MEMORY,
        advice=(
            "Read the data through a generator, work on it in batches with "
            "itertools.islice, and keep only what the next batch needs."
        ),
        level="error",
    ),
    GuideRule(
        id="memory.handler",
        title="Handler's total within budget",
        section=_MEMORY,
        advice=(
            "The idle task handler already uses memory: what the task adds must fit "
            "into the rest."
        ),
        level="error",
    ),
    GuideRule(
        id="memory.growth",
        title="Memory does not grow with the rows",
        section=_CHUNKING,
        advice="Stream the rows: a generator, and batches with itertools.islice.",
    ),
    GuideRule(
        id="memory.objects",
        title="No large collections of Lime objects",
        section=_OBJECTS,
        advice=(
            "Do not keep Lime objects in a list: 100,000 of them need over "
            "100 MB. Keep their ids, and release each object after its batch."
        ),
    ),
    GuideRule(
        id="memory.batches",
        title="Commits in batches of about 50 objects",
        section=_OBJECTS,
        advice="Commit the unit of work, and open a new one, every 50 objects.",
    ),
    GuideRule(
        id="chunking.iterators",
        title="Generators are used once, and lists only where needed",
        section=_CHUNKING,
        advice=(
            "Iterate over a generator in one loop, and read batches with "
            "`while batch := list(itertools.islice(rows, 50))`."
        ),
    ),
    GuideRule(
        id="speed.segments",
        title="Where the time goes",
        section=_BOTTLENECKS,
        advice="Start with the segment that takes the longest.",
        level="note",
    ),
    GuideRule(
        id="speed.queries",
        title="Queries do not grow with the rows",
        section=_QUERIES,
        advice=(
            "Before the loop that repeats the query, fetch everything that its rows "
            "need once, page by page: into a set of keys if only existence matters, "
            "otherwise into a dict."
        ),
    ),
    GuideRule(
        id="speed.duplicates",
        title="No statement is sent twice with the same parameters",
        section=_QUERIES,
        advice="Keep the first result in a dict that is created before the loop.",
    ),
    GuideRule(
        id="speed.lookups",
        title="No list is searched inside the loop over the rows",
        section=_QUERIES,
        advice="Make a set, or a dict, of the list before the loop.",
    ),
    GuideRule(
        id="log.flow",
        title="Start, steps and end are logged",
        section=_LOG_FLOW,
        advice=(
            "Log a line when the task starts, before each long step, and at the end "
            "with what was done."
        ),
    ),
    GuideRule(
        id="log.parameters",
        title="The inputs are logged",
        section=_LOG_INPUT,
        advice="Log the parameters at the start of the task, except secrets.",
        level="note",
    ),
    GuideRule(
        id="log.exceptions",
        title="Caught exceptions are logged with details",
        section=_LOG_EXCEPTIONS,
        advice=(
            "Log the exception with logger.exception() and the id of the row, or let "
            "it end the task."
        ),
    ),
    GuideRule(
        id="log.volume",
        title="No line per row at level INFO or above",
        section=_LOG_FLOW,
        advice="Log each row at level DEBUG, and a count per batch at level INFO.",
        level="note",
    ),
    GuideRule(
        id="log.sensitive",
        title="No credential and no personal value reaches the log",
        section=_LOG_INPUT,
        advice=(
            "Log the id of the object instead of its values, and never a password, a "
            "token or a key, not even in an exception or a URL."
        ),
        level="error",
    ),
    GuideRule(
        id="docs.docstring",
        title="The task has a docstring",
        section=_DOCUMENTATION,
        advice=(
            "Say what the task does, where the data comes from and goes to, and what "
            "to watch out for."
        ),
    ),
    GuideRule(
        id="docs.types",
        title="The task has type annotations",
        section=_DOCUMENTATION,
        advice="Annotate each parameter and the result with a precise type.",
    ),
    GuideRule(
        id="resilience.rerun",
        title="Running it twice leaves the same state as once",
        section=_QUERIES,
        advice=(
            "Look up what exists before you create it: fetch the keys once into a set, "
            "and create only what is not in it. Set values instead of adding to them."
        ),
        level="error",
    ),
    GuideRule(
        id="resilience.kill",
        title="After a kill at any point, a second run completes the work",
        section=_OBJECTS,
        advice=(
            "Commit in batches of about 50 objects. If the task stores how far it is, "
            "commit that together with the rows, in the same unit of work."
        ),
        level="error",
    ),
    GuideRule(
        id="resilience.errors",
        title="One bad row or failed call does no more harm, and is reported",
        section=_LOG_EXCEPTIONS,
        advice=(
            "Check each row by itself, log a bad one with its id, and go on. Try a "
            "failed call again, each time after a longer wait, and then let the error "
            "end the task."
        ),
    ),
    GuideRule(
        id="effect.running",
        title="No thread or process still runs when the task returns",
        section=_ESTIMATE,
        advice=(
            "Wait for them in the task: thread.join(), executor.shutdown(), "
            "process.wait(). The handler takes its next task while they run, and "
            "their errors are lost."
        ),
    ),
    GuideRule(
        id="effect.none",
        title="A task that reads its input has an effect",
        section=_CHUNKING,
        advice=(
            "Iterate over a generator only once: a second loop over it does nothing. "
            "Also look for an exception that is caught and ignored."
        ),
    ),
)

RULES_BY_ID = {rule.id: rule for rule in _RULES}


def make_finding(
    rule_id: str,
    level: Level,
    title: str,
    detail: str,
    location: Location | None,
) -> Finding:
    """Return a finding, with the advice and the section of its rule."""
    rule = RULES_BY_ID[rule_id]
    return Finding(
        rule=rule_id,
        level=level,
        title=title,
        detail=detail,
        advice=rule.advice,
        location=location,
        guide=rule.section,
    )


def place_of(task: Task) -> Location | None:
    """Return where a task is defined; None if unknown."""
    if task.file is None or task.line is None:
        return None
    return Location(file=task.file, line=task.line)
