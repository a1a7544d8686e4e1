"""Who may import whom, inside limerun: arrows point down only."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "limerun"
STAGES = {"config", "dataset", "engine", "measure", "judge", "report"}
ROOTS = {
    "errors",
    "units",
    "records",
    "progress",
    "storage",
    "interruption",
    "scratch",
    "frozen",
}

ALLOWED: dict[str, set[str]] = {
    "segments": set(),
    "worker": {"worker", "lime", "instruments", "segments", "storage"},
    "watcher": {"watcher", "worker.protocol"},
    "lime": {"lime", "storage"},
    "instruments": {"instruments", "segments"},
    "errors": set(),
    "units": set(),
    "storage": set(),
    "interruption": set(),
    "scratch": set(),
    "progress": set(),
    "version": set(),
    "frozen": set(),
    "wording": set(),
    "records": {"records", "errors", "frozen"},
    "writers": {"writers"},
    "config": {
        "config",
        "dataset.design.column_kinds",
        "errors",
        "records",
        "units",
        "wording",
    },
    "dataset": {
        "dataset",
        "errors",
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
        "records",
        "units",
        "storage",
        "progress",
        "writers",
        "wording",
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
    "measure": {"measure", "errors", "records"},
    "judge": {"judge", "records", "units"},
    "report": {
        "report",
        "errors",
        "records",
        "units",
        "progress",
        "version",
    },
    "runs": STAGES | ROOTS | {"runs", "worker.protocol"},
    "pipeline": STAGES | ROOTS | {"runs", "version"},
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


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path


def imports_of(path: Path) -> Iterator[str]:
    """Yield every module that a file may import, `from a import b` as a.b too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(module: str) -> str:
    return module.partition("/")[0].removesuffix(".py")


@pytest.mark.parametrize("module", [name for name, _ in modules()])
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    allowed = ALLOWED[part_of(module)]
    for imported in imports_of(PACKAGE / module):
        if not imported.startswith("limerun."):
            continue
        inside = imported.removeprefix("limerun.")
        part = inside.partition(".")[0]
        above = inside.rpartition(".")[0]
        assert {part, inside, above} & allowed, f"{module} imports {imported}"


@pytest.mark.parametrize(
    ("module", "stage", "room"),
    [
        (name, *name.split("/")[:2])
        for name, _ in modules()
        if name.split("/")[1:] and name.split("/")[1] in ROOMS.get(part_of(name), ())
    ],
)
def test_a_folder_inside_a_stage_imports_only_those_before_it(
    module: str, stage: str, room: str
) -> None:
    rooms = ROOMS[stage]
    above = {f"limerun.{stage}.{each}" for each in rooms[rooms.index(room) + 1 :]}
    for imported in imports_of(PACKAGE / module):
        folder = ".".join(imported.split(".")[:3])
        assert folder not in above, f"{module} imports {imported}"


@pytest.mark.parametrize(
    "module",
    [name for name, _ in modules() if part_of(name) in {"worker", "watcher", "server"}],
)
def test_the_measured_process_and_those_beside_it_need_the_standard_library_alone(
    module: str,
) -> None:
    beyond = {
        "limerun",
        "billiard",
        "celery",
        "sqlalchemy",
        "lime_application",
        "lime_plugins",
        "lime_type",
    }  # brought by the task
    if module == "watcher/readings.py":
        beyond.add("psutil")  # resident memory, on every platform
    for imported in imports_of(PACKAGE / module):
        top = imported.partition(".")[0]
        assert top in sys.stdlib_module_names or top in beyond, imported


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


@pytest.mark.parametrize(
    "module",
    [name for name, _ in modules() if part_of(name) in {"measure", "judge", "records"}],
)
def test_figures_verdicts_and_nouns_need_no_clock_file_or_process(module: str) -> None:
    path = PACKAGE / module
    assert not {name.partition(".")[0] for name in imports_of(path)} & IMPURE
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            assert called not in READERS, f"{module} calls {called}"


def test_the_package_itself_imports_nothing_until_it_is_asked_for_something() -> None:
    code = "import sys; before = set(sys.modules); import limerun; print(*set(sys.modules) - before)"
    assert loaded_by(code) == {"limerun"}


def test_a_segment_brings_no_dependency_with_it() -> None:
    code = (
        "import sys; before = set(sys.modules); from limerun import segment\n"
        "with segment('fetch'): pass\n"
        "print(*set(sys.modules) - before)"
    )
    assert loaded_by(code) == {"limerun", "limerun.segments"}


def loaded_by(code: str) -> set[str]:
    """Return what a bare interpreter prints, run beside the package."""
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
