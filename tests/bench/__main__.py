"""Print every figure beside its target: `make bench`, or the groups named.

Groups: accuracy, steadiness, slowdown, overshoot, contention, start-up, stand-in, recorder,
logs, leaks, others, datasets, exports, proof, anonymize, growth, estimate, database,
flagship, progress, profile, improve, fuzzing, resilience.
"""

import sys

from tests.bench import (
    anonymizing,
    contention,
    database_size,
    datasets,
    estimating,
    exports,
    fuzzing,
    growth,
    improving,
    logging_cost,
    measuring,
    others,
    profiling,
    progress,
    recorder,
    resilience,
    stand_in,
    starting,
)

GROUPS = {
    "accuracy": measuring.accuracy,
    "steadiness": measuring.steadiness,
    "slowdown": measuring.slowdown,
    "overshoot": measuring.overshoot,
    "contention": contention.contention,
    "start-up": starting.start_up,
    "stand-in": stand_in.stand_in,
    "recorder": recorder.recorder,
    "logs": logging_cost.logs,
    "leaks": logging_cost.leaks,
    "others": others.beside_limerun,
    "datasets": datasets.datasets,
    "exports": exports.read_exports,
    "proof": exports.prove_copy,
    "anonymize": anonymizing.anonymize_export,
    "growth": growth.growth,
    "estimate": estimating.estimate,
    "progress": progress.progress,
    "database": database_size.database_size,
    "flagship": database_size.flagship,
    "profile": profiling.profiling,
    "improve": improving.improving,
    "fuzzing": fuzzing.fuzzing,
    "resilience": resilience.resilience,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or GROUPS:
        GROUPS[name]()
