"""Who may import whom, inside limerun: arrows point down only."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "limerun"
STAGES = {"config", "dataset", "engine", "measure", "judge", "report"}
ROOTS = {"errors", "units", "records", "rules", "store", "progress", "storage"}

ALLOWED: dict[str, set[str]] = {
    "segments": set(),
    "statement_text": set(),
    "worker": {"worker", "lime", "instruments", "segments", "storage"},
    "watcher": {"watcher", "worker.protocol"},
    "lime": {"lime", "storage"},
    "instruments": {"instruments", "segments"},
    "errors": set(),
    "units": set(),
    "rules": set(),
    "storage": set(),
    "progress": set(),
    "version": set(),
    "records": {"records"},
    "store": {"errors", "records"},
    "config": {"config", "errors", "records", "units"},
    "dataset": {"dataset", "errors", "records", "units", "storage", "progress"},
    "exports": {
        "exports",
        "config.file",
        "config.problems",
        "dataset",
        "errors",
        "records",
        "units",
        "storage",
        "progress",
    },
    "server": {"server"},
    "engine": {
        "engine",
        "server.protocol",
        "errors",
        "records",
        "store",
        "progress",
        "worker.protocol",
    },
    "measure": {"measure", "errors", "records"},
    "judge": {"judge", "records", "units", "rules", "statement_text"},
    "report": {
        "report",
        "errors",
        "records",
        "store",
        "units",
        "rules",
        "progress",
        "statement_text",
        "version",
    },
    "inputs": {"engine", "records"},
    "ladder": STAGES | ROOTS | {"stage"},
    "stage": STAGES | {"inputs"} | ROOTS - {"store"},
    "profiling": STAGES | ROOTS | {"stage", "worker.protocol"},
    "pipeline": STAGES | ROOTS | {"stage", "ladder", "profiling", "version"},
    "doctor": {"engine", "measure", "progress", "records"},
    "discovery": {"engine", "progress", "records"},
    "scaffold": {
        "scaffold",
        "config.file",
        "config.schema",
        "dataset.guesses",
        "errors",
        "storage",
    },
    "cli": STAGES
    | ROOTS
    | {
        "cli",
        "exports",
        "pipeline",
        "stage",
        "ladder",
        "doctor",
        "discovery",
        "scaffold",
        "version",
    },
    "testing": STAGES | ROOTS | {"testing", "cli", "pipeline", "stage"},
    "__init__": {"segments"},
    "__main__": {"cli"},
}


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
    "module",
    [name for name, _ in modules() if part_of(name) in {"worker", "watcher", "server"}],
)
def test_the_measured_process_and_those_beside_it_need_the_standard_library_alone(
    module: str,
) -> None:
    beyond = {
        "limerun",
        "sqlalchemy",
        "lime_application",
        "lime_type",
    }  # brought by the task
    if module == "watcher/portable.py":
        beyond.add("psutil")  # where there is no /proc
    for imported in imports_of(PACKAGE / module):
        top = imported.partition(".")[0]
        assert top in sys.stdlib_module_names or top in beyond, imported


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
