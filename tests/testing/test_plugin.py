"""Capacity tests within pytest: each in a measured worker, with a reason if red."""

import textwrap

import pytest

from tests.cli.conftest import BEHAVIOURS, ROOT

pytest_plugins = "pytester"
pytestmark = pytest.mark.slow
EXAMPLE = ROOT / "configs" / "import-contracts.yaml"
NAIVE = ROOT / "configs" / "import-contracts-naive.yaml"
SMALL = 'rows={"company": 40, "contract": 200}, sources={"contracts": 240}'


@pytest.fixture(autouse=True)
def own_cache(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMERUN_CACHE", str(pytester.path / "cache"))


def outcome(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    source = textwrap.dedent(tests)
    pytester.makepyfile(f"import pytest\n\nTASKS = {str(BEHAVIOURS)!r}\n\n{source}")
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_the_marker_is_known(pytester: pytest.Pytester) -> None:
    said = pytester.runpytest_subprocess("--markers")
    said.stdout.fnmatch_lines(["@pytest.mark.capacity(task, *, config, memory*"])


def test_a_task_within_its_budgets_passes(pytester: pytest.Pytester) -> None:
    said = outcome(
        pytester,
        f"""
        @pytest.mark.capacity(config={str(EXAMPLE)!r}, memory="100 MB", {SMALL})
        def test_the_import_fits():
            pass
        """,
        "--strict-markers",
    )
    said.assert_outcomes(passed=1)


def test_a_task_over_a_budget_fails_with_the_whole_report(
    pytester: pytest.Pytester,
) -> None:
    said = outcome(
        pytester,
        f"""
        @pytest.mark.capacity(config={str(NAIVE)!r}, {SMALL})
        def test_the_import_fits():
            raise NotImplementedError("a task that failed is not followed by its test")
        """,
    )
    said.assert_outcomes(failed=1)
    said.stdout.fnmatch_lines(["*FAILED*queries a row*", "*One query for each row*"])
    said.stdout.fnmatch_lines(
        ["*_ test_the_import_fits _*", "FAILED   import_contracts*"], consecutive=True
    )
    said.stdout.no_fnmatch_line("*NotImplementedError*")


def test_the_fixture_returns_figures_that_explain_themselves(
    pytester: pytest.Pytester,
) -> None:
    said = outcome(
        pytester,
        """
        def test_small(capacity_test):
            outcome = capacity_test(
                f"{TASKS}:spikes_inside_one_call", parameters={"size_mb": 30}
            )
            assert outcome.passed
            assert 29e6 < outcome.memory_bytes < 40e6
            assert outcome.queries is None

        def test_large(capacity_test):
            outcome = capacity_test(
                f"{TASKS}:spikes_inside_one_call",
                parameters={"size_mb": 60},
                memory="50 MB",
            )
            assert outcome.passed
        """,
    )
    said.assert_outcomes(passed=1, failed=1)
    said.stdout.fnmatch_lines(
        ["*where False = <FAILED: task memory is * the budget is 50.0 MB*>.passed"]
    )


def test_a_function_may_be_given_as_it_is(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(tasks="def sync():\n    return 1\n")
    said = outcome(
        pytester,
        """
        from tasks import sync

        def test_a_function(capacity_test):
            assert capacity_test(sync).passed

        def test_a_function_within_a_test(capacity_test):
            def local():
                pass

            capacity_test(local)
        """,
    )
    said.assert_outcomes(passed=1, failed=1)
    said.stdout.fnmatch_lines(["*define it in a module*"])


def test_what_cannot_be_asked_so_fails_with_the_reason(
    pytester: pytest.Pytester,
) -> None:
    said = outcome(
        pytester,
        """
        @pytest.mark.capacity(config="nowhere.yaml")
        def test_nowhere():
            pass

        @pytest.mark.capacity(f"{TASKS}:returns", memmory="1 MB")
        def test_misspelt():
            pass

        @pytest.mark.capacity
        def test_nothing():
            pass
        """,
    )
    said.assert_outcomes(failed=3)
    said.stdout.fnmatch_lines(
        ["*nowhere.yaml: there is no such config*", "*memmory*", "*name a task*"]
    )
    said.stdout.no_fnmatch_line("*another exception*")
    said.stdout.no_fnmatch_line("*__call__*")


def test_a_smaller_limetype_makes_its_sources_smaller(
    pytester: pytest.Pytester,
) -> None:
    said = outcome(
        pytester,
        f"""
        EXAMPLE = {str(EXAMPLE)!r}

        @pytest.mark.capacity(config=EXAMPLE, memory="200 MB", rows={{"contract": 500}})
        def test_with_a_mark():
            pass

        def test_with_the_fixture(capacity_test):
            outcome = capacity_test(config=EXAMPLE, rows={{"contract": "1k"}})
            assert outcome.record.dataset.rows["contract"] == 1_000
            assert outcome.rows == 1_200

        def test_a_source_that_is_named(capacity_test):
            small = {{"contract": 1_000}}
            outcome = capacity_test(config=EXAMPLE, rows=small, sources={{"contracts": 9}})
            assert outcome.rows == 9

        def test_a_larger_limetype(capacity_test):
            small = dict(rows={{"company": 30_000}}, sources={{"contracts": 9}})
            assert capacity_test(config=EXAMPLE, **small).rows == 9
        """,
    )
    said.assert_outcomes(passed=4)


def test_the_reason_is_told_without_the_way_through_limerun(
    pytester: pytest.Pytester,
) -> None:
    said = outcome(
        pytester,
        f"""
        def test_too_few(capacity_test):
            small = {{"contract": 500}}
            capacity_test(
                config={str(EXAMPLE)!r}, rows=small, sources={{"contracts": 9_000}}
            )
        """,
    )
    said.assert_outcomes(failed=1)
    said.stdout.fnmatch_lines(["E *DatasetError: *but contract has 500 rows*"])
    said.stdout.no_fnmatch_line("*another exception*")
    said.stdout.no_fnmatch_line("*schema.py*")


def test_tests_of_several_processes_measure_one_after_the_other(
    pytester: pytest.Pytester,
) -> None:
    said = outcome(
        pytester,
        """
        import time
        from pathlib import Path

        @pytest.mark.parametrize("number", range(4))
        def test_alone(capacity_test, number):
            outcome = capacity_test(f"{TASKS}:returns")
            assert outcome.passed
            [run] = outcome.record.runs
            assert run.memory.exact
        """,
        "-n",
        "2",
    )
    said.assert_outcomes(passed=4)


def test_it_stands_beside_the_stand_ins_fixtures(pytester: pytest.Pytester) -> None:
    said = outcome(
        pytester,
        """
        def test_both(lime_app, capacity_test):
            assert lime_app is not None
            assert capacity_test(f"{TASKS}:returns").passed
        """,
        "-p",
        "limerun.lime.fixtures",
    )
    said.assert_outcomes(passed=1)


def test_a_run_of_pytest_without_capacity_tests_imports_nothing_heavy(
    pytester: pytest.Pytester,
) -> None:
    said = outcome(
        pytester,
        """
        import sys

        def test_lean():
            heavy = {"numpy", "pyarrow", "pydantic", "sqlalchemy", "rich", "typer"}
            assert not heavy & sys.modules.keys()
        """,
    )
    said.assert_outcomes(passed=1)
