"""Capacity tests in pytest: each in a measured worker, with a reason if it fails."""

import textwrap

import pytest

from tests.cli.conftest import BEHAVIOURS, ROOT
from tests.fork_server import import_limerun

pytest_plugins = "pytester"
pytestmark = pytest.mark.slow
NAIVE = ROOT / "configs" / "import-contracts-naive.yaml"
SMALL = 'rows={"company": 40, "contract": 200}, sources={"contracts": 240}'


@pytest.fixture(autouse=True, scope="module")
def _imported() -> None:
    """Import limerun once: pytest unloads what an inner session has imported."""
    import_limerun()


@pytest.fixture(autouse=True)
def own_cache(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMERUN_CACHE", str(pytester.path / "cache"))


@pytest.fixture
def example(pytester: pytest.Pytester) -> str:
    """The path of a config: the guide's example with a hundredth of its rows."""
    path = ROOT / "configs" / "import-contracts.yaml"
    text = path.read_text("utf-8").replace("0_000", "00").replace("../", f"{ROOT}/")
    text = text.replace("lime-types.yaml", str(path.parent / "lime-types.yaml"))
    smaller = pytester.path / "example.yaml"
    smaller.write_text(text, "utf-8")
    return repr(str(smaller))


def outcome(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    """Run tests in this process, which has already imported all of limerun."""
    write(pytester, tests)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def outcome_of_process(
    pytester: pytest.Pytester, tests: str, *arguments: str
) -> pytest.RunResult:
    write(pytester, tests)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def write(pytester: pytest.Pytester, tests: str) -> None:
    source = textwrap.dedent(tests)
    pytester.makepyfile(f"import pytest\n\nTASKS = {str(BEHAVIOURS)!r}\n\n{source}")


def test_the_mark_is_registered(pytester: pytest.Pytester) -> None:
    said = pytester.runpytest_inprocess("--markers")
    said.stdout.fnmatch_lines(["@pytest.mark.capacity(task, *, config, memory*"])


def test_a_task_within_its_budgets_passes(
    pytester: pytest.Pytester, example: str
) -> None:
    said = outcome(
        pytester,
        f"""
        @pytest.mark.capacity(config={example}, memory="100 MB", {SMALL})
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
    said.stdout.fnmatch_lines(["*FAILED*queries per row*", "*One query for each row*"])
    said.stdout.fnmatch_lines(
        ["*_ test_the_import_fits _*", "FAILED   import_contracts*"], consecutive=True
    )
    said.stdout.no_fnmatch_line("*NotImplementedError*")


def test_the_result_of_the_fixture_explains_a_failure(
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


def test_a_function_can_be_passed_instead_of_its_name(
    pytester: pytest.Pytester,
) -> None:
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
    said.stdout.fnmatch_lines(["*define it at the top level of a module*"])


def test_invalid_arguments_fail_with_the_reason(
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
        ["*nowhere.yaml: this file does not exist*", "*memmory*", "*needs a task*"]
    )
    said.stdout.no_fnmatch_line("*another exception*")
    said.stdout.no_fnmatch_line("*__call__*")


def test_reducing_a_limetype_reduces_its_sources(
    pytester: pytest.Pytester, example: str
) -> None:
    said = outcome(
        pytester,
        f"""
        EXAMPLE = {example}

        @pytest.mark.capacity(config=EXAMPLE, memory="200 MB", rows={{"contract": 50}})
        def test_with_a_mark():
            pass

        def test_with_the_fixture(capacity_test):
            outcome = capacity_test(config=EXAMPLE, rows={{"contract": "0.1k"}})
            assert outcome.record.dataset.rows["contract"] == 100
            assert outcome.rows == 120

        def test_a_source_that_is_named(capacity_test):
            small = {{"contract": 100}}
            outcome = capacity_test(config=EXAMPLE, rows=small, sources={{"contracts": 9}})
            assert outcome.rows == 9

        def test_a_larger_limetype(capacity_test):
            small = dict(rows={{"company": 300}}, sources={{"contracts": 9}})
            assert capacity_test(config=EXAMPLE, **small).rows == 9
        """,
    )
    said.assert_outcomes(passed=4)


def test_the_reason_is_shown_without_frames_of_limerun(
    pytester: pytest.Pytester, example: str
) -> None:
    said = outcome(
        pytester,
        f"""
        def test_too_few(capacity_test):
            small = {{"contract": 50}}
            capacity_test(config={example}, rows=small, sources={{"contracts": 900}})
        """,
    )
    said.assert_outcomes(failed=1)
    said.stdout.fnmatch_lines(["E *DatasetError: *but contract has 50 rows*"])
    said.stdout.no_fnmatch_line("*another exception*")
    said.stdout.no_fnmatch_line("*schema.py*")


def test_tests_in_several_processes_measure_one_after_the_other(
    pytester: pytest.Pytester,
) -> None:
    said = outcome_of_process(
        pytester,
        """
        @pytest.mark.parametrize("number", range(3))
        def test_alone(capacity_test, number):
            outcome = capacity_test(f"{TASKS}:returns")
            assert outcome.passed
            [run] = outcome.record.runs
            assert run.memory.exact
        """,
        "-n",
        "2",
    )
    said.assert_outcomes(passed=3)


def test_the_plugin_works_together_with_the_fixtures_of_the_stand_in(
    pytester: pytest.Pytester,
) -> None:
    said = outcome_of_process(
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


def test_running_pytest_without_capacity_tests_imports_no_heavy_packages(
    pytester: pytest.Pytester,
) -> None:
    said = outcome_of_process(
        pytester,
        """
        import sys

        def test_lean():
            heavy = {"numpy", "pyarrow", "pydantic", "sqlalchemy", "rich", "typer"}
            assert not heavy & sys.modules.keys()
        """,
    )
    said.assert_outcomes(passed=1)


def test_the_mark_runs_on_every_kind_of_test(pytester: pytest.Pytester) -> None:
    said = outcome(
        pytester,
        """
        import unittest

        OVER = pytest.mark.capacity(
            f"{TASKS}:spikes_inside_one_call",
            parameters={"size_mb": 30}, memory="20 MB",
        )

        class OnMethod(unittest.TestCase):
            @OVER
            def test_import(self):
                pass

        @OVER
        class OnClass(unittest.TestCase):
            def test_import(self):
                pass

        class Async(unittest.IsolatedAsyncioTestCase):
            @OVER
            async def test_import(self):
                pass

        class Base:
            @OVER
            def test_inherited(self):
                pass

        class TestPlain(Base):
            pass

        @OVER
        @pytest.mark.xfail
        def test_expected():
            pass

        @OVER
        @pytest.mark.skip
        def test_skipped():
            pass

        @pytest.mark.parametrize(
            "number", [1, pytest.param(2, marks=OVER)]
        )
        def test_numbers(number):
            pass
        """,
    )
    said.assert_outcomes(failed=5, xfailed=1, skipped=1, passed=1)


def test_all_marks_of_a_test_run(pytester: pytest.Pytester) -> None:
    said = outcome(
        pytester,
        """
        def marked(size, budget):
            return pytest.mark.capacity(
                f"{TASKS}:spikes_inside_one_call",
                parameters={"size_mb": size}, memory=budget,
            )

        @marked(30, "50 MB")
        @marked(40, "20 MB")
        def test_inner():
            pass

        @marked(60, "30 MB")
        @marked(40, "20 MB")
        def test_both():
            pass

        @marked(30, "20 MB")
        class TestOuter:
            @marked(30, "50 MB")
            def test_of_class(self):
                pass
        """,
    )
    said.assert_outcomes(failed=3)
    said.stdout.fnmatch_lines(["*the budget is 20.0 MB.*", "*the budget is 30.0 MB.*"])


def test_a_function_passed_to_the_mark_is_the_task(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        tasks="def small():\n    return 1\n"
        "def large(path=''):\n    return len(bytearray(300_000_000))\n"
    )
    said = outcome(
        pytester,
        """
        import tasks

        @pytest.mark.capacity(tasks.small)
        def test_small():
            pass

        @pytest.mark.capacity(tasks.large)
        def test_large():
            pass
        """,
        "--strict-markers",
    )
    said.assert_outcomes(passed=1, failed=1)


def test_the_mark_on_a_function_that_is_not_a_test_is_an_error(
    pytester: pytest.Pytester,
) -> None:
    said = outcome(
        pytester,
        """
        @pytest.mark.capacity(f"{TASKS}:returns")
        def the_import_fits():
            pass
        """,
    )
    said.assert_outcomes(errors=1)
    said.stdout.fnmatch_lines(["*the_import_fits has the mark capacity, but*"])
