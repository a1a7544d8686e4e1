"""All fixes: what each changes, and the findings that call for it. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code
from limerun.improve.commit_batches import commit_batches
from limerun.improve.kept_objects import keep_less
from limerun.improve.membership import search_a_set
from limerun.improve.prefetch import prefetch
from limerun.improve.repeated_query import query_once
from limerun.improve.row_logs import log_batches
from limerun.improve.streaming import stream

Search = Callable[[Code, Facts], Iterator[Change | Declined]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One kind of change."""

    name: str
    title: str
    """What it does, in a few words."""
    search: Search
    """Yields a change for each place in a module that needs it."""
    rules: frozenset[str]
    """The rules whose findings it may mend."""
    changes_commits: bool = False
    """Whether other rows may be committed before an error."""


_MEMORY = frozenset({"memory.task", "memory.handler", "memory.objects"})

FIXES = (
    Fix(
        name="once",
        title="send a query once, before the loop",
        search=query_once,
        rules=frozenset({"speed.queries", "speed.duplicates"}),
    ),
    Fix(
        name="prefetch",
        title="query once for each batch of rows",
        search=prefetch,
        rules=frozenset({"speed.queries", "speed.duplicates"}),
    ),
    Fix(
        name="set",
        title="search a set instead of a list",
        search=search_a_set,
        rules=frozenset({"speed.lookups"}),
    ),
    Fix(
        name="keep",
        title="keep a count or ids instead of objects",
        search=keep_less,
        rules=_MEMORY,
    ),
    Fix(
        name="stream",
        title="read rows one by one instead of into a list",
        search=stream,
        rules=_MEMORY | {"chunking.iterators"},
    ),
    Fix(
        name="commit",
        title="commit in batches of 50",
        search=commit_batches,
        rules=frozenset({"memory.batches"}),
        changes_commits=True,
    ),
    Fix(
        name="log",
        title="log once for each batch of rows",
        search=log_batches,
        rules=frozenset({"log.volume"}),
    ),
)
"""In the order in which they are tried: a commit in between changes what a later query
finds, so queries come first. They also take the most time."""
