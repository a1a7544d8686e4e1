"""A sample task for a folder without tasks: an import that follows the guide.

For a package with its own classes of limetypes, the sample is a task that runs them.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from limerun.scaffold.parsed_code import Candidate, Module
from limerun.scaffold.rendering import CONFIG, LIMETYPES, part, render_config
from limerun.scaffold.uses import limetype_named, registrations

TASK_FILE = "tasks/import_contracts.py"
TASK = f"{TASK_FILE}:import_contracts"
_COLUMNS = {
    "number": "contract.number",
    "name": "contract.name",
    "status": "contract.status",
    "value": "contract.value",
    "startdate": "contract.startdate",
    "enddate": "contract.enddate",
    "comment": "contract.comment",
    "customer": "contract.company.registrationno",
}


def sample_files() -> dict[str, str]:
    """Return a config, its task and its data model; the test passes within seconds."""
    config = render_config(
        {
            "config": CONFIG,
            "task": TASK,
            "kind": "lime",
            "others": (),
            "python": None,
            "has_platform": False,
            "parameters": [
                {
                    "key": "path",
                    "value": "${sources.contracts}",
                    "why": "the file that limerun generates, see sources below",
                }
            ],
            "dataset": {
                "limetypes": LIMETYPES,
                "why": "put your application's data model there",
                "rows": {"company": "1_000", "contract": "5_000"},
                "properties": {
                    "company.registrationno": "{unique: true}",
                    "contract.number": '{kind: sequence, format: "K-{:07d}"}',
                },
                "example": "contract",
            },
            "exports": [
                {
                    "name": "contracts",
                    "is_url": False,
                    "is_guess": False,
                    "format": "jsonl",
                    "delimiter": None,
                    "rows": "6_000",
                    "overlap": 0.5,
                    "why": "values of properties, so that rows match the database",
                    "columns": _COLUMNS,
                }
            ],
        }
    )
    return {
        CONFIG: config,
        LIMETYPES: part("sample-types.yaml"),
        TASK_FILE: part("import_contracts.py.txt"),
    }


def sample_of_package(
    modules: Sequence[Module], folder: Path
) -> tuple[Candidate, str] | None:
    """Return a task that runs a package's own classes, and its source code.

    None if the code names no limetype. The file is inside the package, so that limerun
    registers the package's classes.
    """
    module, limetype = next(_limetypes(modules), (None, ""))
    if module is None:
        return None
    text = part("save_objects.py.txt", limetype=repr(limetype))
    path = _package(Path(module.path), folder) / "save_objects.py"
    tree = ast.parse(text)
    (function,) = (each for each in tree.body if isinstance(each, ast.FunctionDef))
    candidate = Candidate(
        module=Module(path=path.as_posix(), tree=tree),
        function=function,
        kind="lime",
        parameters=(),
    )
    return candidate, text


def _limetypes(modules: Sequence[Module]) -> Iterator[tuple[Module, str]]:
    """Yield each limetype that code names, those with a class in the package first."""
    for module in modules:
        for limetype, _ in registrations(module.tree):
            yield module, limetype
    for module in modules:
        for node in ast.walk(module.tree):
            name = limetype_named(node) if isinstance(node, ast.expr) else None
            if name is not None:
                yield module, name


def _package(path: Path, folder: Path) -> Path:
    """Return the outermost package of a file."""
    found = path.parent
    while (folder / found.parent / "__init__.py").exists() and found.name:
        found = found.parent
    return found
