"""Which module may import which: arrows point down only."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "limerun"
STAGES = {
    "config",
    "dataset",
    "effects",
    "engine",
    "lint",
    "measure",
    "judge",
    "report",
}
ROOTS = {
    "errors",
    "file_locks",
    "units",
    "records",
    "progress",
    "storage",
    "interruption",
    "nearest_name",
    "scratch",
    "frozen",
}

ALLOWED: dict[str, set[str]] = {
    "segments": set(),
    "worker": {"worker", "lime", "instruments", "nearest_name", "segments", "storage"},
    "watcher": {"watcher", "worker.protocol"},
    "lime": {"lime", "nearest_name", "storage"},
    "instruments": {"instruments", "segments"},
    "errors": set(),
    "units": set(),
    "storage": set(),
    "interruption": set(),
    "file_locks": set(),
    "scratch": {"file_locks"},
    "progress": set(),
    "version": set(),
    "frozen": set(),
    "nearest_name": set(),
    "wording": {"nearest_name"},
    "records": {"records", "errors", "frozen", "nearest_name"},
    "writers": {"writers"},
    "config": {
        "config",
        "dataset.design.column_kinds",
        "errors",
        "nearest_name",
        "records",
        "units",
        "wording",
    },
    "dataset": {
        "dataset",
        "errors",
        "file_locks",
        "nearest_name",
        "records",
        "units",
        "storage",
        "progress",
        "writers",
        "wording",
    },
    "exports": {
        "exports",
        "scratch",
        "config.file",
        "config.problems",
        "dataset",
        "errors",
        "nearest_name",
        "records",
        "units",
        "storage",
        "progress",
        "writers",
        "wording",
    },
    "effects": {
        "effects",
        "dataset.design.layout",
        "dataset.postgres.address",
        "dataset.words.randomness",
        "errors",
        "records",
        "storage",
    },
    "server": {"server"},
    "engine": {
        "frozen",
        "engine",
        "server.protocol",
        "errors",
        "records",
        "progress",
        "scaffold.code",
        "worker.protocol",
        "worker.callsite",
        "watcher.lines",
        "watcher.procfs",
        "interruption",
        "scratch",
    },
    "lint": {"lint", "config.masking", "frozen", "records"},
    "measure": {"measure", "errors", "records", "worker.protocol"},
    "judge": {"effects.digest", "judge", "records", "units"},
    "report": {
        "report",
        "errors",
        "records",
        "units",
        "progress",
        "version",
    },
    "runs": STAGES | ROOTS | {"runs", "scaffold", "worker.protocol"},
    "linting": {
        "engine.launch",
        "errors",
        "judge",
        "lint",
        "records",
        "runs",
        "version",
    },
    "run_record": STAGES | ROOTS | {"runs", "version"},
    "pipeline": STAGES | ROOTS | {"linting", "run_record", "runs"},
    "scaffold": {
        "scaffold",
        "config.file",
        "config.schema",
        "dataset.design.kind_guesses",
        "errors",
        "storage",
    },
    "cli": STAGES
    | ROOTS
    | {
        "cli",
        "exports",
        "linting",
        "pipeline",
        "runs",
        "scaffold",
        "version",
    },
    "testing": STAGES | ROOTS | {"testing", "pipeline", "runs"},
    "__init__": {"errors", "segments", "testing.capacity", "version"},
    "__main__": {"cli", "interruption"},
}

ROOMS: dict[str, tuple[str, ...]] = {
    "dataset": ("words", "design", "values", "output", "postgres"),
    "report": ("content", "terminal", "formats", "webpage"),
    "exports": ("reading", "writing", "shape", "proof", "value_maps", "anonymize"),
}
"""Folders inside of a stage: each imports only those before it."""


MODULES = {
    path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))
}


@functools.cache
def nodes_of(module: str) -> list[ast.AST]:
    return [*ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))]


def imports_of(module: str) -> Iterator[str]:
    """Yield every module that a file may import, `from a import b` as a.b too."""
    for node in nodes_of(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(module: str) -> str:
    return module.partition("/")[0].removesuffix(".py")


def modules_of(*parts: str) -> list[str]:
    return [module for module in MODULES if part_of(module) in parts]


def test_a_module_imports_only_modules_in_lower_layers() -> None:
    upward = [
        f"{module} imports {imported}"
        for module in MODULES
        for imported in imports_of(module)
        if imported.startswith("limerun.")
        and not may_import(part_of(module), imported.removeprefix("limerun."))
    ]
    assert upward == []


def may_import(part: str, inside: str) -> bool:
    names = {inside.partition(".")[0], inside, inside.rpartition(".")[0]}
    return bool(names & ALLOWED[part])


@pytest.mark.parametrize("stage", ROOMS)
def test_a_folder_inside_a_stage_imports_only_earlier_folders(stage: str) -> None:
    rooms = ROOMS[stage]
    upward = [
        f"{module} imports {imported}"
        for number, room in enumerate(rooms)
        for module in MODULES
        if module.startswith(f"{stage}/{room}/")
        for imported in imports_of(module)
        if imported.startswith(
            tuple(f"limerun.{stage}.{above}." for above in rooms[number + 1 :])
        )
    ]
    assert upward == []


def test_the_worker_and_its_helpers_import_only_the_standard_library() -> None:
    brought_by_the_task = {
        "limerun",
        "billiard",
        "celery",
        "sqlalchemy",
        "lime_application",
        "lime_plugins",
        "lime_type",
    }
    beyond = {
        (module, top)
        for module in modules_of("worker", "watcher", "server")
        for top in (imported.partition(".")[0] for imported in imports_of(module))
        if top not in sys.stdlib_module_names and top not in brought_by_the_task
    }
    # Resident memory, on every platform.
    assert beyond == {("watcher/readings.py", "psutil")}


IMPURE = {
    "os",
    "sys",
    "time",
    "linecache",
    "logging",
    "multiprocessing",
    "random",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "tokenize",
}
"""Modules that lead to a clock, a file or a process."""
READERS = {
    "open",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "now",
    "today",
}


def test_pure_stages_use_no_clock_file_or_process() -> None:
    pure = modules_of("lint", "measure", "judge", "records")
    imports = [
        f"{module} imports {imported}"
        for module in pure
        for imported in imports_of(module)
        if imported.partition(".")[0] in IMPURE
    ]
    calls = [
        f"{module} calls {called}"
        for module in pure
        for called in calls_of(module)
        if called in READERS
    ]
    assert imports + calls == []


def calls_of(module: str) -> Iterator[str]:
    for node in nodes_of(module):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2]


def test_the_package_imports_nothing_until_a_name_is_used() -> None:
    code = "import sys; before = set(sys.modules); import limerun; print(*set(sys.modules) - before)"
    assert loaded_by(code) == {"limerun"}


def test_importing_segment_loads_no_dependencies() -> None:
    code = (
        "import sys; before = set(sys.modules); from limerun import segment\n"
        "with segment('fetch'): pass\n"
        "print(*set(sys.modules) - before)"
    )
    assert loaded_by(code) == {"limerun", "limerun.segments"}


def loaded_by(code: str) -> set[str]:
    """Return the output of a new interpreter, run in the package's parent folder."""
    ran = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n{code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stdout.split())
