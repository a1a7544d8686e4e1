"""Parse a project's Python files, without running them."""

import ast
import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

from limerun.scaffold.parsed_code import Module, ProjectCode

MOST_FOLDERS = 20_000
MOST_FILES = 5_000
MOST_BYTES = 1_000_000
_NOT_CODE = frozenset(
    {"__pycache__", "build", "dist", "env", "node_modules", "site-packages"}
    | {"test", "tests", "venv"}
)
_NO_TASKS = re.compile(r"test_.*|.*_test|conftest|setup|noxfile|__main__")


def read_code(folder: Path) -> ProjectCode:
    """Parse the files that may contain tasks, sorted by path.

    Tests, virtual environments, build outputs and hidden folders are skipped.
    """
    modules: list[Module] = []
    notes: list[str] = []
    for path in python_files(folder, notes):
        shown = path.relative_to(folder).as_posix()
        try:
            modules.append(Module(path=shown, tree=parse(path)))
        except SyntaxError as error:
            line = f", line {error.lineno}" if error.lineno else ""
            notes.append(f"skipped {shown}{line}: {error.msg}")
        except (ValueError, RecursionError, MemoryError) as error:
            notes.append(f"skipped {shown}: {error}")
        except OSError as error:
            notes.append(f"skipped {shown}: {error.strerror}")
    return ProjectCode(modules=tuple(modules), notes=tuple(notes))


def python_files(folder: Path, notes: list[str]) -> Iterator[Path]:
    """Yield the files that may contain tasks; add a note if there are too many."""
    found = 0
    for count, (place, folders, files) in enumerate(os.walk(folder)):
        if count == MOST_FOLDERS or found >= MOST_FILES:
            notes.append(
                f"stopped after {found:,} Python files in {count:,} folders; run "
                "limerun init in the folder of your package instead"
            )
            return
        within = Path(place)
        folders[:] = sorted(name for name in folders if may_hold_code(within / name))
        for name in sorted(files):
            path = within / name
            is_code = path.suffix == ".py" and name.isprintable()
            if is_code and not _NO_TASKS.fullmatch(path.stem):
                found += 1
                yield path


def may_hold_code(folder: Path) -> bool:
    """Return whether a folder may contain the project's own code."""
    name = folder.name
    return not (
        name.startswith(".")
        or not name.isprintable()
        or name in _NOT_CODE
        or name.endswith(".egg-info")
        or os.path.exists(folder / "pyvenv.cfg")  # noqa: PTH110 - False if not allowed
    )


def parse(path: Path) -> ast.Module:
    """Parse a file, without warnings."""
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES // 1_000_000} MB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(path.read_bytes(), filename=str(path))


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name; "" if it is not a name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
