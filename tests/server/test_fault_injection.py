"""Rate limits and failures match the configuration and are reproducible."""

from hypothesis import given
from hypothesis import strategies as st

from limerun.server.fault_injection import Failures, OneFault, RateLimit


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(
    rate=st.floats(0.05, 200),
    steps=st.lists(st.floats(0, 0.3), min_size=1, max_size=300),
)
def test_no_time_window_has_more_requests_than_the_limit(
    rate: float, steps: list[float]
) -> None:
    clock = Clock()
    limit = RateLimit(rate, clock)
    admitted: list[float] = []
    for step in steps:
        clock.now += step
        if not limit.seconds_to_wait():
            admitted.append(clock.now)
    most = max(1, int(rate))
    window = most / rate
    for at, later in zip(admitted, admitted[most:], strict=False):
        assert later - at >= window * (1 - 1e-9)


@given(rate=st.floats(0.05, 200), before=st.integers(0, 400))
def test_a_client_that_waits_as_long_as_requested_is_admitted(
    rate: float, before: int
) -> None:
    clock = Clock()
    limit = RateLimit(rate, clock)
    for _ in range(before):
        limit.seconds_to_wait()
    wait = limit.seconds_to_wait()
    clock.now += wait
    assert wait == 0 or limit.seconds_to_wait() == 0


def test_requests_are_admitted_only_up_to_the_limit() -> None:
    clock = Clock()
    limit = RateLimit(3, clock)
    assert [limit.seconds_to_wait() for _ in range(4)] == [0, 0, 0, 1]
    clock.now = 0.999
    assert limit.seconds_to_wait() == 1
    clock.now = 1.0
    assert [limit.seconds_to_wait() for _ in range(4)] == [0, 0, 0, 1]


def test_a_rate_below_one_per_second_uses_a_longer_window() -> None:
    clock = Clock()
    limit = RateLimit(0.1, clock)
    assert [limit.seconds_to_wait(), limit.seconds_to_wait()] == [0, 10]
    clock.now = 9.5
    assert limit.seconds_to_wait() == 1


def test_failures_have_the_configured_rate_and_both_statuses() -> None:
    failures = Failures(0.1, 42)
    drawn = [failures.next_status() for _ in range(20_000)]
    failed = [status for status in drawn if status is not None]
    assert 1_850 < len(failed) < 2_150
    assert set(failed) == {500, 503}
    again = Failures(0.1, 42)
    assert [again.next_status() for _ in range(20_000)] == drawn
    other = Failures(0.1, 43)
    assert [other.next_status() for _ in range(20_000)] != drawn


def test_without_a_failure_rate_no_request_fails() -> None:
    failures = Failures(0.0, 7)
    assert {failures.next_status() for _ in range(1_000)} == {None}


def test_repeated_retries_succeed_in_the_end() -> None:
    failures = Failures(0.9, 7)
    drawn = [failures.next_status() for _ in range(2_000)]
    assert drawn.count(None) > 100


def test_one_request_has_the_fault() -> None:
    fault = OneFault({"kind": "cut", "number": 3})
    assert [fault.next_kind() for _ in range(5)] == ["", "", "cut", "", ""]
    assert [OneFault(None).next_kind() for _ in range(2)] == ["", ""]
