"""How much memory this machine, or this container, can still give."""

import os

_CGROUP_V2 = ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file ")
_CGROUP_V1 = (
    "/sys/fs/cgroup/memory",
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    "total_inactive_file ",
)
_UNLIMITED = 1 << 60


_CONTAINERS = [
    paths for paths in (_CGROUP_V2, _CGROUP_V1) if os.path.exists("/".join(paths[:2]))
]


def available_bytes() -> int | None:
    """Return the least of what the machine and its container have left.

    The container's page cache counts as available, since the kernel gives it up
    first. None where the system does not say.
    """
    left = [
        amount
        for amount in (
            _machine(),
            *(_container(*paths) for paths in _CONTAINERS),
        )
        if amount is not None
    ]
    return min(left, default=None)


def oom_kills() -> int:
    """Return how many processes the kernel has killed for memory since its start."""
    return _number_after("/proc/vmstat", "oom_kill ") or 0


def _machine() -> int | None:
    kilobytes = _number_after("/proc/meminfo", "MemAvailable:")
    return None if kilobytes is None else kilobytes * 1024


def _container(folder: str, limit_name: str, usage_name: str, cache: str) -> int | None:
    try:
        with open(os.path.join(folder, limit_name)) as file:
            limit = int(file.read())
        with open(os.path.join(folder, usage_name)) as file:
            usage = int(file.read())
    except (OSError, ValueError):  # absent, or "max"
        return None
    if limit > _UNLIMITED:
        return None
    reclaimable = _number_after(os.path.join(folder, "memory.stat"), cache) or 0
    return limit - usage + reclaimable


def _number_after(path: str, name: str) -> int | None:
    try:
        with open(path) as file:
            for line in file:
                if line.startswith(name):
                    return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return None
