"""A measurement replaces the suspicion that it confirms or refutes."""

from dataclasses import replace

from limerun.judge.static_findings import with_static
from limerun.records import Finding, Level, Location, Run
from tests.builders import a_finding, a_run

UNMEASURED = replace(a_run(), lime_objects=None, transactions=None, queries=None)


def at(rule: str, line: int, level: Level = "warning") -> Finding:
    return replace(a_finding(rule, level), location=Location(file="a.py", line=line))


def rules(static: list[Finding], runs: list[Run], *measured: Finding) -> list[str]:
    return [each.rule for each in with_static(measured, static, runs)]


def test_a_static_finding_stays_if_nothing_was_measured() -> None:
    static = [at("speed.queries", 3), at("memory.batches", 4)]
    assert rules(static, [UNMEASURED]) == ["speed.queries", "memory.batches"]
    killed = replace(a_run(), ending="killed")
    assert rules(static, [killed]) == ["speed.queries", "memory.batches"]
    assert rules(static, []) == ["speed.queries", "memory.batches"]


def test_a_figure_replaces_the_static_findings_of_its_rule() -> None:
    run = a_run()
    assert run.queries is not None
    static = [at("speed.queries", 3), at("log.sensitive", 4)]
    assert rules(static, [run]) == ["log.sensitive"]
    assert rules(static, [run, UNMEASURED]) == ["speed.queries", "log.sensitive"]
    confirmed = at("speed.queries", 9)
    assert rules(static, [run], confirmed) == ["speed.queries", "log.sensitive"]


def test_a_finding_of_a_killed_run_replaces_the_static_finding_at_the_call() -> None:
    killed = replace(a_run(), ending="killed")
    static = [at("speed.queries", 3), at("memory.batches", 4)]
    inside = at("speed.queries", 9)
    assert rules(static, [killed], inside) == ["speed.queries", "memory.batches"]


def test_a_fault_is_reported_once_at_its_line() -> None:
    slow = at("speed.segments", 7)
    assert rules([at("speed.lookups", 7)], [UNMEASURED], slow) == ["speed.segments"]


def test_notes_and_documentation_are_left_to_lint() -> None:
    static = [at("docs.types", 1), at("log.flow", 1), at("log.exceptions", 2, "note")]
    assert rules([*static, a_finding("log.sensitive")], [UNMEASURED]) == [
        "log.sensitive"
    ]


def test_a_generator_that_is_used_twice_explains_a_missing_effect() -> None:
    twice = at("chunking.iterators", 5)
    missing, other = a_finding("effect.none", "warning"), a_finding("memory.task")
    explained, same = with_static([missing, other], [twice], [a_run()])
    assert (explained.rule, explained.location) == ("effect.none", twice.location)
    assert explained.detail == "200 % of it too much: 200 % of it"
    assert same == other
    assert with_static([missing], [], [a_run()]) == (missing,)


def test_a_count_replaces_the_suspicion_at_its_handler_only() -> None:
    static = [at("log.exceptions", 4), at("log.exceptions", 9)]
    both = with_static([at("log.exceptions", 4, "note")], static, [a_run()])
    lines = [(each.location.line, each.level) for each in both if each.location]
    assert lines == [(4, "note"), (9, "warning")]


def test_what_an_output_revealed_is_shown_at_the_line_that_may_write_it() -> None:
    written = replace(at("log.sensitive", 4), title="Personal data may reach stdout")
    logged = replace(at("log.sensitive", 9), title="Personal data may reach the log")
    found = replace(
        a_finding("log.sensitive", "warning"),
        title="Personal values are in stdout: person.email",
        location=None,
    )
    secret = replace(found, level="error", title="A secret is in stdout")
    both = with_static([found, secret], [logged, written], [a_run()])
    lines = [each.location.line if each.location else None for each in both]
    assert lines == [4, None, 9]
