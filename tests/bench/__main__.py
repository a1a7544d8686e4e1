"""Print every figure beside its target: `make bench`, or the groups named.

Groups: accuracy, steadiness, slowdown, overshoot, contention, start-up, stand-in, recorder,
others, datasets, exports, proof, anonymize,
growth, estimate, profile, fuzzing.
"""

import sys

from tests.bench import (
    anonymizing,
    contention,
    datasets,
    estimating,
    exports,
    fuzzing,
    growth,
    measuring,
    others,
    profiling,
    recorder,
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
    "others": others.beside_limerun,
    "datasets": datasets.datasets,
    "exports": exports.read_exports,
    "proof": exports.prove_copy,
    "anonymize": anonymizing.anonymize_export,
    "growth": growth.growth,
    "estimate": estimating.estimate,
    "profile": profiling.profiling,
    "fuzzing": fuzzing.fuzzing,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or GROUPS:
        GROUPS[name]()
