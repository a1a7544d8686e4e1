"""Stand in for the runs of a task with those of a saved record."""

from limerun.records import Performance, Record


def replay(record: Record) -> Performance:
    """Return what a record's runs were, to be judged and reported anew."""
    return Performance(task=record.task, dataset=record.dataset, runs=record.runs)
