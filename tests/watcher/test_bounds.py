"""Bounds of the memory of several processes, from readings of each."""

from hypothesis import given
from hypothesis import strategies as st

from limerun.watcher.bounds import Bounds, Member
from limerun.watcher.procfs import Account

MB = 1_000_000
PAGE = 4096
WORKER, PROGRAM, OTHER = b"1", b"2", b"3"


def an_account(
    *, stack: bytes = PROGRAM, faults: int = 0, waited: int = 0, state: bytes = b"S"
) -> Account:
    """Return an account as read from `/proc/PID/stat`."""
    fields = [b"0"] * 50
    fields[0], fields[7], fields[8], fields[25] = (
        state,
        str(faults).encode(),
        str(waited).encode(),
        stack,
    )
    return Account(b"1 (a) b) " + b" ".join(fields))


def a_member(
    size: int, *, stack: bytes = PROGRAM, faults: int = 0, base: int | None = None
) -> Member:
    """Return a process that was read twice at this size, in MB."""
    member = Member()
    member.base_bytes = None if base is None else base * MB
    for _ in range(2):
        member.take(an_account(stack=stack, faults=faults), WORKER)
        member.rss_bytes = member.mark_bytes = size * MB
    return member


def bounds_of(worker: int, *members: Member, unread: int = 0) -> Bounds:
    """Return the bounds after one sample, the idle worker being 50 MB."""
    bounds = Bounds(50 * MB, PAGE)
    bounds.sample(worker * MB, members, unread_bytes=unread * MB)
    return bounds


def test_without_other_processes_only_the_memory_of_the_worker_counts() -> None:
    bounds = bounds_of(70)
    assert (bounds.started, bounds.low_bytes, bounds.others_high_bytes) == (
        *(False, 20 * MB),
        0,
    )


def test_the_memory_of_programs_running_at_the_same_time_is_added() -> None:
    bounds = bounds_of(60, a_member(30), a_member(20, stack=OTHER))
    assert bounds.started
    assert (bounds.low_bytes, bounds.others_high_bytes) == (60 * MB, 50 * MB)
    assert bounds.largest_bytes == 30 * MB


def test_forks_of_the_same_program_may_share_their_pages() -> None:
    bounds = bounds_of(50, a_member(30), a_member(20))
    assert (bounds.low_bytes, bounds.others_high_bytes) == (30 * MB, 50 * MB)


def test_a_fork_of_the_worker_adds_at_most_the_pages_that_it_wrote() -> None:
    fork = a_member(195, stack=WORKER, faults=500)
    bounds = bounds_of(200, fork)
    assert bounds.low_bytes == 150 * MB
    assert bounds.others_high_bytes == 500 * PAGE
    assert bounds.largest_bytes == 195 * MB


def test_pages_that_the_worker_writes_while_a_fork_lives_may_exist_twice() -> None:
    fork = a_member(195, stack=WORKER, faults=500)
    bounds = Bounds(50 * MB, PAGE)
    bounds.sample(200 * MB, [fork], written_bytes=8 * MB)
    assert bounds.others_high_bytes == 8 * MB + 500 * PAGE
    bounds.sample(200 * MB, [fork], written_bytes=800 * MB)
    assert bounds.others_high_bytes == fork.mark_bytes


def test_between_vfork_and_exec_a_child_does_not_count_as_large() -> None:
    bounds = bounds_of(200, a_member(200, stack=WORKER))
    assert (bounds.largest_bytes, bounds.low_bytes) == (0, 150 * MB)
    assert bounds.others_high_bytes == 0


def test_a_fork_has_separate_memory_from_its_second_reading_on() -> None:
    fork = Member()
    fork.take(an_account(stack=WORKER), WORKER)
    fork.rss_bytes = 120 * MB
    assert not fork.is_apart(200 * MB)
    fork.take(an_account(stack=WORKER), WORKER)
    assert fork.is_apart(200 * MB)
    assert not fork.is_apart(120 * MB)


def test_the_peak_of_a_process_starts_again_after_exec() -> None:
    member = a_member(200, stack=WORKER)
    assert member.is_fork
    member.take(an_account(stack=PROGRAM), WORKER)
    assert (member.is_fork, member.mark_bytes) == (False, 0)


def test_only_growth_counts_for_a_process_started_during_import() -> None:
    bounds = bounds_of(50, a_member(80, base=80), a_member(100, base=70))
    assert not bounds.started
    assert (bounds.low_bytes, bounds.others_high_bytes) == (30 * MB, 30 * MB)


def test_page_faults_of_known_processes_are_not_counted_again_as_unread() -> None:
    bounds = Bounds(0, PAGE)
    assert bounds.unread_faults(1000, [a_member(1, faults=900)]) == 100
    assert bounds.unread_faults(50, []) == 50
    assert bounds.started


def test_a_process_may_disappear_before_its_page_faults_are_reported() -> None:
    bounds = Bounds(0, PAGE)
    assert bounds.unread_faults(0, [a_member(1, faults=900)]) == 0
    assert bounds.unread_faults(1000, []) == 100


def test_the_page_faults_of_a_zombie_are_counted_once() -> None:
    bounds, member = Bounds(0, PAGE), a_member(1, faults=900)
    appeared = member.take(an_account(faults=1000, state=b"Z"), WORKER)
    assert bounds.unread_faults(appeared, []) == 100
    assert member.take(an_account(faults=1000, state=b"Z"), WORKER) == 0
    assert bounds.unread_faults(1000, [member]) == 0


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 500), st.booleans()), max_size=4),
        max_size=6,
    )
)
def test_for_consecutive_programs_the_largest_simultaneous_sum_counts(
    samples: list[list[tuple[int, bool]]],
) -> None:
    """The true value of each sample is always within the bounds."""
    bounds = Bounds(50 * MB, PAGE)
    at_once = 0
    for sample in samples:
        members = []
        for number, (size, was_there) in enumerate(sample):
            stack = f"{number}0".encode()
            members.append(a_member(size, stack=stack, base=None if was_there else 0))
        bounds.sample(50 * MB, members)
        at_once = max(at_once, sum(size for size, _ in sample) * MB)
    assert bounds.low_bytes == at_once == bounds.others_high_bytes
