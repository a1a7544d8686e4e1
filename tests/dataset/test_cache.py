"""Datasets are generated once, found again, and removed if the cache is too large."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from limerun.dataset.design.dataset_schema import design_of
from limerun.dataset.output import cache as kept
from limerun.dataset.output.cache import prune_cache
from limerun.dataset.output.executor import Executor, opened_executor
from limerun.dataset.output.make import copy_database, fingerprint, make_dataset
from limerun.dataset.values.block import Recipe
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.records import Dataset, DatasetPlan
from tests.dataset.plans import ask, plan_of, source_of

SMALL = plan_of(rows={"company": 20})
SOURCES = {"names": source_of({"name": "company.name"}, rows=30, overlap=0.5)}
MANY = 10**12


@pytest.fixture(autouse=True)
def _nothing_in_use() -> Iterator[None]:
    yield
    release_datasets()


def release_datasets() -> None:
    """Release all datasets, as the end of the process would."""
    for file in kept._in_use.values():
        os.close(file)
    kept._in_use.clear()


def make(cache: Path, plan: DatasetPlan | None = SMALL) -> Dataset:
    design = design_of(plan, SOURCES if plan else {})
    return make_dataset(design, cache=cache, progress=Progress())


def names(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir())


def test_a_dataset_is_generated_only_once(tmp_path: Path) -> None:
    first, second = make(tmp_path), make(tmp_path)
    assert (first.cached, second.cached) == (False, True)
    assert first.database == second.database
    assert first.database is not None
    assert ask(first.database, "SELECT count(*) FROM company") == [(20,)]
    assert second.rows == {"company": 20, "person": 0, "deal": 0}
    assert second.sources["names"].rows == 30
    assert second.sources["names"].path.name == "names.jsonl"
    assert names(tmp_path) == [first.fingerprint]


def test_the_cache_name_depends_on_everything_that_affects_the_bytes() -> None:
    every = [
        SMALL,
        replace(SMALL, seed=8),
        replace(SMALL, locale="fi_FI"),
        replace(SMALL, rows={"company": 21}),
        replace(SMALL, limetypes={**SMALL.limetypes, "new": {}}),
        replace(SMALL, properties={"company.phone": {"unique": True}}),
        None,
    ]
    found = {fingerprint(plan, SOURCES) for plan in every}
    found.add(fingerprint(SMALL, {}))
    assert len(found) == len(every) + 1


def test_source_files_can_be_generated_without_a_database(tmp_path: Path) -> None:
    source = source_of({"city": {}}, rows=3)
    dataset = make_dataset(
        design_of(None, {"a": source}), cache=tmp_path, progress=Progress()
    )
    assert dataset.database is None
    assert len(dataset.sources["a"].path.read_text("utf-8").splitlines()) == 3


def test_the_number_of_processes_depends_on_the_number_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def worth(rows: int, cpus: int) -> int:
        asked.append(rows)
        return 3

    def opened(
        recipe: Recipe, progress: Progress, workers: int
    ) -> AbstractContextManager[Executor]:
        asked.append(workers)
        return opened_executor(recipe, progress, 1)

    monkeypatch.setattr("limerun.dataset.output.generate.sensible_workers", worth)
    monkeypatch.setattr("limerun.dataset.output.generate.opened_executor", opened)
    make(tmp_path)
    assert asked == [SMALL.rows["company"] + 30, 3]


@pytest.mark.parametrize("damage", ["cut", "gone", "written", "no manifest", "empty"])
def test_an_incomplete_dataset_is_generated_again(damage: str, tmp_path: Path) -> None:
    first = make(tmp_path)
    assert first.database is not None
    path, manifest = first.database, first.database.parent / "manifest.json"
    before = path.read_bytes()
    if damage == "cut":
        path.write_bytes(before[:4096])
    elif damage == "gone":
        first.sources["names"].path.unlink()
    elif damage == "written":
        path.write_bytes(before[:-1] + b"x")
        os.utime(path, (1, 1))
    elif damage == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text("")
    again = make(tmp_path)
    assert not again.cached
    assert again.database is not None
    assert again.database.read_bytes() == before
    assert make(tmp_path).cached


def test_each_run_gets_its_own_copy_of_the_database(tmp_path: Path) -> None:
    dataset = make(tmp_path)
    assert dataset.database is not None
    copy_database(dataset, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == dataset.database.read_bytes()
    (tmp_path / "copy").write_bytes(b"")
    assert make(tmp_path).cached


def test_a_database_is_copied_even_without_help_from_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError("no such call here")

    monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    dataset = make(tmp_path)
    assert dataset.database is not None
    copy_database(dataset, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == dataset.database.read_bytes()


def test_the_datasets_unused_for_longest_are_removed_first(tmp_path: Path) -> None:
    made = [make(tmp_path, replace(SMALL, seed=seed)) for seed in range(4)]
    for age, dataset in zip((3, 1, 4, 2), made, strict=True):
        manifest = tmp_path / dataset.fingerprint / "manifest.json"
        os.utime(manifest, (10**9 - age, 10**9 - age))
    release_datasets()
    files = (tmp_path / made[0].fingerprint).iterdir()
    size = sum(path.stat().st_size for path in files)
    prune_cache(tmp_path, int(2.5 * size))
    assert names(tmp_path) == sorted([made[1].fingerprint, made[3].fingerprint])


def test_using_a_dataset_renews_its_timestamp(tmp_path: Path) -> None:
    manifest = tmp_path / make(tmp_path).fingerprint / "manifest.json"
    os.utime(manifest, (1, 1))
    make(tmp_path)
    assert manifest.stat().st_mtime > 10**9


def test_a_dataset_in_use_is_never_pruned(tmp_path: Path) -> None:
    dataset = make(tmp_path)
    prune_cache(tmp_path, 0)
    assert names(tmp_path) == [dataset.fingerprint]
    release_datasets()
    prune_cache(tmp_path, 0)
    assert names(tmp_path) == []


def test_leftovers_of_interrupted_runs_are_removed(tmp_path: Path) -> None:
    dataset = make(tmp_path)
    for left in ("making-abc", "gone-abc"):
        (tmp_path / f"{dataset.fingerprint}.{left}").mkdir()
        (tmp_path / f"{dataset.fingerprint}.{left}" / "database.sqlite").touch()
    prune_cache(tmp_path, MANY)
    assert names(tmp_path) == [dataset.fingerprint]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    class Interrupted(Progress):
        def rows_made(self, what: str, done: int, total: int) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_dataset(design_of(SMALL, SOURCES), cache=tmp_path, progress=Interrupted())
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="cannot be written"):
        make(tmp_path / "file")


CODE = """
import json, sys
from pathlib import Path
from limerun.dataset.design.dataset_schema import design_of
from limerun.dataset.output.make import make_dataset
from limerun.progress import Progress
from tests.dataset.plans import plan_of

