"""Who may import whom, inside limerun: arrows point down only."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "limerun"
STAGES = {"config", "dataset", "engine", "measure", "judge", "report"}
ROOTS = {"errors", "units", "records", "rules", "store", "progress", "storage"}

ALLOWED: dict[str, set[str]] = {
    "worker": {"worker", "lime", "instruments", "storage"},
    "watcher": {"watcher", "worker.protocol"},
    "lime": {"lime", "storage"},
    "instruments": {"instruments"},
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
    "engine": {
        "engine",
        "errors",
        "records",
        "store",
        "progress",
        "worker.protocol",
    },
    "measure": {"measure", "errors", "records"},
    "judge": {"judge", "records", "units", "rules"},
    "report": {"report", "errors", "records", "store", "units", "rules", "progress"},
    "stage": STAGES | ROOTS - {"store"},
    "pipeline": STAGES | ROOTS | {"stage", "version"},
    "doctor": {"engine", "measure", "progress", "records"},
    "discovery": {"engine", "progress", "records"},
    "cli": STAGES
    | ROOTS
    | {"cli", "pipeline", "stage", "doctor", "discovery", "version"},
    "__init__": set(),
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
        assert part in allowed or inside in allowed, f"{module} imports {imported}"


@pytest.mark.parametrize(
    "module", [name for name, _ in modules() if part_of(name) in {"worker", "watcher"}]
)
def test_the_measured_process_and_its_watcher_need_the_standard_library_alone(
    module: str,
) -> None:
    beyond = {"limerun", "sqlalchemy", "lime_application"}  # only what the task brought
    if module == "watcher/portable.py":
        beyond.add("psutil")  # where there is no /proc
    for imported in imports_of(PACKAGE / module):
        top = imported.partition(".")[0]
        assert top in sys.stdlib_module_names or top in beyond, imported


def test_the_package_itself_imports_nothing() -> None:
    assert list(imports_of(PACKAGE / "__init__.py")) == []
