"""The files that `init` writes for packages, and notes on what is unknown."""

from pathlib import Path

import pytest
import yaml

from limerun.scaffold.own_dsl import find_dsl
from limerun.scaffold.project import Scaffold, scaffold_of
from tests.scaffold.test_project import check_usable

DSL = """
deal:
  _label: deal
  name: {type: string, label: name, length: 64}
  erp_id: {type: string}
  company: {type: belongsto, related: company, backref: deal}
company:
  name: {type: string}
"""
TASK = "from lime_task import task\n@task\ndef work(app, path):\n"
SOLUTION = {
    "solution_acme/__init__.py": "",
    "solution_acme/classes/__init__.py": "",
    "solution_acme/classes/deal.py": "from lime_type.limeobjects import LimeObject\n"
    "class Deal(LimeObject): ...\n"
    "def register_limeobject_classes(register_class):\n"
    "    register_class('deal', Deal)\n",
    "solution_acme/erp.py": "from lime_application import LimeApplication\n"
    "def push(application: LimeApplication, since): ...\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def scaffold(folder: Path, files: dict[str, str]) -> Scaffold:
    """Return what `init` writes for these files, after checking that it is check_usable."""
    found = scaffold_of(write(folder, files), "limerun==1.0")
    check_usable(folder, found)
    return found


def sources(found: Scaffold) -> list[dict[str, object]]:
    config = yaml.safe_load(found.files["limerun.yaml"])
    return [*config.get("sources", {}).values()]


# --- a package without tasks -------------------------------------------------------


def test_a_package_without_tasks_gets_a_sample_that_uses_its_own_classes(
    tmp_path: Path,
) -> None:
    found = scaffold(tmp_path, SOLUTION)
    sample = "solution_acme/save_objects.py"
    assert (found.tasks, found.task) == (0, f"{sample}:save_objects")
    assert "LIMETYPE = 'deal'" in found.files[sample]
    assert "tasks/import_contracts.py" not in found.files
    config = yaml.safe_load(found.files["limerun.yaml"])
    assert "deal" in config["dataset"]["rows"]
    assert any("no function is decorated with @task" in note for note in found.notes)
    assert any("solution_acme/erp.py:push" in note for note in found.notes)


def test_a_package_without_tasks_and_classes_gets_a_sample_with_its_limetypes(
    tmp_path: Path,
) -> None:
    text = "def handle(worker, body): worker.application.limetypes.visit.get_all()\n"
    files = {"acme/__init__.py": "", "acme/events/__init__.py": text}
    found = scaffold(tmp_path, files)
    assert found.task == "acme/save_objects.py:save_objects"
    assert "LIMETYPE = 'visit'" in found.files["acme/save_objects.py"]


def test_the_projects_own_dsl_is_used_and_mentioned(tmp_path: Path) -> None:
    files = {**SOLUTION, "tests/custom_dsl.py": f"dsl = {DSL!r}\n"}
    found = scaffold(tmp_path, files)
    model = yaml.safe_load(found.files["lime-types.yaml"])
    assert model["deal"] == yaml.safe_load(DSL)["deal"]
    assert any("taken from tests/custom_dsl.py" in note for note in found.notes)


@pytest.mark.parametrize(
    ("file", "text", "is_found"),
    [
        ("tests/custom_dsl.py", f"dsl = {DSL!r}", True),
        ("tests/conftest.py", f"x = make(limetypes({DSL!r}))", True),
        ("a/dsl.py", "def dsl():\n    return {'a': {'b': {'type': 'string'}}}", True),
        ("a/other.py", f"dsl = {DSL!r}", False),
        ("a/dsl.py", "dsl = {'a': {'b': {'type': 'widget'}}}", False),
        ("a/dsl.py", "dsl = {'a': {'b': 1}, 1: {}}", False),
        ("a/dsl.py", "dsl = '''type: [\n'''", False),
        ("a/dsl.py", "dsl = (", False),
        (".venv/dsl.py", f"dsl = {DSL!r}", False),
    ],
)
def test_a_dsl_is_found_in_the_usual_files(
    tmp_path: Path, file: str, text: str, is_found: bool
) -> None:
    found = find_dsl(write(tmp_path, {file: text}))
    assert (found is not None) is is_found
    assert found is None or found[0] == file


# --- a task beside others ------------------------------------------------------------


def test_columns_read_by_other_tasks_are_left_out(tmp_path: Path) -> None:
    text = (
        f"{TASK}    read(path)\n    send_task(other, app)\n"
        "def read(path):\n    for row in open(path): row['name'], row[KEY]\n"
        "@task\ndef other(app, x, y_id): row['isbn']\n"
        "def helper(row): row['title']\n"
    )
    (made,) = sources(scaffold(tmp_path, {"tasks.py": text}))
    assert str(made["columns"]).count("kind") == 1
    assert "name" in str(made["columns"])


@pytest.mark.parametrize(
    "imported",
    [
        "from acme.readers import rows",
        "from .readers import rows",
        "from acme import readers",
        "from . import readers",
        "import acme.readers",
    ],
)
def test_columns_read_by_a_function_in_another_module_are_included(
    tmp_path: Path, imported: str
) -> None:
    call = "rows(path)" if imported.endswith("rows") else "readers.rows(path)"
    files = {
        "acme/__init__.py": "",
        "acme/readers.py": "import csv\nSEP = ';'\ndef rows(path):\n"
        "    for row in csv.DictReader(open(path), delimiter=SEP): row['city']\n"
        "def others(row): row['isbn']\n",
        "acme/tasks.py": f"{imported}\n{TASK}    {call}\n",
    }
    (made,) = sources(scaffold(tmp_path, files))
    assert made["delimiter"] == ";"
    assert made["columns"] == {"city": {"kind": "city"}}


# --- files ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reader", "delimiter"),
    [
        ("csv.reader(open(path), delimiter=';')", ";"),
        ("csv.reader(open(path), dialect='excel-tab')", "\t"),
        ("pandas.read_csv(path, sep='|')", "|"),
        ("csv.reader(open(path), delimiter=',')", None),
        ("csv.reader(open(path))", None),
    ],
)
def test_the_source_has_the_delimiter_used_in_the_code(
    tmp_path: Path, reader: str, delimiter: str | None
) -> None:
    found = scaffold(tmp_path, {"tasks.py": f"import csv\n{TASK}    {reader}\n"})
    (made,) = sources(found)
    assert (made["format"], made.get("delimiter")) == ("csv", delimiter)


def test_a_delimiter_that_limerun_cannot_write_is_reported(tmp_path: Path) -> None:
    text = f"import csv\n{TASK}    csv.reader(open(path), delimiter='~')\n"
    found = scaffold(tmp_path, {"tasks.py": text})
    assert any("delimiter '~', which limerun cannot write" in n for n in found.notes)


@pytest.mark.parametrize(
    ("reader", "kind"),
    [
        ("openpyxl.load_workbook(path)", "an Excel workbook"),
        ("pandas.read_excel(path)", "an Excel workbook"),
        ("ElementTree.parse(path)", "an XML file"),
    ],
)
def test_a_file_format_that_limerun_cannot_write_is_reported(
    tmp_path: Path, reader: str, kind: str
) -> None:
    found = scaffold(tmp_path, {"tasks.py": f"{TASK}    {reader}\n"})
    assert not sources(found)
    assert any(f"reads {kind}, which limerun cannot write" in n for n in found.notes)