class Listener(Progress):
    def rows_made(self, what, done, total):
        print("working", flush=True)
        sys.stdin.readline()

made = make_dataset(
    design_of(plan_of(rows={"company": 20}), {}),
    cache=Path(sys.argv[1]),
    progress=Listener(),
)
print(json.dumps({"cached": made.cached}), flush=True)
sys.stdin.readline()
"""


def start(cache: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CODE, str(cache)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def read_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def resume(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.slow
def test_two_simultaneous_runs_generate_only_one_dataset(tmp_path: Path) -> None:
    with start(tmp_path) as first, start(tmp_path) as second:
        # The first process works and the other waits, so only one prints a line.
        lines = {}
        for process in (first, second):
            resume(process)
        for process in (first, second):
            found = read_line(process)
            lines[process] = json.loads(
                read_line(process) if found == "working" else found
            )
        assert sorted(each["cached"] for each in lines.values()) == [False, True]
        for process in (first, second):
            process.communicate("\n")
    assert len([name for name in names(tmp_path) if "." not in name]) == 1


@pytest.mark.slow
def test_a_killed_run_leaves_neither_a_lock_nor_an_incomplete_dataset(
    tmp_path: Path,
) -> None:
    with start(tmp_path) as killed:
        assert read_line(killed) == "working"
        killed.send_signal(signal.SIGKILL)
    assert names(tmp_path) != []
    plan = plan_of(rows={"company": 20})
    made = make_dataset(design_of(plan, {}), cache=tmp_path, progress=Progress())
    assert not made.cached
    assert names(tmp_path) == [made.fingerprint]


@pytest.mark.slow
def test_datasets_used_by_another_process_are_not_removed(tmp_path: Path) -> None:
    with start(tmp_path) as user:
        resume(user)
        assert read_line(user) == "working"
        assert json.loads(read_line(user)) == {"cached": False}
        prune_cache(tmp_path, 0)
        assert len(names(tmp_path)) == 1
        resume(user)
    prune_cache(tmp_path, 0)
    assert names(tmp_path) == []


@pytest.mark.slow
def test_finding_a_dataset_imports_no_heavy_packages(tmp_path: Path) -> None:
    plan = plan_of(rows={"company": 20})
    make_dataset(design_of(plan, {}), cache=tmp_path, progress=Progress())
    code = CODE.replace("from tests.dataset.plans import plan_of\n", "") + (
        "heavy = {'numpy', 'pyarrow', 'faker', 'adbc_driver_sqlite'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    names_of = "from limerun.records import DatasetPlan\n"
    code = names_of + code.replace('plan_of(rows={"company": 20})', repr(plan))
    process = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        input="\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert json.loads(process.stdout) == {"cached": True}
