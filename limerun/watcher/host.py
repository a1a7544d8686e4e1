"""Read how much memory this machine, or this container, still has available."""

import os

_CGROUP_V2 = ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file ")
_CGROUP_V1 = (
    "/sys/fs/cgroup/memory",
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    "total_inactive_file ",
)
_UNLIMITED = 1 << 60
_HUGE_PAGE_COUNTS = (b"\nthp_fault_alloc ", b"\nthp_collapse_alloc ")


_CONTAINERS = [
    paths for paths in (_CGROUP_V2, _CGROUP_V1) if os.path.exists("/".join(paths[:2]))
]


def available_bytes() -> int | None:
    """Return the available memory of the machine or the container, whichever is less.

    The container's page cache counts as available, since the kernel reclaims it first.
    None if the system does not report it.
    """
    left = [
        amount
        for amount in (
            _machine(),
            *(container_bytes(*paths) for paths in _CONTAINERS),
        )
        if amount is not None
    ]
    return min(left, default=None)


def huge_page_bytes() -> int:
    """Return the bytes allocated in huge pages by page faults since the system started.

    One fault allocates a whole huge page, so faults alone do not bound memory.
    """
    try:  # read at once: the kernel takes 40 us to produce this file
        with open("/proc/vmstat", "rb") as file:
            text = file.read()
    except OSError:
        return 0
    found = (text.partition(name)[2].partition(b"\n")[0] for name in _HUGE_PAGE_COUNTS)
    return _HUGE_PAGE_BYTES * sum(int(number or 0) for number in found)


def oom_kills() -> int:
    """Return how many processes the kernel has killed so far for lack of memory."""
    return _number_after("/proc/vmstat", "oom_kill ") or 0


def _machine() -> int | None:
    kilobytes = _number_after("/proc/meminfo", "MemAvailable:")
    return None if kilobytes is None else kilobytes * 1024


def container_bytes(
    folder: str, limit_name: str, usage_name: str, cache: str
) -> int | None:
    """Return the memory that a control group has left; None if it has no limit."""
    try:
        with open(os.path.join(folder, limit_name)) as file:
            limit = int(file.read())
        with open(os.path.join(folder, usage_name)) as file:
            usage = int(file.read())
    except (OSError, ValueError):  # the file is missing, or contains "max"
        return None
    if limit > _UNLIMITED:
        return None
    reclaimable = _number_after(os.path.join(folder, "memory.stat"), cache) or 0
    return limit - usage + reclaimable


def _huge_page_bytes() -> int:
    try:
        with open("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size") as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def _number_after(path: str, name: str) -> int | None:
    try:
        with open(path) as file:
            for line in file:
                if line.startswith(name):
                    return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return None


_HUGE_PAGE_BYTES = _huge_page_bytes()


_STEAL = 8
"""Field "steal" in the first line of proc_stat(5): time in which the host ran something
else."""


def steal_seconds() -> float | None:
    """Return the time that the host took from all processors of this machine.

    It is the sum since the machine started; None if the system does not report it.
    """
    try:
        with open("/proc/stat", "rb") as file:
            fields = file.readline().split()
    except OSError:
        return None
    if len(fields) <= _STEAL:
        return None
    return int(fields[_STEAL]) / os.sysconf("SC_CLK_TCK")


def cpus_of(pid: int) -> int:
    """Return how many processors a process may use."""
    try:
        return len(os.sched_getaffinity(pid))
    except (AttributeError, OSError):
        return os.cpu_count() or 1
