"""Return the runs of a saved record instead of new ones."""

from limerun.errors import RecordError
from limerun.records import Performance, Plan, Record

_MUST_MATCH = ("task", "parameters", "dataset", "sources", "database", "environment")
"""Config keys that must be equal in the record and the plan; budgets may differ."""


def replay(record: Record, plan: Plan) -> Performance:
    """Return a record's runs, to be judged and reported again.

    Raises:
        RecordError: The record's runs used a config that differs from the plan.
    """
    saved = record.config.values
    for key in sorted({*saved, *plan.decided}):
        if key.partition(".")[0] not in _MUST_MATCH:
            continue
        if saved.get(key) != plan.decided.get(key):
            raise RecordError(
                f"--replay: the record does not match the config: its {key} is "
                f"{saved.get(key)!r}, the config's is {plan.decided.get(key)!r}"
            )
    return Performance(
        task=record.task,
        python=record.machine.python,
        dataset=record.dataset,
        runs=record.runs,
    )
