"""The guide's rules: id, title, the guide's section and its advice, in one table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of "Best practices when creating tasks", in limerun's words."""

    id: str
    title: str
    section: str
    advice: str


_ESTIMATE = "1. Estimate the task duration"
_MEMORY = "2. Estimate expected memory usage"
_CHUNKING = "2. Data chunking"
_OBJECTS = "2. Reduce memory usage when working with Lime objects"
_BOTTLENECKS = "3. Identify the bottlenecks"
_QUERIES = "3. Trim down those database queries!"
_LOGS = "4. Write good log messages"
_DOCS = "5. Write good documentation for the task"

RULES: tuple[Rule, ...] = (
    Rule(
        id="duration.size",
        title="The dataset is at least production's size",
        section=_ESTIMATE,
        advice="Capacity-test with at least as many rows as production holds.",
    ),
    Rule(
        id="duration.budget",
        title="Duration within budget",
        section=_ESTIMATE,
        advice="Find the slowest part with `limerun profile` and start there.",
    ),
    Rule(
        id="duration.growth",
        title="Duration grows no faster than the rows",
        section=_ESTIMATE,
        advice="Look for a search or a query inside the loop over the rows.",
    ),
    Rule(
        id="memory.task",
        title="Task memory within budget",
        section=_MEMORY,
        advice=(
            "Read the data through a generator, work on it in batches with "
            "itertools.islice, and keep only what the next batch needs."
        ),
    ),
    Rule(
        id="memory.handler",
        title="Handler's total within budget",
        section=_MEMORY,
        advice=(
            "The idle task handler takes its share already: what the task adds "
            "to it must stay within the rest."
        ),
    ),
    Rule(
        id="memory.growth",
        title="Memory does not grow with the rows",
        section=_CHUNKING,
        advice="Stream the rows: a generator, and batches with itertools.islice.",
    ),
    Rule(
        id="memory.objects",
        title="No large collections of Lime objects",
        section=_OBJECTS,
        advice=(
            "Do not keep Lime objects in a list: 100,000 of them take over "
            "100 MB. Keep their ids, and let each object go after its batch."
        ),
    ),
    Rule(
        id="memory.batches",
        title="Commits in batches of about 50 objects",
        section=_OBJECTS,
        advice="Commit the unit of work, and open a new one, every 50 objects.",
    ),
    Rule(
        id="speed.segments",
        title="Where the time goes",
        section=_BOTTLENECKS,
        advice="Start with the segment that takes the longest.",
    ),
    Rule(
        id="speed.queries",
        title="Queries do not grow with the rows",
        section=_QUERIES,
        advice=(
            "Fetch the existing keys once, before the loop, into a set, and "
            "look there instead of asking the database for each row."
        ),
    ),
    Rule(
        id="speed.duplicates",
        title="No statement is sent twice with the same parameters",
        section=_QUERIES,
        advice="Keep the answer of the first time in a dict or a set.",
    ),
    Rule(
        id="log.flow",
        title="The flow is logged",
        section=_LOGS,
        advice="Log what the task is about to do, and at its end what it did.",
    ),
    Rule(
        id="log.parameters",
        title="The inputs are logged",
        section=_LOGS,
        advice="Log the task's parameters at its start, but no personal data.",
    ),
    Rule(
        id="log.exceptions",
        title="Exception details are logged",
        section=_LOGS,
        advice="Use logger.exception in the handler, with the row's id.",
    ),
    Rule(
        id="log.sensitive",
        title="No sensitive value reaches the log",
        section=_LOGS,
        advice="Never log credentials, keys or personal data: log an id instead.",
    ),
    Rule(
        id="docs.docstring",
        title="The task has a docstring",
        section=_DOCS,
        advice="Say in a docstring what the task does, and how.",
    ),
    Rule(
        id="docs.types",
        title="The task has type annotations",
        section=_DOCS,
        advice="Annotate the task's parameters and what it returns.",
    ),
)

RULES_BY_ID = {rule.id: rule for rule in RULES}
