"""Stand in for the runs of a task with those of a saved record."""

from limerun.errors import RecordError
from limerun.records import Performance, Plan, Record

_DECIDES = ("task", "parameters", "dataset", "sources", "database", "environment")
"""What must be the same for a record's runs to be this plan's; budgets may differ."""


def replay(record: Record, plan: Plan) -> Performance:
    """Return what a record's runs were, to be judged and reported anew.

    Raises:
        RecordError: They are runs of something else than the plan's.
    """
    saved = record.config.values
    for key in sorted({*saved, *plan.decided}):
        if key.partition(".")[0] not in _DECIDES:
            continue
        if saved.get(key) != plan.decided.get(key):
            raise RecordError(
                f"the record is of another run: its {key} is {saved.get(key)!r}, "
                f"the config's is {plan.decided.get(key)!r}"
            )
    return Performance(
        task=record.task,
        python=record.machine.python,
        dataset=record.dataset,
        runs=record.runs,
    )
